"""Where a picture is even there is nothing to restore; a network that changes it there only shifts its colour.

Called by the restorer for every tile.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

BLOCK_PX = 8
NEIGHBOURHOOD = 5  # blocks: the block itself and two on each side
EVEN = 1.5 / 255  # a codec's rounding moves an even colour by one level
ALIVE = 4.0 / 255


def keep_even_areas(degraded: Tensor, restored: Tensor) -> Tensor:
    """Returns the restored picture with the input's own pixels where the input is even.

    Even is where no channel varies by more than a level over the 8x8 block and two blocks on each side; from four
    levels on the restored pixels stand, with a smooth passage between. Banding is no even area: its steps are what is
    restored.

    Args:
        degraded: float in [0, 1], shape (B, C, H, W).
        restored: same shape.

    Returns:
        Same shape.

    Example:
        >>> even, busy = torch.full((1, 3, 64, 64), 0.5), torch.rand(1, 3, 64, 64)
        >>> keep_even_areas(even, even + 0.01).equal(even), keep_even_areas(busy, busy + 0.01).equal(busy + 0.01)
        (True, True)
    """
    height, width = degraded.shape[-2:]
    spread = _spread(degraded)  # [B, 1, H/8, W/8]
    share = ((spread - EVEN) / (ALIVE - EVEN)).clamp(0, 1)
    if bool((share == 1).all()):
        return restored
    share = F.interpolate(share, scale_factor=BLOCK_PX, mode="bilinear")[..., :height, :width]
    # As many channels and the same order in memory: a fifth of the time of one share for all channels.
    return torch.lerp(degraded, restored, share.expand_as(degraded).contiguous(memory_format=torch.channels_last))


def _spread(image: Tensor) -> Tensor:
    """How far the channel that varies most does so around each block.

    Rows before columns, and colours last as they lie in memory: four times as fast as pooling, which counts in video.
    """
    below, right = (-side % BLOCK_PX for side in image.shape[-2:])
    if below or right:
        image = F.pad(image, (0, right, 0, below), mode="replicate")
    batch, channels, height, width = image.shape
    down, across = height // BLOCK_PX, width // BLOCK_PX
    rows = image.permute(0, 2, 3, 1).reshape(batch, down, BLOCK_PX, width, channels)
    highest = rows.amax(2).reshape(batch, down, across, BLOCK_PX, channels).amax(3)
    lowest = rows.amin(2).reshape(batch, down, across, BLOCK_PX, channels).amin(3)
    spread = _neighbourhood_max(highest) + _neighbourhood_max(-lowest)
    return spread.amax(-1)[:, None]


def _neighbourhood_max(blocks: Tensor) -> Tensor:
    reach = NEIGHBOURHOOD // 2
    for axis, padding in ((1, (0, 0, 0, 0, reach, reach)), (2, (0, 0, reach, reach))):
        blocks = F.pad(blocks, padding, value=float("-inf")).unfold(axis, NEIGHBOURHOOD, 1).amax(-1)
    return blocks
