"""NIQE and BRISQUE against known answers for scikit-image's pictures, clean and at JPEG quality 10."""

import io
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from artgan_hf.errors import ShapeError
from artgan_hf.functional import brisque, niqe

# BRISQUE and NIQE of the clean picture, then of its JPEG.
ANSWERS = {
    "astronaut": (2.87, 3.06, 46.9, 5.61),
    "coffee": (29.9, 4.12, 85.5, 9.35),
    "chelsea": (2.57, 2.63, 55.5, 6.97),
}


def as_tensor(image: Image.Image) -> torch.Tensor:
    return torch.from_numpy(np.array(image)).float().permute(2, 0, 1)[None] / 255


def clean_and_jpeg(path: Path) -> tuple[torch.Tensor, torch.Tensor]:
    with Image.open(path) as image:
        file = io.BytesIO()
        image.convert("RGB").save(file, "JPEG", quality=10)
        return as_tensor(image.convert("RGB")), as_tensor(Image.open(file))


@pytest.fixture(scope="session")
def skimage_data() -> Path:
    """The folder of scikit-image's pictures, of which only the files are used."""
    spec = find_spec("skimage")
    if spec is None or not spec.submodule_search_locations:
        pytest.skip("needs the pictures of scikit-image: pip install scikit-image")
    return Path(spec.submodule_search_locations[0]) / "data"


@pytest.mark.parametrize("name", ANSWERS)
def test_niqe_gives_the_known_answers(skimage_data, name):
    clean, jpeg = clean_and_jpeg(skimage_data / f"{name}.png")
    assert [niqe(clean).item(), niqe(jpeg).item()] == pytest.approx(ANSWERS[name][1::2], abs=0.0055)


@pytest.mark.parametrize("name", ANSWERS)
def test_brisque_gives_the_known_answers(skimage_data, name):
    clean, jpeg = clean_and_jpeg(skimage_data / f"{name}.png")
    assert brisque(clean).item() == pytest.approx(ANSWERS[name][0], abs=0.05)
    assert brisque(jpeg).item() == pytest.approx(ANSWERS[name][2], abs=1)  # flat areas: see the docstring


@pytest.mark.parametrize("judge", [niqe, brisque])
def test_jpeg_is_judged_worse_than_the_original_in_under_a_second(shared_data, judge):
    for name in ("bikes", "parrots"):
        clean, jpeg = clean_and_jpeg(shared_data / "test" / "LIVE1" / f"{name}.webp")
        seconds = []
        for _ in range(3):  # the quickest counts: other tests run at the same time
            started = time.process_time()
            original = judge(clean).item()
            seconds.append(time.process_time() - started)
        assert min(seconds) < 1
        assert judge(jpeg).item() > 1.5 * original


@pytest.mark.parametrize("judge", [niqe, brisque])
def test_each_picture_of_a_batch_is_judged_as_alone(judge):
    batch = torch.rand(2, 1, 96, 192) * torch.tensor([1.0, 0.3]).view(2, 1, 1, 1)
    together = judge(batch)
    assert together.shape == (2,)
    torch.testing.assert_close(together, torch.cat([judge(batch[:1]), judge(batch[1:])]))


@pytest.mark.parametrize("judge", [niqe, brisque])
def test_a_picture_without_texture_has_no_figure(judge):
    result = judge(torch.full((1, 1, 96, 192), 0.5))
    assert not 0 < result.item() < 30


def test_a_picture_too_small_or_of_the_wrong_kind_is_refused():
    with pytest.raises(ShapeError, match="at least 192x96 or 96x192"):
        niqe(torch.rand(1, 3, 100, 100))
    with pytest.raises(ShapeError, match="at least 16x16"):
        brisque(torch.rand(1, 3, 8, 40))
    with pytest.raises(ShapeError, match="2 channels"):
        niqe(torch.rand(1, 2, 96, 192))
