import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest
import torch
from PIL import ImageCms, ImageOps

from artgan_hf.errors import ImageError, ShapeError
from artgan_hf.images import load_picture

ORIENTATION = 0x0112


def pattern(height: int = 21, width: int = 34, channels: int = 3, dtype: Any = np.uint8) -> np.ndarray:
    values = np.random.default_rng(0).random((height, width, channels))
    return (values * 255).astype(dtype) if np.dtype(dtype).kind == "u" else values.astype(dtype)


def file_of(image: PIL.Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def jpeg_turned(orientation: int, **options: Any) -> bytes:
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = orientation
    exif[0x010F] = "Maker of cameras"
    return file_of(PIL.Image.fromarray(pattern()), "JPEG", exif=exif, quality=90, **options)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_turned_file_comes_back_upright_once_and_its_layer_stays_on_the_jpeg_grid(orientation: int) -> None:
    content = jpeg_turned(orientation, dpi=(300, 150))
    picture = load_picture(content)
    stored = PIL.Image.open(io.BytesIO(content))
    assert (picture.width, picture.height) == (34, 21)
    assert np.array_equal(picture.layers[0], np.array(stored))
    restored = picture.give_back(picture.layers)
    assert np.array_equal(np.array(restored), np.array(ImageOps.exif_transpose(stored)))
    assert restored.getexif().get(ORIENTATION) == 1
    assert restored.getexif()[0x010F] == "Maker of cameras"
    assert np.array_equal(np.array(ImageOps.exif_transpose(restored)), np.array(restored))
    assert restored.info["dpi"] == ((150, 300) if orientation >= 5 else (300, 150))


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_orientation_is_applied_once_in_other_formats_too(kind: str) -> None:
    exif = PIL.Image.Exif()
    exif[ORIENTATION] = 6
    options = {"lossless": True} if kind == "WEBP" else {}
    content = file_of(PIL.Image.fromarray(pattern()), kind, exif=exif, **options)
    picture = load_picture(content)
    restored = picture.give_back(picture.layers)
    assert np.array_equal(np.array(restored), np.rot90(pattern(), -1))
    assert restored.getexif().get(ORIENTATION, 1) == 1


def test_an_image_in_memory_keeps_its_stored_orientation_and_its_tag() -> None:
    image = PIL.Image.open(io.BytesIO(jpeg_turned(6)))
    picture = load_picture(image)
    restored = picture.give_back(picture.layers)
    assert restored.size == image.size
    assert restored.getexif()[ORIENTATION] == 6


@pytest.mark.filterwarnings("ignore:Corrupt EXIF data")  # Pillow's own, on opening
def test_damaged_exif_counts_as_upright() -> None:
    content = file_of(PIL.Image.fromarray(pattern()), "JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    picture = load_picture(content)
    assert picture.give_back(picture.layers).size == (34, 21)


def test_profile_exif_and_dpi_ride_along_from_a_file() -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    picture = load_picture(jpeg_turned(1, icc_profile=profile, dpi=(240, 240)))
    info = picture.give_back(picture.layers).info
    assert info["icc_profile"] == profile
    assert info["dpi"] == (240, 240)
    assert b"Maker of cameras" in info["exif"]


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA", "CMYK", "I;16", "F"])
def test_pil_modes_come_back_bit_for_bit_when_nothing_is_restored(mode: str) -> None:
    depth = {"I;16": np.uint16, "F": np.float32}.get(mode, np.uint8)
    channels = {"L": 1, "LA": 2, "RGB": 3, "RGBA": 4, "CMYK": 4}.get(mode, 1)
    planes = pattern(channels=channels, dtype=depth).squeeze()
    if mode == "I;16":
        planes = planes * np.uint16(257)
    image = PIL.Image.frombytes("CMYK", (34, 21), planes.tobytes()) if mode == "CMYK" else PIL.Image.fromarray(planes)
    assert image.mode == mode
    picture = load_picture(image)
    restored = picture.give_back([layer.copy() for layer in picture.layers])
    assert restored.mode == mode
    assert np.array_equal(np.array(restored), np.array(image))


@pytest.mark.parametrize(
    ("before", "after"), [("1", "L"), ("P", "RGB"), ("PA", "RGBA"), ("YCbCr", "RGB"), ("HSV", "RGB"), ("I", "I;16")]
)
def test_other_pil_modes_become_the_documented_ones(before: str, after: str) -> None:
    image = PIL.Image.new("L", (5, 4), 130).convert(before)
    picture = load_picture(image)
    assert picture.give_back(picture.layers).mode == after


@pytest.mark.parametrize(("mode", "key", "after"), [("L", 7, "LA"), ("RGB", (7, 7, 7), "RGBA"), ("P", 7, "RGBA")])
def test_a_transparent_colour_becomes_alpha(mode: str, key: Any, after: str) -> None:
    image = PIL.Image.new(mode, (4, 4), 9 if mode != "RGB" else (9, 9, 9))
    if mode == "P":
        image.putpalette(bytes(range(256)) * 3)
    image.putpixel((1, 2), key)
    picture = load_picture(file_of(image, transparency=key))
    restored = picture.give_back(picture.layers)
    assert restored.mode == after
    assert "transparency" not in restored.info
    alpha = np.array(restored)[..., -1]
    assert alpha[2, 1] == 0
    assert (alpha == 255).sum() == 15


def test_integers_of_a_32_bit_image_that_do_not_fit_16_bit_are_refused() -> None:
    with pytest.raises(ImageError, match="70000"):
        load_picture(PIL.Image.new("I", (2, 2), 70000))


def test_a_cmyk_jpeg_makes_two_light_layers_that_come_back_without_loss() -> None:
    inks = PIL.Image.frombytes("CMYK", (34, 21), pattern(channels=4).tobytes())
    content = file_of(inks, "JPEG", quality=95)
    picture = load_picture(content)
    stored = np.array(PIL.Image.open(io.BytesIO(content)))
    assert len(picture.layers) == 2
    assert np.array_equal(picture.layers[0], 255 - stored[..., :3])
    assert np.array_equal(picture.layers[1], np.repeat(255 - stored[..., 3:], 3, axis=2))
    assert np.array_equal(np.array(picture.give_back(picture.layers)), stored)


@pytest.mark.parametrize("shape", [(7, 9), (7, 9, 1), (7, 9, 2), (7, 9, 3), (7, 9, 4), (1, 1), (1, 1, 3)])
@pytest.mark.parametrize("dtype", ["uint8", "uint16", ">u2", "float16", "float32", "float64"])
def test_arrays_come_back_as_they_are(shape: tuple[int, ...], dtype: str) -> None:
    array = np.resize(pattern(7, 9, 4, np.uint8 if "u" in dtype else np.float64), shape).astype(dtype)
    picture = load_picture(array)
    assert picture.layers[0].shape == (*shape[:2], 3)
    assert picture.layers[0].dtype == {"f": np.float32, "u": np.dtype(dtype).newbyteorder("=")}[np.dtype(dtype).kind]
    restored = picture.give_back(picture.layers)
    assert (restored.shape, restored.dtype) == (array.shape, array.dtype)
    assert np.allclose(restored.astype(float), array.astype(float), atol=1e-7)


@pytest.mark.parametrize("channels", [1, 2, 3, 4])
@pytest.mark.parametrize("dtype", [torch.uint8, torch.float16, torch.bfloat16, torch.float32, torch.float64])
def test_tensors_come_back_as_they_are(channels: int, dtype: torch.dtype) -> None:
    values = torch.rand(channels, 6, 5)
    tensor = (values * 255).to(dtype) if dtype is torch.uint8 else values.to(dtype).requires_grad_()
    picture = load_picture(tensor)
    assert (picture.width, picture.height, picture.file_bytes, picture.is_jpeg) == (5, 6, None, False)
    restored = picture.give_back(picture.layers)
    assert (restored.shape, restored.dtype, restored.device) == (tensor.shape, tensor.dtype, tensor.device)
    assert restored.is_contiguous()
    assert torch.allclose(restored.double(), tensor.detach().double(), atol=1e-7)


def test_float_layers_are_rounded_into_integers_and_grey_is_the_mean() -> None:
    picture = load_picture(np.zeros((1, 2), np.uint8))
    restored = np.array([[[100.6, 100.6, 100.6], [10, 11, 12]]]) / 255
    assert picture.give_back([restored.astype(np.float32)]).tolist() == [[101, 11]]
    assert picture.give_back([np.array([[[1, 1, 3], [255, 255, 254]]], np.uint8)]).tolist() == [[2, 255]]
    assert picture.give_back([np.array([[[-1.0, -1, -1], [2, 2, 2]]])]).tolist() == [[0, 255]]


def bad_inputs() -> Iterator[Any]:
    yield pytest.param(np.zeros((2, 2), np.int64), "int64", id="int64 array")
    yield pytest.param(np.zeros((2, 2, 5), np.uint8), "(2, 2, 5)", id="five channels")
    yield pytest.param(np.zeros((3, 20, 20), np.uint8), "transpose(1, 2, 0)", id="channels-first array")
    yield pytest.param(np.zeros((0, 4), np.uint8), "(0, 4)", id="empty array")
    yield pytest.param(np.full((2, 2), 200.0), "divide by 255", id="0-255 floats")
    yield pytest.param(np.full((2, 2), -1.0), "divide by 2", id="-1 to 1 floats")
    yield pytest.param(np.full((2, 2), np.nan), "NaN", id="NaN")
    yield pytest.param(torch.full((3, 2, 2), float("inf")), "inf", id="infinity")
    yield pytest.param(torch.zeros(4, 4), "tensor[None]", id="flat tensor")
    yield pytest.param(torch.zeros(20, 20, 3), "permute(2, 0, 1)", id="channels-last tensor")
    yield pytest.param(torch.zeros(3, 4, 4, dtype=torch.int32), "int32", id="int32 tensor")


@pytest.mark.parametrize(("source", "hint"), list(bad_inputs()))
def test_a_wrong_array_or_tensor_is_told_what_to_do(source: Any, hint: str) -> None:
    with pytest.raises(ShapeError) as caught:
        load_picture(source)
    assert hint in str(caught.value)
    assert "\n" not in str(caught.value)


def test_floats_that_overshoot_by_rounding_are_clipped() -> None:
    layer = load_picture(np.array([[-1e-4, 1.0001]], np.float32)).layers[0]
    assert layer.min() == 0
    assert layer.max() == 1


def test_layers_of_another_shape_are_not_given_back() -> None:
    picture = load_picture(pattern())
    with pytest.raises(ShapeError, match="shapes"):
        picture.give_back([pattern(20, 34)])
    with pytest.raises(ShapeError, match="shapes"):
        picture.give_back([])


def test_a_jpeg_file_is_known_by_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "café 写真.jpg"
    path.write_bytes(jpeg_turned(1))
    for source in (path, str(path), path.read_bytes(), io.BytesIO(path.read_bytes())):
        picture = load_picture(source)
        assert picture.is_jpeg
        assert picture.file_bytes == path.read_bytes()
    with path.open("rb") as handle:
        assert load_picture(handle).file_bytes == path.read_bytes()
        assert not handle.closed
    png = load_picture(file_of(PIL.Image.fromarray(pattern())))
    assert (png.is_jpeg, png.file_bytes) == (False, None)
