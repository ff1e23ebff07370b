"""Keeps a restored picture among those that would have given the very same JPEG file. Called by the restorer.

A quantised coefficient says in which cell, one step wide, the original's coefficient lay. A network may leave the cell;
here it is brought back to the nearest place inside. What the file is silent on stays as the network painted it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan_hf.codecs.jpeg_coefficients import JpegCoefficients, dct, inverse_dct, read_coefficients
from artgan_hf.errors import ShapeError

ROUNDS = 6
MARGIN = 1.5
MARGIN_OF_STEP = 1 / 8
"""How far inside its cell a coefficient is put, at least and in steps. Right at the edge it would not last: a move of a
flat block by less than half a level is rounded away, and other moves are rounded out of the cell again."""
TOLERANCE = 0.13
"""How far outside its cell a coefficient may lie by our float DCT and still be inside by libjpeg's integer one."""
TILES_AT_ONCE = 1024

Tiles = NDArray[np.uint8]
Planes = list[NDArray[np.float32]]


def project(restored: NDArray[np.uint8], jpeg: bytes) -> NDArray[np.uint8]:
    """Returns the picture nearest to `restored` that compresses to the coefficients of `jpeg`.

    Only coefficients outside their quantisation cell are moved. A picture that is consistent already, as the original
    is, comes back as it was. Colours outside RGB are clipped and pixels rounded to 8 bit, so that the result is
    consistent nearly everywhere (99.9 % of the coefficients at quality 10) rather than everywhere; above quality 90 the
    cells are finer than that rounding.

    Args:
        restored: uint8, RGB, shape (H, W, 3), in the stored orientation. For a grey file, the mean of the channels
            counts.
        jpeg: the whole file that was restored; baseline or progressive; grey, 4:4:4, 4:2:2, 4:2:0, 4:4:0 or 4:1:1.

    Returns:
        uint8, same shape.

    Raises:
        ImageError: if the file is no JPEG, or of a kind that has no such projection: arithmetic-coded, CMYK, RGB or of
            unusual sampling.
        ShapeError: if `restored` is not uint8 of the file's size.

    Source:
        Projection onto the quantisation constraint set: Zakhor, "Iterative Procedures for Reduction of Blocking Effects
        in Transform Image Coding", IEEE TCSVT 1992. The handling of subsampled chroma and of 8-bit rounding is ours.

    Example:
        >>> from artgan_hf.codecs import encode
        >>> clean = np.full((16, 16, 3), 120, np.uint8)
        >>> bool((project(clean, encode(clean, 10)) == clean).all())
        True
    """
    coefficients = read_coefficients(jpeg)
    expected = (coefficients.height, coefficients.width, 3)
    if restored.dtype != np.uint8 or restored.shape != expected:
        raise ShapeError(
            f"got {restored.dtype} of shape {restored.shape}; uint8 of the file's {expected} was expected."
        )
    projected = np.array(restored)
    if len(coefficients.planes) == 1:
        grey = (restored.sum(axis=2, dtype=np.uint16) + 1) // 3
        projected[:] = grey[..., None]
    for batch in _batches(coefficients):
        levels, doubts = batch.cells(coefficients)
        batch.paste(_projected_tiles(batch.cut(projected), levels, doubts, coefficients), projected)
    return projected


