"""Structural similarity. Used by metrics/, evaluation/ and, being differentiable, by losses/."""

import torch
from torch import Tensor
from torch.nn import functional as F

from artgan_hf.functional.checks import check_image, check_same_shape, crop_border

WINDOW_PX = 11
SIGMA_PX = 1.5
LUMINANCE_FLOOR = 0.01**2
CONTRAST_FLOOR = 0.03**2


def ssim(restored: Tensor, clean: Tensor, *, crop_px: int = 0) -> Tensor:
    """Returns the structural similarity of each image; 1 for identical images.

    Args:
        restored: float in [0, 1], shape (B, C, H, W), at least 11x11 pixels after the crop.
        clean: same shape and range.
        crop_px: border left out on every side, in pixels.

    Returns:
        Shape (B,), at most 1; higher is better. The mean over positions and channels. Differentiable.

    Raises:
        ShapeError: if the shapes differ, or less than one 11x11 window is left after the crop.

    Source:
        Wang, Bovik, Sheikh, Simoncelli, "Image Quality Assessment: From Error Visibility to Structural Similarity",
        TIP 2004: Gaussian window 11x11 of sigma 1.5, K1 = 0.01, K2 = 0.03, only where the whole window lies inside.
        Without the authors' optional downsampling, as the JPEG literature uses it. Colour: the three channels' mean.

    Example:
        >>> ssim(torch.full((1, 1, 16, 16), 0.5), torch.full((1, 1, 16, 16), 0.25)).round(decimals=4)
        tensor([0.8001])
    """
    check_same_shape(restored, clean)
    restored, clean = crop_border(restored, crop_px), crop_border(clean, crop_px)
    check_image(restored, least_side_px=WINDOW_PX)
    luminance, structure = similarity(restored, clean)
    return (luminance * structure).flatten(1).mean(1)


def similarity(restored: Tensor, clean: Tensor) -> tuple[Tensor, Tensor]:
    """Returns SSIM's two factors wherever the window fits: of luminance, and of contrast and structure.

    Args:
        restored: float in [0, 1], shape (B, C, H, W), at least 11x11 pixels.
        clean: same shape and range.

    Returns:
        Two of shape (B, C, H - 10, W - 10), at least float32.
    """
    with torch.autocast(restored.device.type, enabled=False):  # variances are differences of near-equal numbers
        first, second = _at_least_float32(restored), _at_least_float32(clean)
        mean1, mean2 = _windowed_mean(first), _windowed_mean(second)
        variance1 = _windowed_mean(first.square()) - mean1.square()
        variance2 = _windowed_mean(second.square()) - mean2.square()
        covariance = _windowed_mean(first * second) - mean1 * mean2
        luminance = (2 * mean1 * mean2 + LUMINANCE_FLOOR) / (mean1.square() + mean2.square() + LUMINANCE_FLOOR)
        structure = (2 * covariance + CONTRAST_FLOOR) / (variance1 + variance2 + CONTRAST_FLOOR)
        return luminance, structure


def _at_least_float32(image: Tensor) -> Tensor:
    return image if image.dtype == torch.float64 else image.float()


def _windowed_mean(image: Tensor) -> Tensor:
    """Returns the Gaussian mean around each position whose window fits: (B, C, H - 10, W - 10)."""
    channels = image.shape[1]
    offset = torch.arange(WINDOW_PX, dtype=image.dtype, device=image.device) - WINDOW_PX // 2
    weight = torch.exp(-offset.square() / (2 * SIGMA_PX**2))
    weight = (weight / weight.sum()).expand(channels, 1, 1, -1)
    rows = F.conv2d(image, weight, groups=channels)
    return F.conv2d(rows, weight.transpose(2, 3), groups=channels)
