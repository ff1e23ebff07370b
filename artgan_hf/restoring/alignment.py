"""Lays a cropped picture as its blocks lay before: a network does much less where they are not. Used by the experts."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from artgan_hf.functional.block_grid import BLOCK_PX, block_grid

PROBE_PX = 384


def missing_px(layer: NDArray[Any]) -> tuple[int, int]:
    """Returns how many rows above and columns to the left a picture lacks for a block of JPEG to begin at its corner.

    Args:
        layer: shape (H, W, 3); uint8 or uint16 over their whole range, or float32 in [0, 1].

    Returns:
        Two numbers from 0 to 7; (0, 0) for a whole JPEG, and where no blocks are to be seen.

    Example:
        >>> squares = np.random.default_rng(0).integers(0, 256, (20, 20, 1), np.uint8)
        >>> missing_px(squares.repeat(8, 0).repeat(8, 1).repeat(3, 2)[3:, 6:])
        (3, 6)
    """
    # The middle at once, on a block's border, so that a picture of any size costs the same.
    top, left = (max(0, (side - PROBE_PX) // 2) // BLOCK_PX * BLOCK_PX for side in layer.shape[:2])
    middle = layer[top : top + PROBE_PX, left : left + PROBE_PX].astype(np.float32)
    if layer.dtype != np.float32:
        middle /= np.iinfo(layer.dtype).max
    row, column = block_grid(torch.from_numpy(middle).permute(2, 0, 1).unsqueeze(0)) or (0, 0)
    return -row % BLOCK_PX, -column % BLOCK_PX
