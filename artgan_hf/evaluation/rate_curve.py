"""Bits for bits: how many a codec alone needs to look as good as a restored clip. For `artgan evaluate-video`."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from artgan_hf.evaluation.bd_rate import Point
from artgan_hf.evaluation.report import aligned
from artgan_hf.evaluation.video import VideoBenchmark, VideoRow, formatted

BITS = (
    "bits_needed: the rate at which the codec alone has the same figure, over this rate; between two measured settings "
    "the figure is linear in the rate's logarithm, and only settings count that neither another nor the line between "
    "two others beats. null: no setting is that good, or none is that bad."
)


class RatePoint(NamedTuple):
    """A model's restoration of one version of the clip.

    Args:
        benchmark: the version.
        model: the model's name.
        figure: the figure of the restored clip; None if undefined.
        bits_needed: the codec's rate at the same figure over this rate; None if none of its versions comes near.
    """

    benchmark: VideoBenchmark
    model: str
    figure: float | None
    bits_needed: float | None


@dataclass(frozen=True)
class RateCurve:
    """A clip at several rates, restored by models.

    Args:
        benchmarks: one or more, of the same clip, codec, models and figures.
    """

    benchmarks: tuple[VideoBenchmark, ...]

    def points(self) -> list[RatePoint]:
        """Returns each model's points, from the lowest rate to the highest; the first figure is the one compared."""
        ordered = sorted(self.benchmarks, key=lambda benchmark: benchmark.kbps)
        key, higher = ordered[0].figures[0].key, ordered[0].figures[0].higher_is_better
        coded = [(one.kbps, _row(one, one.encoding.codec).values[key]) for one in ordered]
        best = frontier([(rate, figure) for rate, figure in coded if figure is not None], higher_is_better=higher)
        points = []
        for model in [row.model for row in ordered[0].rows[2:]]:
            for one in ordered:
                figure = _row(one, model).values[key]
                needed = None if figure is None else rate_at(best, figure, higher_is_better=higher)
                points.append(RatePoint(one, model, figure, needed and needed / one.kbps))
        return points

    def table(self) -> str:
        """Returns every setting as aligned text; a single one as `VideoBenchmark.table` does."""
        first, *others = self.benchmarks
        if not others:
            return first.table()
        figure, codec = first.figures[0], first.encoding.codec
        lines = [
            ["model", "setting", "kbps", "times less", f"{figure.label} {codec}", "restored", f"bits {codec} needs"]
        ]
        for point in self.points():
            one = point.benchmark
            lines.append(
                [
                    point.model,
                    one.encoding.label,
                    f"{one.kbps:.1f}",
                    f"{one.source_kbps / one.kbps:.0f}",
                    formatted(_row(one, codec).values[figure.key], figure.columns[0].digits),
                    formatted(point.figure, figure.columns[0].digits),
                    "-" if point.bits_needed is None else f"{point.bits_needed:.2f} times",
                ]
            )
        return f"{first.head}\n{codec}, preset {first.encoding.preset}\n{aligned(lines)}"

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON; a single setting as `VideoBenchmark.as_dict` does."""
        first, *others = self.benchmarks
        if not others:
            return first.as_dict()
        return {
            "figure": first.figures[0].key,
            "protocol": BITS,
            "points": [
                {"model": point.model, "kbps": point.benchmark.kbps, "bits_needed": point.bits_needed}
                for point in self.points()
            ],
            "settings": [benchmark.as_dict() for benchmark in self.benchmarks],
        }


def frontier(points: Sequence[Point], *, higher_is_better: bool) -> list[Point]:
    """Returns the points on the best side of the convex hull, from the lowest rate to the highest.

    The figure is taken over the rate's logarithm. A point that lies on the worse side of the line between two others
    is left out: a person who picks settings for their look would skip it.

    Example:
        >>> frontier([(50.0, 0.09), (60.0, 0.12), (90.0, 0.05)], higher_is_better=False)
        [(50.0, 0.09), (90.0, 0.05)]
        >>> frontier([(50.0, 0.09), (100.0, 0.08), (200.0, 0.05)], higher_is_better=False)
        [(50.0, 0.09), (200.0, 0.05)]
    """
    sign = 1 if higher_is_better else -1

    def slope(first: Point, second: Point) -> float:
        return sign * (second[1] - first[1]) / math.log(second[0] / first[0])

    kept: list[Point] = []
    for point in sorted(points, key=lambda point: (point[0], -sign * point[1])):
        if kept and sign * point[1] <= sign * kept[-1][1]:
            continue
        while len(kept) > 1 and slope(kept[-2], kept[-1]) <= slope(kept[-1], point):
            kept.pop()
        kept.append(point)
    return kept


def rate_at(curve: Sequence[Point], figure: float, *, higher_is_better: bool) -> float | None:
    """Returns the rate at which a curve has a figure, or None if it never has.

    Args:
        curve: from `frontier`.
        figure: wanted.
        higher_is_better: False for distances such as LPIPS.

    Example:
        >>> rate_at([(50.0, 0.09), (200.0, 0.05)], 0.07, higher_is_better=False)
        100.0
    """
    if not curve:
        return None
    rates, figures = np.array(curve, np.float64).T
    if not figures.min() <= figure <= figures.max():
        return None
    sign = 1 if higher_is_better else -1
    return round(float(np.exp(np.interp(sign * figure, sign * figures, np.log(rates)))), 10)


def _row(benchmark: VideoBenchmark, name: str) -> VideoRow:
    return next(row for row in benchmark.rows if row.model == name)
