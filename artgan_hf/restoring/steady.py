"""Restores of each frame what has moved, and keeps the rest still. Called by restoring/video."""

from collections.abc import Callable
from math import ceil
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan_hf.restoring.tiling import GRID_PX

STILL = 2
"""Of 255 levels: what a codec may move from frame to frame in a part of the scene that stands still."""

Frame = NDArray[Any]


class Steady:
    """Shows a pixel as it was restored before, for as long as the decoded one stays as it was.

    A network that sharpens also sharpens the small changes that a codec makes from frame to frame: they are seen as
    flicker. A pixel stands still while neither it nor one of the eight around it has moved by more than two levels of
    255 since it was last shown anew; so what moves slowly is seen to move in small steps. Only the rectangle around
    what has moved is restored, which saves most of the time where someone talks in front of a wall.

    Args:
        restore: returns the restored frame, or part of one, of the same shape and type.
        margin_px: how far beyond what has moved it is to look; None has it restore whole frames.

    Example:
        >>> steady, frame = Steady(lambda frame: frame + 20), np.full((16, 16, 3), 100, np.uint8)
        >>> [steady(frame + change)[0, 0, 0].item() for change in (0, 2, 3)]
        [120, 120, 123]
    """

    def __init__(self, restore: Callable[[Frame], Frame], margin_px: int | None = None) -> None:
        self.restore = restore
        self.margin_px = margin_px
        self._seen: Frame | None = None
        self._shown: Frame | None = None

    def __call__(self, degraded: Frame) -> Frame:
        """Returns what to show of the next frame.

        Args:
            degraded: the decoded frame, uint8 or uint16, shape (H, W, 3).

        Returns:
            Same shape and type; not to be written into.
        """
        seen, shown = self._seen, self._shown
        if seen is None or shown is None or seen.shape != degraded.shape or seen.dtype != degraded.dtype:
            self._seen, self._shown = degraded.copy(), self.restore(degraded)
            return self._shown
        moved = _moved(degraded, seen)
        place = self._place(moved)
        if place is None:
            return shown
        self._shown = shown.copy()
        np.copyto(self._shown[place], self.restore(degraded[place]), where=moved[place])
        np.copyto(seen[place], degraded[place], where=moved[place])
        return self._shown

    def _place(self, moved: NDArray[np.bool_]) -> tuple[slice, slice] | None:
        """The rows and columns to restore, whole blocks of the codec's grid; None if nothing has moved."""
        sides = [np.flatnonzero(moved[..., 0].any(axis)) for axis in (1, 0)]
        if not len(sides[0]):
            return None
        if self.margin_px is None:
            return slice(None), slice(None)
        rows, columns = (_whole_blocks(side[0] - self.margin_px, side[-1] + 1 + self.margin_px) for side in sides)
        return rows, columns


def _whole_blocks(start: int, stop: int) -> slice:
    return slice(max(0, start) // GRID_PX * GRID_PX, ceil(stop / GRID_PX) * GRID_PX)


def _moved(frame: Frame, before: Frame) -> NDArray[np.bool_]:
    """Whether a pixel or one around it has changed, shape (H, W, 3)."""
    change = np.maximum(frame, before)
    change -= np.minimum(frame, before)
    # With a number of the frame's own type: a float would have every pixel converted first.
    has_changed = change > frame.dtype.type(STILL * (np.iinfo(frame.dtype).max // 255))
    moved = has_changed[..., 0] | has_changed[..., 1] | has_changed[..., 2]  # ten times as fast as `any`
    return np.repeat(_grown(_grown(moved).T).T[:, :, None], 3, 2)


def _grown(moved: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With the rows above and below."""
    grown = moved.copy(order="K")
    grown[1:] |= moved[:-1]
    grown[:-1] |= moved[1:]
    return grown
