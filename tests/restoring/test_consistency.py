import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from PIL import ImageFilter

from artgan_hf.codecs import degrade, encode, read_jpeg_info
from artgan_hf.codecs.jpeg_coefficients import read_coefficients
from artgan_hf.errors import ImageError, ShapeError
from artgan_hf.restoring.consistency import project

ALL = slice(None)
LIVE1 = ["bikes", "caps", "monarch", "plane", "stream", "woman"]


def scene(height: int = 64, width: int = 80) -> np.ndarray:
    y, x = np.mgrid[:height, :width][..., None]
    waves = np.sin(y / 5 + np.arange(3)) * 90 + np.cos(x / 7 - np.arange(3)) * 90 + ((x // 13 + y // 9) % 2) * 60 + 90
    return waves.clip(0, 255).astype(np.uint8)


def blurred(image: np.ndarray) -> np.ndarray:
    return np.array(PIL.Image.fromarray(image).filter(ImageFilter.GaussianBlur(1)))


def noisy(image: np.ndarray, deviation: float = 10) -> np.ndarray:
    return (image + np.random.default_rng(0).normal(0, deviation, image.shape)).clip(0, 255).astype(np.uint8)


def psnr(image: np.ndarray, clean: np.ndarray) -> float:
    with np.errstate(divide="ignore"):
        return float(10 * np.log10(255**2 / np.square(image.astype(float) - clean).mean()))


def compressed_like(jpeg: bytes, image: np.ndarray) -> bytes:
    """The picture through Pillow's encoder, with the tables and the subsampling that the file has."""
    info, file = read_jpeg_info(jpeg), io.BytesIO()
    options = {} if info.subsampling == "grey" else {"subsampling": info.subsampling}
    picture = PIL.Image.fromarray(image[..., 0] if info.subsampling == "grey" else image)
    picture.save(file, "JPEG", qtables=[list(table) for table in info.tables], **options)  # type: ignore[arg-type]
    return file.getvalue()


def same_share(jpeg: bytes, image: np.ndarray) -> float:
    """The share of coefficients that come out as in the file."""
    before, after = read_coefficients(jpeg).planes, read_coefficients(compressed_like(jpeg, image)).planes
    same = [(a.levels(ALL, ALL) == b.levels(ALL, ALL)).ravel() for a, b in zip(before, after, strict=True)]
    return float(np.concatenate(same).mean())


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("size", [(64, 80), (50, 67), (9, 7), (1, 1)])
def test_a_wrong_restoration_compresses_to_the_same_file_again(subsampling: str, size: tuple[int, int]) -> None:
    clean = scene(*size)
    jpeg = encode(clean, 10, subsampling=subsampling)
    stored = degrade(clean, 10, subsampling=subsampling)
    wrong = noisy(np.clip(blurred(stored) + np.array([9, -7, 4]), 0, 255).astype(np.uint8))
    projected = project(wrong, jpeg)
    assert (projected.shape, projected.dtype) == (clean.shape, np.uint8)
    assert same_share(jpeg, projected) >= 0.99
    assert same_share(jpeg, projected) > same_share(jpeg, wrong) or same_share(jpeg, wrong) == 1
    assert psnr(projected, clean) >= psnr(wrong, clean)


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
@pytest.mark.parametrize("size", [(64, 80), (50, 67), (9, 7)])
def test_the_original_comes_back_as_it_was(subsampling: str, size: tuple[int, int]) -> None:
    clean = scene(*size)
    for quality in (10, 30):
        assert np.array_equal(project(clean, encode(clean, quality, subsampling=subsampling)), clean)


def test_progressive_files_serve_as_well() -> None:
    clean = scene()
    wrong = blurred(degrade(clean, 10))
    baseline, progressive = (project(wrong, encode(clean, 10, progressive=kind)) for kind in (False, True))
    assert np.array_equal(baseline, progressive)


def test_a_grey_file_gives_grey() -> None:
    clean = scene()[..., 1]
    jpeg = encode(clean, 10)
    wrong = np.repeat(blurred(degrade(clean, 10))[..., None], 3, axis=2)
    projected = project(wrong, jpeg)
    assert (projected == projected[..., :1]).all()
    assert same_share(jpeg, projected) >= 0.99
    assert psnr(projected[..., 0], clean) > psnr(wrong[..., 0], clean)
    tinted = np.stack([wrong[..., 0], wrong[..., 0] // 2, wrong[..., 0]], axis=-1)
    assert (project(tinted, jpeg) == project(tinted, jpeg)[..., :1]).all()


def test_the_input_is_left_alone() -> None:
    wrong = noisy(scene())
    before = wrong.copy()
    project(wrong, encode(scene(), 10))
    assert np.array_equal(wrong, before)


@pytest.mark.parametrize("quality", [75, 90, 98])
def test_at_high_quality_it_still_helps(quality: int) -> None:
    clean = scene()
    jpeg = encode(clean, quality)
    wrong = blurred(degrade(clean, quality))
    projected = project(wrong, jpeg)
    assert same_share(jpeg, projected) > same_share(jpeg, wrong)
    assert psnr(projected, clean) > psnr(wrong, clean) + 3


def test_a_picture_larger_than_a_batch_has_no_seams() -> None:
    clean = np.tile(scene(), (12, 5, 1))[:901, :390]
    jpeg = encode(clean, 10)
    wrong = blurred(degrade(clean, 10))
    assert np.array_equal(project(wrong, jpeg)[:800, :384], project(wrong[:800, :384], encode(clean[:800, :384], 10)))


def test_what_cannot_be_projected_is_refused_in_one_line() -> None:
    cmyk = io.BytesIO()
    PIL.Image.new("CMYK", (16, 16)).save(cmyk, "JPEG")
    with pytest.raises(ImageError, match="without consistency"):
        project(scene(16, 16), cmyk.getvalue())
    with pytest.raises(ImageError, match="not a JPEG"):
        project(scene(16, 16), b"GIF89a")
    for wrong in (scene(16, 17), scene(16, 16).astype(float), scene(16, 16)[..., 0]):
        with pytest.raises(ShapeError, match="uint8"):
            project(wrong, encode(scene(16, 16), 10))


@pytest.mark.parametrize("name", LIVE1)
def test_on_live1_at_quality_10(name: str, shared_data: Path) -> None:
    clean = np.array(PIL.Image.open(shared_data / "test" / "LIVE1" / f"{name}.webp").convert("RGB"))[:384, :384]
    jpeg = encode(clean, 10)
    stored = degrade(clean, 10)
    assert np.array_equal(project(clean, jpeg), clean)
    for restored in (blurred(stored), noisy(stored)):
        projected = project(restored, jpeg)
        assert same_share(jpeg, projected) >= 0.999
        assert psnr(projected, clean) >= psnr(restored, clean)