@dataclass(frozen=True)
class _Batch:
    """A rectangle of tiles that all show as many pixels. A tile is one chroma block with the luma blocks it covers.

    Args:
        rows: of tiles.
        columns: of tiles.
        tile: height and width of a whole tile in pixels.
        seen: height and width of the part inside the picture.
    """

    rows: range
    columns: range
    tile: tuple[int, int]
    seen: tuple[int, int]

    def cut(self, picture: Tiles) -> Tiles:
        """Returns a copy of the pixels as tiles, shape (tiles, *seen, 3)."""
        return _as_tiles(picture[self._slices(self.tile, self.seen)], self.seen)

    def paste(self, tiles: Tiles, picture: Tiles) -> None:
        """Writes tiles to their place."""
        height, width = self.seen
        grid = tiles.reshape(len(self.rows), len(self.columns), height, width, 3).swapaxes(1, 2)
        picture[self._slices(self.tile, self.seen)] = grid.reshape(
            len(self.rows) * height, len(self.columns) * width, 3
        )

    def cells(self, coefficients: JpegCoefficients) -> tuple[Planes, Planes]:
        """Returns the quantised coefficients of each component as tiles, and how far they may be off."""
        levels, doubts = [], []
        for index, plane in enumerate(coefficients.planes):
            blocks = (-(-self.seen[0] // 8) * 8, -(-self.seen[1] // 8) * 8) if index == 0 else (8, 8)
            rows, columns = self._slices(self.tile if index == 0 else (8, 8), blocks)
            levels.append(_as_tiles(plane.levels(rows, columns), blocks))
            doubts.append(_as_tiles(plane.doubts(rows, columns), blocks))
        return levels, doubts

    def _slices(self, tile: tuple[int, int], seen: tuple[int, int]) -> tuple[slice, slice]:
        top, left = self.rows.start * tile[0], self.columns.start * tile[1]
        return slice(top, top + len(self.rows) * seen[0]), slice(left, left + len(self.columns) * seen[1])


def _as_tiles(pixels: NDArray[Any], size: tuple[int, int]) -> NDArray[Any]:
    rows, columns, *channels = pixels.shape[0] // size[0], pixels.shape[1] // size[1], *pixels.shape[2:]
    grid = pixels.reshape(rows, size[0], columns, size[1], *channels).swapaxes(1, 2)
    return grid.reshape(rows * columns, *size, *channels)


def _batches(coefficients: JpegCoefficients) -> Iterator[_Batch]:
    """Yields batches that cover the picture: whole tiles, and apart the cut ones at its right and lower border."""
    tile = 8 * coefficients.vertical, 8 * coefficients.horizontal
    (rows, below), (columns, right) = divmod(coefficients.height, tile[0]), divmod(coefficients.width, tile[1])
    at_once = max(1, TILES_AT_ONCE // max(1, columns))
    for top in range(0, rows, at_once):
        some_rows = range(top, min(top + at_once, rows))
        if columns:
            yield _Batch(some_rows, range(columns), tile, tile)
        if right:
            yield _Batch(some_rows, range(columns, columns + 1), tile, (tile[0], right))
    if below and columns:
        yield _Batch(range(rows, rows + 1), range(columns), tile, (below, tile[1]))
    if below and right:
        yield _Batch(range(rows, rows + 1), range(columns, columns + 1), tile, (below, right))


def _projected_tiles(tiles: Tiles, levels: Planes, doubts: Planes, coefficients: JpegCoefficients) -> Tiles:
    """Returns the tiles with their coefficients moved into the cells, as far as 8-bit RGB can express them."""
    tables = [plane.table for plane in coefficients.planes]
    ratios = coefficients.vertical, coefficients.horizontal
    active = np.arange(len(tiles))
    for _ in range(ROUNDS):
        planes = _compressed_planes(tiles[active], ratios, len(tables))
        pulls = [
            _pull(plane, level[active], doubt[active], table)
            for plane, level, doubt, table in zip(planes, levels, doubts, tables, strict=True)
        ]
        is_out = np.any([pull.any(axis=(1, 2)) for pull in pulls], axis=0)
        if not is_out.any():
            break
        active = active[is_out]
        change = _rgb_change([inverse_dct(pull[is_out]) for pull in pulls], ratios, tiles.shape[1:3])
        tiles[active] = np.clip(np.rint(tiles[active] + change), 0, 255).astype(np.uint8)
    return tiles


def _pull(
    plane: NDArray[np.float32], level: NDArray[np.float32], doubt: NDArray[np.float32], table: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Returns by how much each coefficient must move to lie inside its cell; 0 for those inside."""
    count, height, width = plane.shape
    blocks = count, height // 8, 8, width // 8, 8
    step = table[:, None, :]
    half = (doubt.reshape(blocks) + np.float32(0.5)) * step
    off_centre = dct(plane - 128).reshape(blocks) - level.reshape(blocks) * step
    reach = np.maximum(half - np.maximum(MARGIN, MARGIN_OF_STEP * step), 0)
    is_out = np.abs(off_centre) > half + TOLERANCE
    pull = np.where(is_out, np.clip(off_centre, -reach, reach) - off_centre, np.float32(0))
    return pull.reshape(plane.shape)


def _compressed_planes(tiles: Tiles, ratios: tuple[int, int], count: int) -> Planes:
    """Returns the planes that libjpeg's encoder would transform, in its integers, padded to whole blocks as it does.

    Source:
        rgb_ycc_convert in jccolor.c; h2v1_downsample, h2v2_downsample and int_downsample in jcsample.c; libjpeg 6b.
    """
    if count == 1:
        return [_padded(tiles[..., 0].astype(np.float32), 8, 8)]
    red, green, blue = (tiles[..., channel].astype(np.int32) for channel in range(3))
    luma = (19595 * red + 38470 * green + 7471 * blue + 32768) >> 16
    centre = (128 << 16) + 32767
    chroma = (
        (-11059 * red - 21709 * green + 32768 * blue + centre) >> 16,
        (32768 * red - 27439 * green - 5329 * blue + centre) >> 16,
    )
    planes = [luma, *(_downsampled(plane, ratios) for plane in chroma)]
    return [_padded(plane.astype(np.float32), 8, 8) for plane in planes]


def _downsampled(plane: NDArray[np.int32], ratios: tuple[int, int]) -> NDArray[np.int32]:
    down, across = ratios
    plane = _padded(plane, down, 8 * across)
    width = plane.shape[2] // across
    total = np.zeros((len(plane), plane.shape[1] // down, width), np.int32)
    for dy, dx in product(range(down), range(across)):
        total += plane[:, dy::down, dx::across]
    bias: Any = down * across // 2
    if across == 2:  # libjpeg alternates the rounding, so that it does not darken
        bias = np.arange(width, dtype=np.int32) % 2 + down - 1
    average: NDArray[np.int32] = (total + bias) // (down * across)
    return average


def _padded(planes: NDArray[Any], down: int, across: int) -> NDArray[Any]:
    """Returns the planes with the last row and column repeated, to multiples of `down` and `across`."""
    below, right = -planes.shape[1] % down, -planes.shape[2] % across
    return np.pad(planes, ((0, 0), (0, below), (0, right)), mode="edge") if below or right else planes


def _folded(change: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """Returns the change without its padding: what the repeats of the last row and column ask for is averaged there."""
    if change.shape[2] > width:
        change = np.concatenate([change[..., : width - 1], change[..., width - 1 :].mean(2, keepdims=True)], axis=2)
    if change.shape[1] > height:
        change = np.concatenate([change[:, : height - 1], change[:, height - 1 :].mean(1, keepdims=True)], axis=1)
    return change


def _rgb_change(changes: Planes, ratios: tuple[int, int], seen: tuple[int, int]) -> NDArray[np.float32]:
    """Returns what to add to RGB, shape (tiles, *seen, 3 or 1), for changes of Y, or of Y, Cb and Cr.

    Source:
        JFIF 1.02, "Conversion to and from RGB".
    """
    luma = _folded(changes[0], *seen)
    if len(changes) == 1:
        return luma[..., None]
    down, across = ratios
    blue, red = (
        _folded(np.repeat(np.repeat(_folded(change, -(-seen[0] // down), 8), down, 1), across, 2)[:, : seen[0]], *seen)
        for change in changes[1:]
    )
    return np.stack([luma + 1.402 * red, luma - 0.344136 * blue - 0.714136 * red, luma + 1.772 * blue], axis=-1)
