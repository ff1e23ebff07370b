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

    def factor(step: int) -> float:
        if step < warmup_steps:
            return (step + 1) / warmup_steps
        progress = min(1.0, (step - warmup_steps) / max(1, total_steps - warmup_steps))
        return FLOOR + (1 - FLOOR) * (0.5 + 0.5 * math.cos(math.pi * progress))

    return factor
