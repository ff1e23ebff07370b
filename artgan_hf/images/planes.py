"""Planes of pixels to layers of RGB and back: what becomes of grey, inks, alpha and hidden colour. Used by images.

Planes are one array (H, W, C): grey, grey + alpha, RGB, RGB + alpha, or C + M + Y + K. All work on large pictures goes
strip by strip, so that no more than a strip is ever held as float.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from artgan_hf.errors import ShapeError
from artgan_hf.types import Pixels

STRIP_PX = 1 << 18
RANGE_TOLERANCE = 0.01
"""How far outside [0, 1] a float picture may reach before it is taken for one of another scale."""

Planes = NDArray[Any]


@dataclass(frozen=True)
class PlaneSplit:
    """Layers to restore, and all that was set aside.

    Args:
        layers: as in `Picture.layers`.
        planes: the source, for what is given back untouched. Not a copy.
        is_ink: True if the four planes are C, M, Y and K.
    """

    layers: tuple[Pixels, ...]
    planes: Planes
    is_ink: bool

    @property
    def has_alpha(self) -> bool:
        """True if the last plane is alpha."""
        return not self.is_ink and self.planes.shape[2] in (2, 4)

    def join(self, layers: Sequence[Pixels]) -> Planes:
        """Returns planes of the source's shape and dtype: restored colour; alpha and hidden colour untouched.

        Args:
            layers: as many as `self.layers`, each of the same shape; of the same dtype or float in [0, 1].

        Raises:
            ShapeError: if the number of layers or a shape differs.
        """
        got, expected = [tuple(layer.shape) for layer in layers], [tuple(layer.shape) for layer in self.layers]
        if got != expected:
            raise ShapeError(f"the restored layers have shapes {got}; expected {expected}.")
        joined = np.empty_like(self.planes, order="C", subok=False)
        for rows in strips(self.planes):
            self._join_strip(joined[rows], self.planes[rows], [np.asarray(layer)[rows] for layer in layers])
        return joined

    def _join_strip(self, joined: Planes, source: Planes, layers: list[NDArray[Any]]) -> None:
        top = np.iinfo(joined.dtype).max if joined.dtype.kind == "u" else 1
        if self.is_ink:
            joined[..., :3] = top - _converted(layers[0], joined.dtype)
            joined[..., 3] = top - _converted(_mean_of_channels(layers[1]), joined.dtype)
            return
        colours = 1 if joined.shape[2] <= 2 else 3
        restored = layers[0] if colours == 3 else _mean_of_channels(layers[0])[..., None]
        joined[..., :colours] = _converted(restored, joined.dtype)
        if self.has_alpha:
            joined[..., -1] = source[..., -1]
            hidden = source[..., -1] == 0
            joined[hidden] = source[hidden]


def split_planes(planes: Planes, *, is_ink: bool = False) -> PlaneSplit:
    """Returns the layers of a picture.

    Colour where alpha is 0 is nobody's to see and often nonsense; in the layer it is replaced by the colour of what is
    visible nearby, so that it cannot bleed into the restored picture.

    Args:
        planes: shape (H, W, C), C from 1 to 4; uint8, uint16, or float in [0, 1].
        is_ink: True if the four planes are C, M, Y and K rather than RGB and alpha.

    Raises:
        ShapeError: if floats are outside [0, 1], or NaN.

    Example:
        >>> [layer.shape for layer in split_planes(np.zeros((4, 5, 4), np.uint8), is_ink=True).layers]
        [(4, 5, 3), (4, 5, 3)]
    """
    if is_ink:
        inverted = np.iinfo(planes.dtype).max - planes
        return PlaneSplit((inverted[..., :3], _repeated(inverted[..., 3:])), planes, True)
    colours = 1 if planes.shape[2] <= 2 else 3
    colour = planes[..., :colours]
    if planes.shape[2] in (2, 4) and (planes[..., -1] == 0).any():
        colour = _hidden_filled(colour, planes[..., -1] != 0)
    if planes.dtype.kind == "f":
        colour = _checked_floats(colour)
    return PlaneSplit((_repeated(colour) if colours == 1 else colour,), planes, False)


def strips(planes: Planes) -> Iterator[slice]:
    """Yields the rows of one strip after the other, each of about a quarter of a megapixel.

    Example:
        >>> list(strips(np.empty((3, 1 << 17, 3), np.uint8)))
        [slice(0, 2, None), slice(2, 3, None)]
    """
    height, width = planes.shape[:2]
    rows = max(1, STRIP_PX // max(1, width))
    for top in range(0, height, rows):
        yield slice(top, min(top + rows, height))


def _repeated(grey: Planes) -> Pixels:
    return cast(Pixels, np.broadcast_to(grey, (*grey.shape[:2], 3)))


def _checked_floats(colour: Planes) -> Planes:
    low, high = float(colour.min()), float(colour.max())
    if np.isnan(low):
        raise ShapeError("the picture holds NaN; floats in [0, 1] were expected: find where they come from.")
    if low < -RANGE_TOLERANCE or high > 1 + RANGE_TOLERANCE:
        hint = "add 1 and divide by 2" if low < -RANGE_TOLERANCE and high <= 2 else "divide by 255, or pass uint8"
        raise ShapeError(
            f"the picture's values run from {low:.4g} to {high:.4g}; floats in [0, 1] were expected: {hint}."
        )
    colour = colour.astype(np.float32, copy=False)
    return colour if low >= 0 and high <= 1 else np.clip(colour, 0, 1)


def _converted(values: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Returns the values in another type, full range to full range, rounded."""
    if values.dtype == dtype:
        return values
    if values.dtype.kind == "u":
        values = values / np.iinfo(values.dtype).max
    if dtype.kind == "u":
        values = np.floor(np.clip(values, 0, 1) * float(np.iinfo(dtype).max) + 0.5)
    return values.astype(dtype)


