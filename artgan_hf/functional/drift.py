"""How far flat areas change colour: a shift there is seen as a stain, however high the PSNR. Used by evaluation/."""

from typing import NamedTuple

import torch
from torch import Tensor

from artgan_hf.functional.checks import check_image, check_same_shape

BLOCK_PX = 16  # JPEG's largest block, with 4:2:0
FLATNESS = 1.0 / 255


class Drift(NamedTuple):
    """How far the flat areas of images moved.

    Args:
        shift: mean change of each channel over an image's flat blocks, in 255ths, shape (B, C); NaN where it has none.
        blocks: number of flat blocks, shape (B,).
    """

    shift: Tensor
    blocks: Tensor


def flat_drift(restored: Tensor, degraded: Tensor) -> Drift:
    """Returns by how much restoring changed the colour of the flat areas, channel by channel.

    Flat are the 16x16 blocks, counted from the upper left corner, in which no channel of the degraded image has a
    standard deviation of a level or more. There is nothing to restore in them, so the ideal is 0.

    Args:
        restored: float in [0, 1], shape (B, C, H, W).
        degraded: what was restored, same shape and range.

    Raises:
        ShapeError: if the shapes differ, or less than one 16x16 block fits.

    Source:
        Ours.

    Example:
        >>> flat = torch.full((1, 3, 32, 32), 0.5)
        >>> drift = flat_drift(flat + 1 / 255, flat)
        >>> drift.shift.round(decimals=3).tolist(), drift.blocks.tolist()
        ([[1.0, 1.0, 1.0]], [4])
    """
    check_same_shape(restored, degraded)
    check_image(restored, least_side_px=BLOCK_PX)
    before = _blocks(degraded)
    is_flat = (before.std(3, correction=0) < FLATNESS).all(1)  # [B, blocks]
    shifts = (_blocks(restored) - before).mean(3)  # [B, C, blocks]
    count = is_flat.sum(1)
    total = (shifts * is_flat[:, None]).sum(2)
    return Drift((255 * total / count[:, None]).to(restored.dtype), count)


def _blocks(image: Tensor) -> Tensor:
    """Returns whole blocks, what is left at the right and below apart: (B, C, blocks, 256)."""
    height, width = (side // BLOCK_PX * BLOCK_PX for side in image.shape[-2:])
    cut = image[..., :height, :width].to(torch.float64)  # the mean of small differences of large numbers
    return cut.unfold(2, BLOCK_PX, BLOCK_PX).unfold(3, BLOCK_PX, BLOCK_PX).flatten(4).flatten(2, 3)
