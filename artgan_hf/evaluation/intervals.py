"""How far a mean over pictures may be off, had other pictures of the kind been taken. Called by report.py."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 1000
COVERAGE = 0.95

Interval = tuple[float, float]
Columns = dict[str, NDArray[np.float64]]
"""Values by their keys; the last axis is that of the pictures, NaN where a picture has none."""


def bootstrap_intervals(
    values: Columns, summarise: Callable[[Columns], Columns], *, seed: int = 0
) -> dict[str, Interval | None]:
    """Returns the 95 % interval of each summary; None for a single picture and where it is not finite.

    Whole pictures are drawn, with replacement, as many as there are. The same seed draws the same pictures.

    Args:
        values: each of shape (pictures,).
        summarise: from columns of shape (..., pictures) to summaries of shape (...).
        seed: of the draws.

    Source:
        Efron and Tibshirani, "An Introduction to the Bootstrap", 1993, section 13.3: the percentile interval.

    Example:
        >>> bootstrap_intervals({"psnr": np.array([26.0, 26.0])}, lambda columns: {"psnr": columns["psnr"].mean(-1)})
        {'psnr': (26.0, 26.0)}
    """
    count = len(next(iter(values.values())))
    picks = np.random.default_rng(seed).integers(0, count, (RESAMPLES, count))
    summaries = summarise({key: column[picks] for key, column in values.items()})
    return {key: _interval(summary) if count > 1 else None for key, summary in summaries.items()}


def _interval(summary: NDArray[np.float64]) -> Interval | None:
    known = summary[~np.isnan(summary)]
    if not len(known) or not np.isfinite(known).all():
        return None
    low, high = np.quantile(known, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return float(low), float(high)
