"""The statistics of a study: means, intervals and paired tests. Used by its report."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from artgan_hf.optional import require

NORMAL_95 = 1.96


class Scores(NamedTuple):
    """The answers of the raters that count.

    Args:
        values: shape (raters, questions), 0 to 100; NaN where there is no answer.
        questions: the (picture, method) of each column.
    """

    values: NDArray[np.floating]
    questions: tuple[tuple[str, str], ...]

    def of(self, method: str) -> NDArray[np.floating]:
        """Returns the answers on one method, shape (raters, pictures); the pictures are in one order for all."""
        columns = sorted((picture, index) for index, (picture, other) in enumerate(self.questions) if other == method)
        return self.values[:, [index for _, index in columns]]


@dataclass(frozen=True)
class Opinion:
    """What raters think of a method.

    Args:
        method: its name.
        mos: mean opinion score over all ratings.
        deviation: standard deviation over all ratings.
        low: lower end of the 95 % interval of the mean; NaN for one rater.
        high: upper end.
        ratings: how many.
    """

    method: str
    mos: float
    deviation: float
    low: float
    high: float
    ratings: int


@dataclass(frozen=True)
class Presentation:
    """What raters think of one picture by one method, with BT.500's interval of 1.96 standard errors.

    Args:
        picture: its name.
        method: likewise.
        mos: mean opinion score.
        deviation: standard deviation over the raters; NaN for one.
        margin: half of the 95 % interval; NaN for one rater.
        ratings: how many.
    """

    picture: str
    method: str
    mos: float
    deviation: float
    margin: float
    ratings: int


@dataclass(frozen=True)
class Comparison:
    """Whether raters prefer one method to another.

    Args:
        better: the one with the higher mean.
        worse: the other.
        difference: of the raters' means, at least 0.
        raters: how many rated both.
        p: of Wilcoxon's signed-rank test, two-sided, Holm-corrected for the number of comparisons.
    """

    better: str
    worse: str
    difference: float
    raters: int
    p: float


def mean_opinions(scores: Scores) -> tuple[list[Opinion], list[Presentation]]:
    """Returns the opinion on each method, the best first, and on each picture by each method.

    Example:
        >>> scores = Scores(np.array([[90.0, 40.0], [80.0, 20.0]]), (("a", "good"), ("a", "bad")))
        >>> [(opinion.method, opinion.mos) for opinion in mean_opinions(scores)[0]]
        [('good', 85.0), ('bad', 30.0)]
    """
    methods = dict.fromkeys(method for _, method in scores.questions)
    opinions = [_opinion(method, scores.of(method)) for method in methods if not np.isnan(scores.of(method)).all()]
    presentations = []
    for column, (picture, method) in enumerate(scores.questions):
        answers = scores.values[:, column][~np.isnan(scores.values[:, column])]
        if len(answers):
            deviation = _deviation(answers)
            margin = NORMAL_95 * deviation / np.sqrt(len(answers))
            presentations.append(
                Presentation(picture, method, float(answers.mean()), deviation, float(margin), len(answers))
            )
    return sorted(opinions, key=lambda opinion: -opinion.mos), presentations


def compare(scores: Scores, methods: Sequence[str]) -> list[Comparison]:
    """Returns the comparison of each two methods that at least two raters rated both.

    Args:
        scores: the answers.
        methods: their names, in the order of the comparisons.

    Raises:
        MissingExtraError: if scipy is not installed.
    """
    found = []
    for first, second in combinations(methods, 2):
        one, other = scores.of(first), scores.of(second)
        gap = one - other  # NaN where either is missing
        gaps = np.array([row[~np.isnan(row)].mean() for row in gap if not np.isnan(row).all()])
        if len(gaps) > 1:
            better, worse = (first, second) if gaps.mean() >= 0 else (second, first)
            found.append(Comparison(better, worse, float(abs(gaps.mean())), len(gaps), _wilcoxon(gaps)))
    corrected = _holm([one.p for one in found])
    return [
        Comparison(one.better, one.worse, one.difference, one.raters, p)
        for one, p in zip(found, corrected, strict=True)
    ]


def _opinion(method: str, answers: NDArray[np.floating]) -> Opinion:
    every = answers[~np.isnan(answers)]
    own_means = np.array([row[~np.isnan(row)].mean() for row in answers if not np.isnan(row).all()])
    half = float("nan")
    if len(own_means) > 1:
        stats: Any = require("scipy.stats", extra="eval")
        half = float(stats.t.ppf(0.975, len(own_means) - 1) * own_means.std(ddof=1) / np.sqrt(len(own_means)))
    mean = float(every.mean())
    return Opinion(method, mean, _deviation(every), mean - half, mean + half, len(every))


def _deviation(answers: NDArray[np.floating]) -> float:
    return float(answers.std(ddof=1)) if len(answers) > 1 else float("nan")


def _wilcoxon(gaps: NDArray[np.floating]) -> float:
    if not gaps.any():
        return 1.0  # no difference at all, which the test itself does not take
    stats: Any = require("scipy.stats", extra="eval")
    return float(stats.wilcoxon(gaps).pvalue)


def _holm(values: Sequence[float]) -> list[float]:
    """The p-values of several tests, corrected so that 5 % is the chance of even one false alarm."""
    corrected = [0.0] * len(values)
    largest = 0.0
    for rank, index in enumerate(sorted(range(len(values)), key=lambda index: values[index])):
        largest = max(largest, min(1.0, values[index] * (len(values) - rank)))
        corrected[index] = largest
    return corrected
