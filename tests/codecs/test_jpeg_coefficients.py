import importlib.util
import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from artgan_hf.codecs import encode
from artgan_hf.codecs.jpeg_coefficients import read_coefficients
from artgan_hf.errors import ImageError

spec = importlib.util.spec_from_file_location("baseline_decoder", Path(__file__).with_name("baseline_decoder.py"))
assert spec is not None
assert spec.loader is not None
baseline_decoder = importlib.util.module_from_spec(spec)
spec.loader.exec_module(baseline_decoder)

ALL = slice(None)


def busy(height: int, width: int, seed: int = 0) -> np.ndarray:
    """Edges, slopes, colours, noise, and much that is clipped at black and white."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width][..., None]
    waves = np.sin(y / 5 + random.random(3) * 6) * 120 + np.cos(x / 7 + random.random(3) * 6) * 120 + 128
    return np.clip(waves + random.normal(0, 12, waves.shape), 0, 255).astype(np.uint8)


def wrong_share(jpeg: bytes, truth: list[np.ndarray]) -> float:
    found = [plane.levels(ALL, ALL) for plane in read_coefficients(jpeg).planes]
    assert len(found) == len(truth)
    wrong = [
        (level != true[: level.shape[0], : level.shape[1]]).ravel() for level, true in zip(found, truth, strict=True)
    ]
    return float(np.concatenate(wrong).mean())


@pytest.mark.parametrize("size", [(48, 64), (33, 50), (8, 41), (1, 1)])
@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0", "grey"])
def test_coefficients_are_those_a_huffman_decoder_finds(size: tuple[int, int], subsampling: str) -> None:
    image = busy(*size)
    options = {} if subsampling == "grey" else {"subsampling": subsampling}
    for quality in (3, 10, 35, 60):
        jpeg = encode(image[..., 0] if subsampling == "grey" else image, quality, **options)  # type: ignore[arg-type]
        assert wrong_share(jpeg, baseline_decoder.coefficients(jpeg)) == 0


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_progressive_files_hold_the_same_coefficients(subsampling: str) -> None:
    image = busy(48, 64)
    baseline, progressive = (encode(image, 20, subsampling=subsampling, progressive=kind) for kind in (False, True))
    assert wrong_share(progressive, baseline_decoder.coefficients(baseline)) == 0


def test_the_one_half_hidden_chroma_block_of_progressive_files_is_nearly_right() -> None:
    image = busy(40, 40)
    baseline, progressive = (encode(image, 20, progressive=kind) for kind in (False, True))
    assert wrong_share(progressive, baseline_decoder.coefficients(baseline)) < 0.01


@pytest.mark.parametrize(("name", "factors"), [("4:4:0", 0x12), ("4:1:1", 0x41)])
def test_rarer_samplings_are_read_through_the_same_trick(name: str, factors: int) -> None:
    source = {"4:4:0": "4:2:2", "4:1:1": "4:2:0"}[name]
    jpeg = bytearray(encode(busy(32, 64), 20, subsampling=source))  # as many blocks per unit, in another arrangement
    frame = jpeg.index(b"\xff\xc0")
    jpeg[frame + 11] = factors
    if name == "4:4:0":
        jpeg[frame + 5 : frame + 9] = bytes([0, 64, 0, 32])
    else:
        jpeg[frame + 5 : frame + 9] = bytes([0, 16, 0, 128])
    assert wrong_share(bytes(jpeg), baseline_decoder.coefficients(bytes(jpeg))) == 0


def test_fine_steps_are_nearly_always_right_and_never_far_off() -> None:
    image = busy(48, 64)
    for quality in (80, 90, 100):
        jpeg = encode(image, quality)
        truth = baseline_decoder.coefficients(jpeg)
        assert wrong_share(jpeg, truth) < 0.15


def test_blocks_that_were_clipped_are_in_doubt() -> None:
    image = np.full((8, 24), 130, np.uint8)
    image[:, 8:16] = 255
    image[:, 16:] = np.arange(8) * 5 + 100
    plane = read_coefficients(encode(image, 75)).planes[0]
    assert plane.doubts(ALL, ALL)[0, ::8].tolist() == [0, 1, 0]
    assert read_coefficients(encode(image, 20)).planes[0].doubts(ALL, ALL).max() == 0


def test_restart_markers_and_metadata_are_no_trouble() -> None:
    file = io.BytesIO()
    options = {"exif": b"Exif\0\0MM\0*" + bytes(500), "comment": b"\xff\xdb hello", "restart_marker_blocks": 2}
    PIL.Image.fromarray(busy(40, 40)).save(file, "JPEG", quality=20, subsampling="4:2:0", **options)  # type: ignore[arg-type]
    plain = encode(busy(40, 40), 20)
    assert wrong_share(file.getvalue(), baseline_decoder.coefficients(plain)) == 0


def cmyk() -> bytes:
    file = io.BytesIO()
    PIL.Image.new("CMYK", (16, 16)).save(file, "JPEG")
    return file.getvalue()


def with_byte(jpeg: bytes, marker: bytes, offset: int, value: int) -> bytes:
    changed = bytearray(jpeg)
    changed[jpeg.index(marker) + offset] = value
    return bytes(changed)


def test_files_of_another_kind_are_refused_in_one_line() -> None:
    jpeg = encode(busy(16, 16), 50)
    rgb = io.BytesIO()
    PIL.Image.fromarray(busy(16, 16)).save(rgb, "JPEG", keep_rgb=True)
    for file, hint in (
        (cmyk(), "not YCbCr"),
        (rgb.getvalue(), "not YCbCr"),
        (with_byte(jpeg, b"\xff\xc0", 1, 0xC9), "arithmetic"),
        (with_byte(jpeg, b"\xff\xc0", 11, 0x31), "subsampling is unusual"),
        (b"\x89PNG", "not a JPEG"),
        (jpeg[: len(jpeg) - 60], "cut short"),
    ):
        with pytest.raises(ImageError, match=hint) as caught:
            read_coefficients(file)
        assert "\n" not in str(caught.value)
