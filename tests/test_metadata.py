import io
import os
import signal
import subprocess
import sys
import time
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import PIL.features
import PIL.Image
import pytest
from PIL import ImageCms

from artgan_hf.errors import ImageError, QualityError
from artgan_hf.images import load_picture
from artgan_hf.metadata import Metadata, save_picture

ORIENTATION, MAKE, IMAGE_WIDTH = 0x0112, 0x010F, 0x0100
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf tiff:Orientation="1"/></x:xmpmeta>'
FORMATS = ["png", "jpg", "webp", "tif", *(["avif"] if PIL.features.check("avif") else [])]
needs_posix = pytest.mark.skipif(os.name != "posix", reason="kill -9 is POSIX")


@cache
def srgb() -> bytes:
    return bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())


def camera_exif(orientation: int = 1) -> bytes:
    exif = PIL.Image.Exif()
    exif[ORIENTATION], exif[MAKE], exif[IMAGE_WIDTH] = orientation, "Maker of cameras", 9999
    exif.get_ifd(0x8769)[0x9003] = "2020:02:20 20:20:20"
    return bytes(exif.tobytes())


def noise(mode: str = "RGB", size: tuple[int, int] = (20, 12)) -> PIL.Image.Image:
    values = np.random.default_rng(0).integers(0, 256, (size[1], size[0], 4)).astype(np.uint8)
    image = PIL.Image.frombytes("RGBA", size, values.tobytes())
    return image.convert("RGB").convert("P") if mode == "P" else image.convert(mode)


@pytest.mark.parametrize("suffix", FORMATS)
def test_exif_profile_dpi_and_xmp_survive_a_file_to_file_trip(suffix: str, tmp_path: Path) -> None:
    file = io.BytesIO()
    noise().save(file, "JPEG", exif=camera_exif(6), icc_profile=srgb(), dpi=(300, 150), xmp=XMP, comment=b"hello")
    picture = load_picture(file.getvalue())
    path = save_picture(picture.give_back(picture.layers), tmp_path / f"restored.{suffix}")
    with PIL.Image.open(path) as saved:
        saved.load()
        assert saved.size == (12, 20)
        assert saved.info["icc_profile"] == srgb()
        assert saved.getexif().get(ORIENTATION, 1) == 1
        assert saved.getexif()[MAKE] == "Maker of cameras"
        assert saved.getexif().get_ifd(0x8769)[0x9003] == "2020:02:20 20:20:20"
        assert Metadata.of(saved).xmp == XMP
        if suffix in ("png", "jpg", "tif"):
            assert Metadata.of(saved).dpi == pytest.approx((150, 300), abs=0.1)
        if suffix == "jpg":
            assert saved.info["comment"] == b"hello"
    assert [file.name for file in tmp_path.iterdir()] == [path.name]


def test_a_turn_is_carried_out_once_whoever_supplies_the_metadata(tmp_path: Path) -> None:
    file = io.BytesIO()
    noise().save(file, "PNG", exif=camera_exif(6))
    original = PIL.Image.open(file)
    picture = load_picture(file)
    upright = save_picture(picture.give_back(picture.layers), tmp_path / "a.png", metadata=Metadata.of(original))
    from_memory = load_picture(original)
    turned = save_picture(from_memory.give_back(from_memory.layers), tmp_path / "b.png")
    for path in (upright, turned):
        with PIL.Image.open(path) as saved:
            assert saved.getexif()[ORIENTATION] == 1
            assert np.array_equal(np.array(saved), np.rot90(np.array(noise()), -1))


def test_metadata_of_a_tiff_is_its_description_not_its_layout() -> None:
    file = io.BytesIO()
    noise().save(file, "TIFF", exif=camera_exif(3), dpi=(72, 72), icc_profile=srgb())
    metadata = Metadata.of(PIL.Image.open(file))
    assert metadata.exif is not None
    tags = PIL.Image.Exif()
    tags.load(metadata.exif)
    assert tags[MAKE] == "Maker of cameras"
    assert IMAGE_WIDTH not in tags
    assert (metadata.icc_profile, metadata.dpi) == (srgb(), (72.0, 72.0))


@pytest.mark.parametrize("nonsense", [(0, 0), (float("nan"), 1), "dpi", None, (1,)])
def test_nonsense_resolution_is_no_resolution(nonsense: Any) -> None:
    image = noise()
    image.info["dpi"] = nonsense
    assert Metadata.of(image).dpi is None


