"""Structural similarity at five scales at once. Used by evaluation/."""

import torch
from torch import Tensor
from torch.nn import functional as F

from artgan_hf.functional.checks import check_image, check_same_shape, crop_border
from artgan_hf.functional.ssim import WINDOW_PX, similarity

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # from the finest scale to the coarsest
LEAST_SIDE_PX = (WINDOW_PX - 1) * 2 ** (len(WEIGHTS) - 1) + 1


def ms_ssim(restored: Tensor, clean: Tensor, *, crop_px: int = 0) -> Tensor:
    """Returns the multi-scale structural similarity of each image; 1 for identical images.

    Args:
        restored: float in [0, 1], shape (B, C, H, W), at least 161x161 pixels after the crop.
        clean: same shape and range.
        crop_px: border left out on every side, in pixels.

    Returns:
        Shape (B,), 0 to 1; higher is better.

    Raises:
        ShapeError: if the shapes differ, or less than one 11x11 window is left at the coarsest scale.

    Source:
        Wang, Simoncelli, Bovik, "Multi-Scale Structural Similarity for Image Quality Assessment", Asilomar 2003:
        five scales, halved by 2x2 means, an odd last row or column repeated. Windows as in `ssim`. Colour, of which the
        paper does not speak: the three channels' mean. A negative factor, which has no root, counts as 0.

    Example:
        >>> image = torch.full((1, 1, 176, 176), 0.5)
        >>> ms_ssim(image, image / 2).round(decimals=4)
        tensor([0.9707])
    """
    check_same_shape(restored, clean)
    restored, clean = crop_border(restored, crop_px), crop_border(clean, crop_px)
    check_image(restored, least_side_px=LEAST_SIDE_PX)
    product = torch.ones((), device=restored.device)
    for scale, weight in enumerate(WEIGHTS):
        is_coarsest = scale == len(WEIGHTS) - 1
        luminance, structure = similarity(restored, clean)
        factor = (luminance * structure if is_coarsest else structure).flatten(2).mean(2)  # [B, C]
        product = product * factor.clamp(min=0) ** weight
        restored, clean = _halved(restored), _halved(clean)
    return product.mean(1)


def _halved(image: Tensor) -> Tensor:
    below, right = (side % 2 for side in image.shape[-2:])
    return F.avg_pool2d(F.pad(image, (0, right, 0, below), mode="replicate"), 2)
