"""Finds how a picture must lie for its blocks to lie as in a file: a network does much less where they do not."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from artgan_hf.functional.block_grids import BLOCK_PX, block_grids

PROBE_PX = 384


def passes_of(layer: NDArray[Any]) -> list[tuple[int, int]]:
    """Returns what to restore, one pass after another: each compression that shows, the last one first.

    Args:
        layer: shape (H, W, 3); uint8 or uint16 over their whole range, or float32 in [0, 1].

    Returns:
        For each pass, how many rows above and columns to the left the picture lacks for a block of JPEG to begin at
        its corner, 0 to 7. One pass with (0, 0) for a whole JPEG file, and where no blocks are to be seen.

    Example:
        >>> squares = np.random.default_rng(0).integers(0, 256, (20, 20, 1), np.uint8)
        >>> passes_of(squares.repeat(8, 0).repeat(8, 1).repeat(3, 2)[3:, 6:])
        [(3, 6)]
    """
    # The middle at once, on a block's border, so that a picture of any size costs the same.
    top, left = (max(0, (side - PROBE_PX) // 2) // BLOCK_PX * BLOCK_PX for side in layer.shape[:2])
    middle = layer[top : top + PROBE_PX, left : left + PROBE_PX].astype(np.float32)
    if layer.dtype != np.float32:
        middle /= np.iinfo(layer.dtype).max
    grids = block_grids(torch.from_numpy(middle).permute(2, 0, 1).unsqueeze(0))
    return [(-row % BLOCK_PX, -column % BLOCK_PX) for row, column in grids or [(0, 0)]]
