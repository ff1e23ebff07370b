"""Bits saved at an equal figure: two rate curves in one number. Called by report.py."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

LEAST_POINTS = 2
Point = tuple[float, float]
"""Rate (e.g. bits per pixel, above 0) and figure."""


@dataclass(frozen=True)
class BdRate:
    """How many more bits a curve needs than another for an equal figure, on average.

    Args:
        percent: negative where it saves bits; None if the curves cannot be compared.
        why_not: the reason then.
    """

    percent: float | None
    why_not: str | None = None


def bd_rate(anchor: Sequence[Point], test: Sequence[Point], *, higher_is_better: bool = True) -> BdRate:
    """Returns the Bjontegaard delta rate of one curve against another.

    The logarithm of the rate is interpolated as a function of the figure and averaged over the range of figures that
    both curves reach.

    Args:
        anchor: the curve to compare with, 2 points or more; four are usual.
        test: the curve in question, likewise.
        higher_is_better: False for distances such as LPIPS.

    Source:
        Bjontegaard, "Calculation of average PSNR differences between RD-curves", VCEG-M33, 2001; with the piecewise
        cubic interpolation of JCTVC-L1100 (Bossen, 2013) instead of one polynomial.

    Example:
        >>> bd_rate([(1.0, 30.0), (2.0, 33.0), (4.0, 36.0)], [(0.8, 30.0), (1.6, 33.0), (3.2, 36.0)]).percent
        -20.0
    """
    sign = 1 if higher_is_better else -1
    curves = []
    for points in (anchor, test):
        rates, figures = np.array(sorted(points), np.float64).reshape(-1, 2).T
        if why_not := _flaw(rates, sign * figures):
            return BdRate(None, why_not)
        curves.append((sign * figures, np.log(rates)))
    low = max(figures[0] for figures, _ in curves)
    high = min(figures[-1] for figures, _ in curves)
    if low >= high:
        return BdRate(None, "the curves share no range of figures")
    expected, actual = (_integral(figures, log_rates, low, high) / (high - low) for figures, log_rates in curves)
    return BdRate(round(100 * float(np.expm1(actual - expected)), 10))


def _flaw(rates: NDArray[np.float64], figures: NDArray[np.float64]) -> str | None:
    if len(rates) < LEAST_POINTS:
        return "a curve needs two qualities or more"
    if not np.isfinite(figures).all():
        return "a figure is undefined or infinite"
    if (np.diff(figures) <= 0).any() or (np.diff(rates) <= 0).any():
        return "the figure does not get better with every bit"
    return None


def _integral(x: NDArray[np.float64], y: NDArray[np.float64], low: float, high: float) -> float:
    """Returns the integral of the interpolant; Simpson's rule is exact for its cubics."""
    slopes = _slopes(x, y)
    knots = np.unique(np.clip([low, *x, high], low, high))
    middles = (knots[:-1] + knots[1:]) / 2
    ends = _interpolated(x, y, slopes, knots)
    weighted = ends[:-1] + 4 * _interpolated(x, y, slopes, middles) + ends[1:]
    return float((np.diff(knots) / 6 * weighted).sum())


def _interpolated(
    x: NDArray[np.float64], y: NDArray[np.float64], slopes: NDArray[np.float64], places: NDArray[np.float64]
) -> NDArray[np.float64]:
    piece = np.clip(np.searchsorted(x, places, side="right") - 1, 0, len(x) - 2)
    width = x[piece + 1] - x[piece]
    share = (places - x[piece]) / width
    rest = 1 - share
    values = y[piece] * rest**2 * (1 + 2 * share) + y[piece + 1] * share**2 * (1 + 2 * rest)
    result: NDArray[np.float64] = values + width * share * rest * (slopes[piece] * rest - slopes[piece + 1] * share)
    return result


def _slopes(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Returns the slope at each point, such that the cubics between them overshoot nowhere.

    Source:
        Fritsch and Butland, "A Method for Constructing Local Monotone Piecewise Cubic Interpolants", 1984.
    """
    widths, steps = np.diff(x), np.diff(y) / np.diff(x)
    if len(steps) == 1:
        return np.repeat(steps, 2)
    before, after = 2 * widths[1:] + widths[:-1], widths[1:] + 2 * widths[:-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        harmonic = (before + after) / (before / steps[:-1] + after / steps[1:])
    inner = np.where(steps[:-1] * steps[1:] > 0, harmonic, 0)
    return np.array([_end_slope(widths, steps), *inner, _end_slope(widths[::-1], steps[::-1])])


def _end_slope(widths: NDArray[np.float64], steps: NDArray[np.float64]) -> float:
    slope = ((2 * widths[0] + widths[1]) * steps[0] - widths[0] * steps[1]) / (widths[0] + widths[1])
    if slope * steps[0] <= 0:
        return 0.0
    if steps[0] * steps[1] < 0 and abs(slope) > 3 * abs(steps[0]):
        return float(3 * steps[0])
    return float(slope)
