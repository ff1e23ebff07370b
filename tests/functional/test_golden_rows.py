"""The figures against known rows of JPEG itself on LIVE1 and Classic5: 54 numbers; the quick tests check a part."""

import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from artgan_hf.functional import psnr, psnr_b, ssim, to_grey

QUALITIES = (5, 10, 20, 30, 40, 60)
# per set and quality: PSNR, SSIM, PSNR-B
ROWS = {
    "LIVE1 grey": [(25.29, 0.671, 23.11), (27.77, 0.773, 25.37), (30.07, 0.851, 27.62),
                   (31.41, 0.885, 29.00), (32.35, 0.904, 30.05), (33.98, 0.929, 31.92)],
    "Classic5": [(25.37, 0.658, 23.04), (27.82, 0.760, 25.26), (30.12, 0.834, 27.57),
                 (31.48, 0.867, 29.02), (32.43, 0.885, 30.02), (33.96, 0.910, 31.71)],
    "LIVE1 colour": [(23.10, 0.638, 21.81), (25.69, 0.743, 24.23), (28.06, 0.826, 26.53),
                     (29.37, 0.862, 27.89), (30.28, 0.882, 28.90), (31.77, 0.909, 30.60)],
}  # fmt: skip


def as_tensor(pixels: np.ndarray) -> torch.Tensor:
    image = torch.from_numpy(pixels.copy()).float() / 255
    return image[None, None] if image.ndim == 2 else image.permute(2, 0, 1)[None]


def figures(clean: np.ndarray, quality: int) -> list[float]:
    file = io.BytesIO()
    Image.fromarray(clean).save(file, "JPEG", quality=quality, subsampling=2)
    degraded, reference = as_tensor(np.array(Image.open(file))), as_tensor(clean)
    return [figure(degraded, reference).item() for figure in (psnr, ssim, psnr_b)]


def pictures(folder: Path, name: str) -> list[np.ndarray]:
    paths = sorted((folder / "test" / name.partition(" ")[0]).iterdir())
    images = [np.array(Image.open(path)) for path in paths]
    if name == "LIVE1 grey":
        images = [(255 * to_grey(as_tensor(image), "bt601-studio")).round()[0, 0].byte().numpy() for image in images]
    return images


def check(folder: Path, name: str, quality: int) -> None:
    mean = np.mean([figures(image, quality) for image in pictures(folder, name)], axis=0)
    expected = ROWS[name][QUALITIES.index(quality)]
    assert mean[[0, 2]] == pytest.approx([expected[0], expected[2]], abs=0.0055)
    assert mean[1] == pytest.approx(expected[1], abs=0.00055)


@pytest.mark.parametrize("name", ROWS)
def test_quality_10_rows_come_out_to_the_last_digit(shared_data, name):
    check(shared_data, name, 10)


def test_a_strong_and_a_mild_row_of_classic5_come_out_too(shared_data):
    check(shared_data, "Classic5", 5)
    check(shared_data, "Classic5", 40)


@pytest.mark.slow
@pytest.mark.parametrize("name", ROWS)
@pytest.mark.parametrize("quality", QUALITIES)
def test_every_known_row_comes_out(shared_data, name, quality):
    check(shared_data, name, quality)
