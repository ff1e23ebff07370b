"""PSNR with a penalty for visible 8x8 blocks. Used by metrics/, evaluation/ and the tests' golden rows."""

import math

import torch
from torch import Tensor

from artgan_hf.functional.checks import check_image, check_same_shape, crop_border
from artgan_hf.functional.colour import to_grey

BLOCK_PX = 8


def psnr_b(restored: Tensor, clean: Tensor, *, crop_px: int = 0) -> Tensor:
    """Returns the PSNR-B of each image in dB: PSNR with the blocking effect added to the squared error.

    Args:
        restored: float in [0, 1], shape (B, 1 or 3, H, W), more than 8x8 pixels after the crop.
        clean: same shape and range.
        crop_px: border left out on every side, in pixels; a multiple of 8 keeps the block grid where it was.

    Returns:
        Shape (B,), dB; higher is better, at most the PSNR. One value per image, whatever the batch.

    Raises:
        ShapeError: if the shapes differ, the image is not grey or RGB, or no block border is left after the crop.

    Source:
        Yim and Bovik, "Quality Assessment of Deblocked Images", TIP 2011, with the counts of pixel pairs as printed.
        Colour, of which the paper does not speak: the error is over R, G and B, the blocking effect that of the luma
        ("bt601-studio"). A mean over the channels comes out about 0.45 dB lower.

    Example:
        >>> image = torch.zeros(1, 1, 16, 16)
        >>> image[..., 8:] = 0.1
        >>> psnr_b(image, image + 0.1).round(decimals=2), psnr_b(torch.zeros(1, 1, 16, 16), image).round(decimals=2)
        (tensor([19.2300]), tensor([23.0100]))
    """
    check_same_shape(restored, clean)
    check_image(restored, channels=(1, 3))
    restored, clean = crop_border(restored, crop_px), crop_border(clean, crop_px)
    error = (restored - clean).square().flatten(1).mean(1)
    return -10 * (error + blocking_effect(restored)).log10()


def blocking_effect(image: Tensor) -> Tensor:
    """Returns how much stronger each image's steps are across 8x8 block borders than elsewhere; 0 if they are not.

    Args:
        image: float in [0, 1], shape (B, 1 or 3, H, W), more than 8x8 pixels; colour is judged by its luma.

    Returns:
        Shape (B,), a squared error on the scale of 1; 0 or more.

    Raises:
        ShapeError: if the image is not grey or RGB, or has no block border.

    Source:
        Yim and Bovik, TIP 2011, the "blocking effect factor" of section III, at a block size of 8.

    Example:
        >>> blocking_effect(torch.full((1, 3, 16, 16), 0.5))
        tensor([0.])
    """
    check_image(image, channels=(1, 3), least_side_px=BLOCK_PX + 1)
    luma = to_grey(image, "bt601-studio") if image.shape[1] == 3 else image
    height, width = luma.shape[-2:]
    at_columns, all_columns = _squared_steps(luma)
    at_rows, all_rows = _squared_steps(luma.transpose(2, 3))
    border_pairs = (height * (width / BLOCK_PX) - 1) + (width * (height / BLOCK_PX) - 1)
    other_pairs = height * (width - 1) + width * (height - 1) - border_pairs
    at_borders = (at_columns + at_rows) / border_pairs
    elsewhere = (all_columns + all_rows - at_columns - at_rows) / other_pairs
    strength = math.log2(BLOCK_PX) / math.log2(min(height, width))
    return strength * torch.clamp(at_borders - elsewhere, min=0)


def _squared_steps(luma: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the sums of squared steps from column to column, across block borders and in all: two of shape (B,)."""
    by_column = luma.diff(dim=3).square().sum((1, 2))  # [B, W - 1]; step i leads from column i to i + 1
    return by_column[:, BLOCK_PX - 1 :: BLOCK_PX].sum(1), by_column.sum(1)
