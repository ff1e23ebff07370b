import numpy as np
import pytest
import torch
from PIL import Image

from artgan_hf.codecs import degrade
from artgan_hf.errors import ShapeError
from artgan_hf.functional import ms_ssim

# All golden values are pytorch-msssim 1.0.0's.
SINUSOIDS = 0.969131588935852


def sinusoids(strength: float, phase: float) -> torch.Tensor:
    y, x = torch.meshgrid(torch.arange(192.0), torch.arange(208.0), indexing="ij")
    return (0.5 + strength * torch.sin(y / 9 + phase) * torch.cos(x / 13))[None, None]


def test_sinusoids_come_out_as_another_implementation_has_them():
    assert ms_ssim(sinusoids(0.4, 0), sinusoids(0.35, 0.2)).item() == pytest.approx(SINUSOIDS, abs=1e-5)


@pytest.mark.parametrize(("quality", "expected"), [(5, 0.785389), (10, 0.913889), (40, 0.979425)])
def test_jpegs_of_a_photo_come_out_as_another_implementation_has_them(repository, quality, expected):
    with Image.open(repository / "artgan_hf" / "samples" / "otters.avif") as image:
        clean = np.asarray(image.convert("RGB"))[80:336, 160:480]
    first, second = (
        torch.from_numpy(np.array(pixels)).permute(2, 0, 1)[None] / 255 for pixels in (degrade(clean, quality), clean)
    )
    assert ms_ssim(first, second).item() == pytest.approx(expected, abs=1e-5)


def test_odd_sizes_down_to_the_least_are_taken_and_smaller_ones_refused():
    image = torch.rand(1, 3, 161, 170)
    assert ms_ssim(image, image).item() == pytest.approx(1)
    with pytest.raises(ShapeError, match="at least 161x161"):
        ms_ssim(image[..., 1:, :], image[..., 1:, :])


def test_an_inverted_image_has_no_similarity_rather_than_no_number():
    image = torch.rand(1, 1, 176, 176)
    assert ms_ssim(1 - image, image).item() == 0


def test_each_image_of_a_batch_has_its_own():
    first, second = torch.cat([sinusoids(0.4, 0)] * 2), torch.cat([sinusoids(0.4, 0), sinusoids(0.35, 0.2)])
    assert ms_ssim(first, second).tolist() == pytest.approx([1, SINUSOIDS], abs=1e-5)
