"""Where the 8x8 blocks of a picture's compressions begin. Used by restoring/: networks know their place in a block."""

import math
from functools import cache

import torch
from torch import Tensor

from artgan_hf.functional.checks import check_image
from artgan_hf.functional.colour import to_grey

BLOCK_PX = 8
# The last compression has left zeros at high frequencies (the sum of both, 0 to 14). An earlier one shows lower down.
LAST_BAND, EARLIER_BAND = (5, 14), (3, 8)
MOST_LAST, MOST_EARLIER = 60.0, 200.0  # larger coefficients are edges of the picture's own
# Measured on LIVE1: no uncompressed picture dips by more than 0.03, and JPEG of quality 90 by 0.05 or more.
LAST_SIDE_PX, LEAST_LAST = 96, 0.05
# None of 203 pictures compressed once is taken for one compressed twice; of 145 compressed twice, 120 are found.
EARLIER_SIDE_PX, LEAST_EARLIER, LEAST_SHARE, LEAST_SPREADS = 256, 0.015, 0.15, 4.0


def block_grids(image: Tensor) -> list[tuple[int, int]]:
    """Returns where a block of 8x8 begins, (row, column), 0 to 7, for every compression that shows; the last one first.

    (0, 0) for a whole JPEG file, something else for what was cropped from one. A picture that was compressed, cropped
    and compressed again has two grids; the earlier one shows if that compression was the stronger one.

    Args:
        image: float in [0, 1], shape (1, 1 or 3, H, W). 400x400 pixels are enough; it takes 600 times their memory.

    Returns:
        None to two places. None for less than 96x96 pixels, at most one for less than 256x256.

    Raises:
        ShapeError: if the image is not grey or RGB.

    Source:
        Ours, on a known fact: on its own grid a compressed picture has little at high frequencies (as in Fan and de
        Queiroz, "Identification of Bitmap Compression History: JPEG Detection and Quantizer Estimation", TIP 2003).

    Example:
        >>> squares = torch.rand(1, 1, 20, 20, generator=torch.Generator().manual_seed(0))
        >>> block_grids(torch.nn.functional.interpolate(squares, scale_factor=8)[..., 3:, 6:])
        [(5, 2)]
    """
    check_image(image, channels=(1, 3))
    side = min(image.shape[-2:])
    if side < LAST_SIDE_PX:
        return []
    grey = 255 * (to_grey(image, "bt601-studio") if image.shape[1] == 3 else image)
    strengths = _strengths(grey[0, 0])
    dips = _dips(strengths, LAST_BAND, MOST_LAST)
    last = int(dips.argmax())
    if dips[last] < LEAST_LAST:
        return []
    grids = [divmod(last, BLOCK_PX)]
    dips = _dips(strengths, EARLIER_BAND, MOST_EARLIER)
    others = torch.cat([dips[:last], dips[last + 1 :]])
    earlier = float(others.max())
    least = max(LEAST_EARLIER, LEAST_SHARE * float(dips[last]), LEAST_SPREADS * float(others[others < earlier].std()))
    if side >= EARLIER_SIDE_PX and earlier > least:
        grids.append(divmod(int((dips == earlier).nonzero()[0]), BLOCK_PX))
    return grids


def _strengths(grey: Tensor) -> Tensor:
    """Returns the 8x8 DCT's absolute values of the block that begins at each pixel: (8, 8, H - 7, W - 7)."""
    waves = _waves().to(grey)
    across = torch.einsum("hwx,kx->khw", grey.unfold(1, BLOCK_PX, 1), waves)
    return torch.einsum("khwy,ly->lkhw", across.unfold(1, BLOCK_PX, 1), waves).abs_()


def _dips(strengths: Tensor, band: tuple[int, int], most: float) -> Tensor:
    """Returns how much less there is in a band of frequencies at each of 64 places than its row and column suggest."""
    least, highest = band
    frequency = torch.arange(BLOCK_PX).view(-1, 1) + torch.arange(BLOCK_PX)
    inside = (frequency >= least) & (frequency <= highest)
    found = strengths[inside].clamp_(max=most).mean(0)
    rows, columns = (length // BLOCK_PX for length in found.shape)
    found = found[: rows * BLOCK_PX, : columns * BLOCK_PX]
    level = found.reshape(rows, BLOCK_PX, columns, BLOCK_PX).mean((0, 2)).add(1e-3).log()
    expected = level.median(0, keepdim=True).values + level.median(1, keepdim=True).values - level.median()
    return (expected - level).flatten()


@cache
def _waves() -> Tensor:
    """Returns the DCT's eight waves, one a row."""
    places = torch.arange(BLOCK_PX) + 0.5
    waves = torch.stack([torch.cos(math.pi / BLOCK_PX * k * places) for k in range(BLOCK_PX)]) / 2
    waves[0] /= math.sqrt(2)
    return waves
