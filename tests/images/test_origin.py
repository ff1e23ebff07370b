import io
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from artgan_hf.images import load_picture


@pytest.fixture
def path(tmp_path: Path) -> Path:
    noise = np.random.default_rng(0).integers(0, 256, (24, 32, 3)).astype(np.uint8)
    PIL.Image.fromarray(noise).save(tmp_path / "a.jpg", quality=40)
    return tmp_path / "a.jpg"


def test_the_file_behind_an_opened_image_is_found_decoded_or_not(path: Path) -> None:
    with PIL.Image.open(path) as image:
        assert load_picture(image).file_bytes == path.read_bytes()
    with PIL.Image.open(path) as image:
        image.load()
        assert load_picture(image).file_bytes == path.read_bytes()
    image = PIL.Image.open(io.BytesIO(path.read_bytes()))
    assert load_picture(image).file_bytes == path.read_bytes()
    decoded = load_picture(image)
    assert (decoded.is_jpeg, decoded.file_bytes) == (True, None)


def test_an_image_that_no_longer_is_its_file_has_no_bytes(path: Path) -> None:
    with PIL.Image.open(path) as edited:
        edited.putpixel((3, 4), (1, 2, 3))
        assert load_picture(edited).file_bytes is None
    with PIL.Image.open(path) as drafted:
        drafted.draft("RGB", (16, 12))
        picture = load_picture(drafted)
        assert (picture.width, picture.file_bytes) == (16, None)
    with PIL.Image.open(path) as image:
        copy = image.copy()
    assert (load_picture(copy).is_jpeg, load_picture(copy).file_bytes) == (False, None)


def test_a_file_that_was_replaced_since_is_not_taken_for_the_image(path: Path) -> None:
    with PIL.Image.open(path) as image:
        image.load()
        PIL.Image.new("RGB", image.size, "red").save(path, quality=40)
        assert load_picture(image).file_bytes is None