@pytest.mark.parametrize(
    ("mode", "suffix", "saved_mode"),
    [
        ("RGBA", "png", "RGBA"),
        ("RGBA", "webp", "RGBA"),
        ("LA", "png", "LA"),
        ("LA", "tif", "LA"),
        ("L", "jpg", "L"),
        ("1", "jpg", "L"),
        ("P", "jpg", "RGB"),
        ("CMYK", "jpg", "CMYK"),
        ("CMYK", "tif", "CMYK"),
        ("CMYK", "png", "RGB"),
        ("I;16", "png", "I;16"),
        ("I;16", "tif", "I;16"),
        ("I", "png", "I;16"),
        ("F", "tif", "F"),
    ],
)
def test_a_mode_is_kept_where_the_format_holds_it(mode: str, suffix: str, saved_mode: str, tmp_path: Path) -> None:
    image = noise("L").convert("I").convert("I;16") if mode == "I;16" else noise(mode)
    with PIL.Image.open(save_picture(image, tmp_path / f"a.{suffix}")) as saved:
        assert saved.mode == saved_mode
        if saved_mode == mode and suffix in ("png", "tif"):
            assert np.array_equal(np.array(saved), np.array(image))


@pytest.mark.parametrize(
    ("mode", "suffix", "advice"),
    [("RGBA", "jpg", "PNG"), ("I;16", "jpg", "PNG or TIFF"), ("I;16", "webp", "PNG or TIFF"), ("F", "png", "TIFF")],
)
def test_a_mode_that_would_lose_something_is_refused_with_advice(
    mode: str, suffix: str, advice: str, tmp_path: Path
) -> None:
    image = noise("L").convert("I").convert("I;16") if mode == "I;16" else noise(mode)
    with pytest.raises(ImageError, match=advice):
        save_picture(image, tmp_path / f"a.{suffix}")
    assert list(tmp_path.iterdir()) == []


def test_an_opaque_alpha_may_be_dropped_for_jpeg(tmp_path: Path) -> None:
    image = noise("RGBA")
    image.putalpha(255)
    with PIL.Image.open(save_picture(image, tmp_path / "a.jpg")) as saved:
        assert saved.mode == "RGB"


def test_a_profile_of_other_channels_is_left_out(tmp_path: Path) -> None:
    cmyk, rgb = bytes(16) + b"CMYK" + bytes(108), srgb()
    image = noise("CMYK")
    image.info["icc_profile"] = cmyk
    with PIL.Image.open(save_picture(image, tmp_path / "a.tif")) as saved:
        assert saved.info["icc_profile"] == cmyk
    with PIL.Image.open(save_picture(image, tmp_path / "a.png")) as saved:
        assert "icc_profile" not in saved.info
    with PIL.Image.open(save_picture(noise(), tmp_path / "b.png", metadata=Metadata(icc_profile=rgb))) as saved:
        assert saved.info["icc_profile"] == rgb


def test_an_existing_file_is_replaced_only_if_told(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "写真.png"
    save_picture(noise(), path)
    before = path.read_bytes()
    with pytest.raises(ImageError, match="exists already"):
        save_picture(noise("L"), path)
    assert path.read_bytes() == before
    save_picture(noise("L"), path, overwrite=True)
    assert path.read_bytes() != before


def test_wrong_requests_are_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match=r"suffix '\.xyz'"):
        save_picture(noise(), tmp_path / "a.xyz")
    with pytest.raises(ImageError, match="format 'gif'"):
        save_picture(noise(), tmp_path / "a.png", format="gif")
    with pytest.raises(ImageError, match="is a folder"):
        save_picture(noise(), tmp_path, format="png")
    for quality in (0, 101, 7.5, True):
        with pytest.raises(QualityError, match="1 to 100"):
            save_picture(noise(), tmp_path / "a.jpg", quality=quality)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(ImageError, match="cannot be written"):
        save_picture(noise(), tmp_path / "file" / "a.png")


def test_an_error_while_writing_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="too long"):
        save_picture(noise(), tmp_path / "a.jpg", metadata=Metadata(exif=b"Exif\0\0II*\0" + bytes(70_000)))
    assert list(tmp_path.iterdir()) == []


@needs_posix
def test_kill_minus_nine_leaves_no_half_file_under_the_final_name(tmp_path: Path) -> None:
    path, started = tmp_path / "large.png", tmp_path / "started"
    program = f"""
import pathlib, PIL.Image
from artgan_hf.metadata import save_picture
image = PIL.Image.effect_noise((3000, 3000), 100)
pathlib.Path({str(started)!r}).touch()
save_picture(image, {str(path)!r})
"""
    process = subprocess.Popen([sys.executable, "-c", program])
    try:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob(".artgan-*.part")):
            assert time.monotonic() < deadline
            assert process.poll() is None, "it was done before it could be killed"
            time.sleep(0.002)
        os.kill(process.pid, signal.SIGKILL)
    finally:
        process.kill()
        process.wait()
    assert not path.exists()
    assert save_picture(noise(), path).exists()
