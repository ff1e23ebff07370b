"""Restores a picture of any size in bounded memory: tile by tile, laid over each other with ramps.

Called by the restorer. Only a tile is ever in floating point; the picture stays in its own type.
"""

import logging
from collections.abc import Callable, Iterator
from math import ceil, lcm
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgan_hf.errors import ImageError, OptionError
from artgan_hf.networks import Generator

logger = logging.getLogger("artgan_hf")

GRID_PX = 16  # JPEG's largest block: tiles start on its multiples, so that every tile sees the codec's grid where it is
MIN_TILE_PX = 64
# A trained network looks less far than it could: in a two-scale network with a receptive radius of 116 px, tiles of 64
# px that read three quarters of it beyond themselves change no pixel by more than 0.2 / 255, though with half of it by
# up to 1.4. A shallow network gets its whole radius.
MARGIN_SHARE = 0.75
EXACT_MARGIN_PX = 48
TILE_PX = {"cpu": 1024, "mps": 1024, "cuda": 2048}
OUT_OF_MEMORY = ("out of memory", "not enough memory", "can't allocate memory", "cannot allocate memory")


class Tiling(NamedTuple):
    """How a picture is cut.

    Args:
        tile_px: side of the squares that together make up the picture.
        margin_px: how far beyond its square a tile reads; in the inner half of it neighbours fade into each other.
        grid_px: tiles start on multiples of this; `margin_px` is one.
    """

    tile_px: int
    margin_px: int
    grid_px: int = GRID_PX

    def sparing(self, height: int, width: int) -> "Tiling":
        """Returns a tiling that leaves a picture uncut if it has no more pixels than a tile with its margins.

        Example:
            >>> Tiling(tile_px=512, margin_px=64).sparing(400, 1000).tile_px
            1000
        """
        fits = height * width <= (self.tile_px + 2 * self.margin_px) ** 2
        return self._replace(tile_px=max(height, width)) if fits else self


