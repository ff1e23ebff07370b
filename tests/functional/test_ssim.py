import pytest
import torch

from artgan_hf.errors import ShapeError
from artgan_hf.functional import ssim


def checkerboard(contrast: float, side_px: int = 24) -> torch.Tensor:
    rows, columns = torch.meshgrid(torch.arange(side_px), torch.arange(side_px), indexing="ij")
    return (0.5 + contrast * (1.0 - 2.0 * ((rows + columns) % 2)))[None, None]


def test_ssim_of_flat_images_is_the_luminance_term():
    dark, light = torch.full((1, 3, 11, 11), 0.2), torch.full((1, 3, 11, 11), 0.6)
    assert ssim(dark, light).item() == pytest.approx((2 * 0.12 + 1e-4) / (0.04 + 0.36 + 1e-4), abs=1e-5)


def test_ssim_of_a_faded_checkerboard_is_the_structure_term():
    # a wide Gaussian sees a checkerboard's mean as 0.5, its variance as contrast^2, and a covariance of their product
    strong, weak = 0.4, 0.1
    expected = (2 * strong * weak + 9e-4) / (strong**2 + weak**2 + 9e-4)
    assert ssim(checkerboard(strong), checkerboard(weak)).item() == pytest.approx(expected, abs=1e-4)
    assert ssim(checkerboard(strong), checkerboard(-strong)).item() < -0.99


def test_ssim_averages_the_channels():
    clean = torch.rand(1, 3, 16, 16)
    restored = torch.rand(1, 3, 16, 16)
    apart = [ssim(restored[:, c : c + 1], clean[:, c : c + 1]).item() for c in range(3)]
    assert ssim(restored, clean).item() == pytest.approx(sum(apart) / 3, abs=1e-6)


def test_ssim_is_one_for_identical_images_and_has_a_gradient_elsewhere():
    clean = torch.rand(1, 3, 16, 16)
    assert ssim(clean, clean).item() == pytest.approx(1, abs=1e-6)
    restored = (0.9 * clean).requires_grad_()
    ssim(restored, clean).sum().backward()
    assert restored.grad is not None and restored.grad.abs().sum() > 0


def test_bfloat16_autocast_does_not_touch_the_figure():
    clean, restored = checkerboard(0.02) + 0.3, checkerboard(0.01) + 0.3
    expected = ssim(restored, clean)
    with torch.autocast("cpu", torch.bfloat16):
        torch.testing.assert_close(ssim(restored, clean), expected)


def test_an_image_smaller_than_the_window_is_refused():
    with pytest.raises(ShapeError, match="12x10 pixels; this figure needs at least 11x11"):
        ssim(torch.rand(1, 3, 10, 12), torch.rand(1, 3, 10, 12))