def _mean_of_channels(layer: NDArray[Any]) -> NDArray[Any]:
    """Returns the mean of three channels, shape (H, W), rounded for integers; exact where the three are equal."""
    if layer.dtype.kind == "f":
        mean: NDArray[Any] = layer.mean(axis=2, dtype=np.float64)
        return mean
    total: NDArray[Any] = layer.sum(axis=2, dtype=np.uint32)
    return ((total + 1) // 3).astype(layer.dtype)


def _hidden_filled(colour: Planes, visible: NDArray[np.bool_]) -> Planes:
    """Returns a copy whose hidden pixels take the mean colour of the smallest surrounding square with a visible one."""
    filled = colour.copy()
    if not visible.any():
        filled[:] = 0
        return filled
    if visible.all():
        return filled
    half_colour, half_visible = _halved(colour, visible)
    coarse = _hidden_filled(half_colour, half_visible)
    for rows in strips(colour):
        hidden_rows, hidden_columns = np.nonzero(~visible[rows])
        filled[rows][hidden_rows, hidden_columns] = coarse[(hidden_rows + rows.start) // 2, hidden_columns // 2]
    return filled


def _halved(colour: Planes, visible: NDArray[np.bool_]) -> tuple[Planes, NDArray[np.bool_]]:
    """Returns the mean visible colour of each 2x2 square, and whether it has one."""
    height, width = visible.shape
    half_height, half_width = -(-height // 2), -(-width // 2)
    half_colour = np.zeros((half_height, half_width, colour.shape[2]), colour.dtype)
    half_visible = np.zeros((half_height, half_width), bool)
    for rows in strips(half_colour):
        total = np.zeros((rows.stop - rows.start, half_width, colour.shape[2]), np.float32)
        count = np.zeros((rows.stop - rows.start, half_width, 1), np.float32)
        for dy, dx in ((0, 0), (0, 1), (1, 0), (1, 1)):
            seen = visible[2 * rows.start + dy : 2 * rows.stop : 2, dx::2, None]
            part = colour[2 * rows.start + dy : 2 * rows.stop : 2, dx::2]
            total[: seen.shape[0], : seen.shape[1]] += np.where(seen, part, 0)
            count[: seen.shape[0], : seen.shape[1]] += seen
        half_colour[rows] = total / np.maximum(count, 1)
        half_visible[rows] = count[..., 0] > 0
    return half_colour, half_visible