def choose_tiling(network: Generator, device: torch.device, tile_px: int | None = None) -> Tiling:
    """Returns how to cut pictures for a network.

    Args:
        network: says how far it sees and what its sides are multiples of.
        device: where it runs; decides the size of a tile unless `tile_px` is given.
        tile_px: at least 64; rounded down to the grid.

    Raises:
        OptionError: if `tile_px` is not an integer from 64.

    Example:
        >>> from artgan_hf.networks import UnshuffleGenerator
        >>> choose_tiling(UnshuffleGenerator(channels=8, blocks=1), torch.device("cpu"), tile_px=256)
        Tiling(tile_px=256, margin_px=32, grid_px=16)
    """
    tile_px = check_tile_px(tile_px)
    grid_px = lcm(GRID_PX, network.size_multiple)
    radius_px = network.receptive_radius_px
    margin_px = ceil(max(radius_px * MARGIN_SHARE, min(radius_px, EXACT_MARGIN_PX)) / grid_px) * grid_px
    if tile_px is None:
        # A network that works near full resolution needs about ten times the memory of one that folds pixels first.
        tile_px = TILE_PX[device.type] // (1 if network.size_multiple > 2 else 2)
    return Tiling(max(grid_px, tile_px // grid_px * grid_px), margin_px, grid_px)


def check_tile_px(tile_px: int | None) -> int | None:
    """Returns the side of a tile as it was asked for.

    Raises:
        OptionError: if it is not None or an integer from 64.
    """
    if tile_px is not None and (isinstance(tile_px, bool) or not isinstance(tile_px, int) or tile_px < MIN_TILE_PX):
        raise OptionError(f"tile_px is {tile_px!r}; an integer from {MIN_TILE_PX} was expected, or None to choose it.")
    return tile_px


def restore_tiled(layer: NDArray[Any], restore: Callable[[Tensor], Tensor], tiling: Tiling) -> NDArray[Any]:
    """Returns a restored picture of the same shape and type.

    If memory runs out, the tile is halved and the picture begun again.

    Args:
        layer: shape (H, W, 3), any H, W >= 1; uint8 or uint16 over their whole range, or float32 in [0, 1].
        restore: takes and gives float32 tensors of shape (1, 3, h, w) on the CPU; what leaves [0, 1] is clipped.
        tiling: how to cut it.

    Raises:
        ImageError: if memory runs out even at the smallest tile.

    Example:
        >>> grey = np.full((40, 70, 3), 100, np.uint8)
        >>> restore_tiled(grey, lambda tile: tile + 1 / 255, Tiling(32, 16))[0, 0]
        array([101, 101, 101], dtype=uint8)
    """
    while True:
        try:
            return _restore_bands(layer, restore, tiling)
        except (MemoryError, RuntimeError) as error:
            if not _is_out_of_memory(error):
                raise
            tile_px = min(tiling.tile_px, max(layer.shape))
            if tile_px <= MIN_TILE_PX:
                raise ImageError(
                    f"not enough memory to restore {layer.shape[1]}x{layer.shape[0]} pixels, even {tile_px} at a time; "
                    "close other programs, or take another device."
                ) from error
        # Outside the except block, where the error no longer holds on to the failed tile's tensors.
        tiling = tiling._replace(tile_px=max(MIN_TILE_PX, tile_px // 2 // tiling.grid_px * tiling.grid_px))
        logger.warning("out of memory: going on with tiles of %d px", tiling.tile_px)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


class _Span(NamedTuple):
    """One tile along one axis, in pixels: its square, what it gives (more: the ramps) and what it reads (most)."""

    start: int
    gives: slice
    reads: slice

    @property
    def given_of_read(self) -> slice:
        return slice(self.gives.start - self.reads.start, self.gives.stop - self.reads.start)


def _spans(length: int, tiling: Tiling) -> Iterator[_Span]:
    count = ceil(length / tiling.tile_px)
    # Equal tiles rather than full ones and a sliver.
    step = ceil(length / count / tiling.grid_px) * tiling.grid_px
    ramp = tiling.margin_px // 2
    for start in range(0, length, step):
        stop = min(start + step, length)

        def widened(by: int, start: int = start, stop: int = stop) -> slice:
            return slice(max(0, start - by), min(length, stop + by))

        yield _Span(start, widened(ramp), widened(tiling.margin_px))


def _restore_bands(layer: NDArray[Any], restore: Callable[[Tensor], Tensor], tiling: Tiling) -> NDArray[Any]:
    """Tiles make bands and bands make the picture: fading along one axis at a time leaves no seam at the corners."""
    height, width, channels = layer.shape
    restored = np.empty(layer.shape, layer.dtype)
    for row in _spans(height, tiling):
        band = np.empty((row.gives.stop - row.gives.start, width, channels), layer.dtype)
        for column in _spans(width, tiling):
            tile = _as_tensor(layer[row.reads, column.reads])
            piece = _as_pixels(restore(tile), layer.dtype)[row.given_of_read, column.given_of_read]
            _fade_in(band.swapaxes(0, 1), piece.swapaxes(0, 1), column, tiling.margin_px // 2)
        _fade_in(restored, band, row, tiling.margin_px // 2)
    return restored


def _fade_in(onto: NDArray[Any], piece: NDArray[Any], span: _Span, ramp: int) -> None:
    """Lays a piece over what is there along the first axis, fading in over `ramp` pixels on both sides of its start."""
    is_first = span.start == 0
    faded = 0 if is_first else min(span.start + ramp, span.gives.stop) - span.gives.start
    if faded:
        positions = np.arange(span.gives.start, span.gives.start + faded, dtype=np.float32)
        weights = ((positions + 0.5 - span.start) / (2 * ramp) + 0.5)[:, None, None]
        below = onto[span.gives.start : span.gives.start + faded]
        mixed = below + (piece[:faded].astype(np.float32) - below) * weights
        below[...] = mixed if onto.dtype == np.float32 else np.rint(mixed)
    onto[span.gives.start + faded : span.gives.stop] = piece[faded:]


def _as_tensor(pixels: NDArray[Any]) -> Tensor:
    """Floats of shape (1, 3, h, w) in channels-last memory, which is the order the pixels are in already."""
    floats = torch.from_numpy(pixels.astype(np.float32))
    if pixels.dtype != np.float32:
        floats *= 1 / np.iinfo(pixels.dtype).max
    return floats.permute(2, 0, 1).unsqueeze(0)


def _as_pixels(tile: Tensor, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Pixels of shape (h, w, 3), clipped to the range of the type."""
    floats = tile[0].permute(1, 2, 0)
    if dtype == np.float32:
        return np.asarray(floats.clamp(0, 1))
    highest = np.iinfo(dtype).max
    return np.asarray(floats.mul(highest).round_().clamp_(0, highest)).astype(dtype)


def _is_out_of_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in OUT_OF_MEMORY)
