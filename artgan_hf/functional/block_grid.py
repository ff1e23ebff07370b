"""Where the 8x8 blocks of a picture's compression begin. Used by restoring/: networks know their place in a block."""

import math
from functools import cache

import torch
from torch import Tensor

from artgan_hf.functional.checks import check_image
from artgan_hf.functional.colour import to_grey

BLOCK_PX = 8
LEAST_SIDE_PX = 96
LEAST_SUM = 5  # of both frequencies, 0 to 14: from there on
MOST = 60.0  # larger coefficients are edges of the picture's own
LEAST_DIP = 0.05  # measured on LIVE1: no uncompressed picture has more than 0.03, JPEG of quality 90 has 0.05 or more


def block_grid(image: Tensor) -> tuple[int, int] | None:
    """Returns where a block of 8x8 begins, (row, column), 0 to 7: of JPEG, or of the JPEG that this was cropped from.

    (0, 0) for a whole file. A picture that was compressed twice on different grids has that of the last compression.

    Args:
        image: float in [0, 1], shape (1, 1 or 3, H, W). 400x400 pixels are enough; it takes 300 times their memory.

    Returns:
        None if no grid is clear enough, or a side has less than 96 pixels.

    Raises:
        ShapeError: if the image is not grey or RGB.

    Source:
        Ours, on a known fact: on its own grid a compressed picture has little at high frequencies (as in Fan and de
        Queiroz, "Identification of Bitmap Compression History: JPEG Detection and Quantizer Estimation", TIP 2003).

    Example:
        >>> squares = torch.rand(1, 1, 20, 20, generator=torch.Generator().manual_seed(0))
        >>> block_grid(torch.nn.functional.interpolate(squares, scale_factor=8)[..., 3:, 6:])
        (5, 2)
    """
    check_image(image, channels=(1, 3))
    if min(image.shape[-2:]) < LEAST_SIDE_PX:
        return None
    grey = 255 * (to_grey(image, "bt601-studio") if image.shape[1] == 3 else image)
    dips = _dips(grey[0, 0])
    place = int(dips.argmax())
    return divmod(place, BLOCK_PX) if dips[place] >= LEAST_DIP else None


def _dips(grey: Tensor) -> Tensor:
    """Returns how much less there is at high frequencies at each of 64 places than its row and column suggest."""
    found = _strengths(grey).clamp_(max=MOST).mean(0)
    rows, columns = (length // BLOCK_PX for length in found.shape)
    found = found[: rows * BLOCK_PX, : columns * BLOCK_PX]
    level = found.reshape(rows, BLOCK_PX, columns, BLOCK_PX).mean((0, 2)).add(1e-3).log()
    expected = level.median(0, keepdim=True).values + level.median(1, keepdim=True).values - level.median()
    return (expected - level).flatten()


def _strengths(grey: Tensor) -> Tensor:
    """Returns the high coefficients' absolute values of the block that begins at each pixel: (N, H - 7, W - 7)."""
    waves = _waves().to(grey)
    across = torch.einsum("hwx,kx->khw", grey.unfold(1, BLOCK_PX, 1), waves)
    both = torch.einsum("khwy,ly->lkhw", across.unfold(1, BLOCK_PX, 1), waves)
    frequencies = torch.arange(BLOCK_PX)
    return both[frequencies.view(-1, 1) + frequencies >= LEAST_SUM].abs_()


@cache
def _waves() -> Tensor:
    """Returns the DCT's eight waves, one a row."""
    places = torch.arange(BLOCK_PX) + 0.5
    waves = torch.stack([torch.cos(math.pi / BLOCK_PX * k * places) for k in range(BLOCK_PX)]) / 2
    waves[0] /= math.sqrt(2)
    return waves
