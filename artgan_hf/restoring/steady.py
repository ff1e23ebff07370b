"""Keeps restored frames still where the decoded ones stand still. Called by restoring/video."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

STILL = 2 / 255
"""Of the range: what a codec may move from frame to frame in a part of the scene that stands still."""


class Steady:
    """Shows a pixel as it was restored before, for as long as the decoded one stays as it was.

    A network that sharpens also sharpens the small changes that a codec makes from frame to frame: they are seen as
    flicker. A pixel stands still while neither it nor one of the eight around it has moved by more than two levels of
    255 since it was last shown anew; so what moves slowly is seen to move in small steps.

    Example:
        >>> steady, frame = Steady(), np.full((16, 16, 3), 100, np.uint8)
        >>> _ = steady(frame, frame + 20)
        >>> steady(frame + 2, frame + 25)[0, 0, 0].item(), steady(frame + 3, frame + 25)[0, 0, 0].item()
        (120, 125)
    """

    def __init__(self) -> None:
        self._seen: NDArray[Any] | None = None
        self._shown: NDArray[Any] | None = None

    def __call__(self, degraded: NDArray[Any], restored: NDArray[Any]) -> NDArray[Any]:
        """Returns what to show of the next frame.

        Args:
            degraded: the decoded frame, uint8 or uint16, shape (H, W, 3).
            restored: what the network made of it, same shape and type.

        Returns:
            Same shape and type; not to be written into.
        """
        seen, shown = self._seen, self._shown
        if seen is None or shown is None or seen.shape != degraded.shape or seen.dtype != degraded.dtype:
            self._seen, self._shown = degraded.copy(), restored
            return restored
        moved = _moved(degraded, seen)
        np.copyto(seen, degraded, where=moved)
        self._shown = np.where(moved, restored, shown)
        return self._shown


def _moved(frame: NDArray[Any], before: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether a pixel or one around it has changed, shape (H, W, 3)."""
    change = np.maximum(frame, before) - np.minimum(frame, before) > STILL * np.iinfo(frame.dtype).max
    moved = change[..., 0] | change[..., 1] | change[..., 2]  # ten times as fast as `any`
    return np.repeat(_grown(_grown(moved).T).T[:, :, None], 3, 2)


def _grown(moved: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """With the rows above and below."""
    grown = moved.copy()
    grown[1:] |= moved[:-1]
    grown[:-1] |= moved[1:]
    return grown
