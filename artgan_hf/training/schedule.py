"""The learning-rate schedule of all recipes."""

import math
from collections.abc import Callable

FLOOR = 0.01


def warm_cosine(warmup_steps: int, total_steps: int) -> Callable[[int], float]:
    """Returns a factor for each step: a linear warm-up to 1, then half a cosine down to a hundredth.

    Args:
        warmup_steps: steps to reach the peak.
        total_steps: steps at which the floor is reached; the factor stays there afterwards.

    Source:
        Loshchilov and Hutter, "SGDR", ICLR 2017, one cycle.

    Example:
        >>> factor = warm_cosine(10, 110)
        >>> factor(0), factor(9), factor(10), round(factor(60), 3), factor(500)
        (0.1, 1.0, 1.0, 0.505, 0.01)
    """
    return warm_cosine_over(warmup_steps, lambda step: (step - warmup_steps) / max(1, total_steps - warmup_steps))


def warm_cosine_over(warmup_steps: int, progress: Callable[[int], float]) -> Callable[[int], float]:
    """Returns the same factor for a run whose length is not counted in steps.

    Args:
        warmup_steps: steps to reach the peak.
        progress: from 0 to 1 at the end of the run, given the step; less than 0 and more than 1 count as these.

    Example:
        >>> round(warm_cosine_over(10, lambda step: 0.5)(20), 3)
        0.505
    """

    def factor(step: int) -> float:
        warmth = min(1.0, (step + 1) / max(1, warmup_steps))
        way = min(1.0, max(0.0, progress(step)))
        return warmth * (FLOOR + (1 - FLOOR) * (0.5 + 0.5 * math.cos(math.pi * way)))

    return factor
