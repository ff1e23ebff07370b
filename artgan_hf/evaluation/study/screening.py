"""Which raters answer so unlike the others that their answers are left out, by ITU-R BT.500's kurtosis rule."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

MOST_OUTSIDE, MOST_EVEN = 0.05, 0.3


class Screening(NamedTuple):
    """What the rule says of one rater.

    Args:
        high: how many answers lie far above the others'.
        low: how many lie far below.
        answers: how many there are.
        is_rejected: True if over 5 % lie far away, and not mostly on one side: one who is merely strict stays.
    """

    high: int
    low: int
    answers: int
    is_rejected: bool


def screen_raters(scores: NDArray[np.floating]) -> list[Screening]:
    """Returns what the rule says of each rater.

    Args:
        scores: shape (raters, questions); NaN where there is no answer.

    Source:
        Rec. ITU-R BT.500, Annex 1, post-screening of observers by the beta-2 test: an answer is far away from 2
        standard deviations if the answers to its question look normal (kurtosis from 2 to 4), else from sqrt(20).
        Questions with one answer, or with equal ones, say nothing of anybody.

    Example:
        >>> screen_raters(np.full((3, 4), 50.0))[0]
        Screening(high=0, low=0, answers=4, is_rejected=False)
    """
    present = ~np.isnan(scores)
    count = present.sum(0)
    filled = np.where(present, scores, 0.0)
    mean = filled.sum(0) / np.maximum(count, 1)
    error = np.where(present, scores - mean, 0.0)
    second, fourth = ((error**power).sum(0) / np.maximum(count, 1) for power in (2, 4))
    deviation = np.sqrt((error**2).sum(0) / np.maximum(count - 1, 1))
    is_telling = present & (count > 1) & (second > 0)
    kurtosis = fourth / np.where(second > 0, second, 1.0) ** 2
    limit = np.where((kurtosis >= 2) & (kurtosis <= 4), 2.0, np.sqrt(20.0)) * deviation
    high = (is_telling & (error >= limit)).sum(1)
    low = (is_telling & (error <= -limit)).sum(1)
    return [_judge(*map(int, counts)) for counts in zip(high, low, present.sum(1), strict=True)]


def _judge(high: int, low: int, answers: int) -> Screening:
    outside = high + low
    is_rejected = outside > MOST_OUTSIDE * answers and abs(high - low) < MOST_EVEN * outside
    return Screening(high, low, answers, is_rejected)
