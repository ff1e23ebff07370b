"""How a picture is to be restored: the knobs of `Restorer`, checked in one place."""

from dataclasses import dataclass

import numpy as np

from artgan_hf.codecs.jpeg_tables import check_quality
from artgan_hf.errors import OptionError

ENDS = {
    "strength": ("keep the input", "restore fully"),
    "fidelity": ("the network as it is", "its pixel-loss parent"),
}


@dataclass(frozen=True)
class Knobs:
    """Checked knobs; what each does is told at `Restorer`.

    Args:
        strength: 0 to 1.
        fidelity: 0 to 1.
        quality: 1 to 100, or None.
        consistent: True or False.

    Raises:
        OptionError: if strength or fidelity is not a number from 0 to 1.
        QualityError: if the quality is not an integer from 1 to 100.

    Example:
        >>> Knobs(strength=2)
        Traceback (most recent call last):
        artgan_hf.errors.OptionError: strength is 2; a number from 0 (keep the input) to 1 (restore fully) was expected.
    """

    strength: float = 1.0
    fidelity: float = 0.0
    quality: int | None = None
    consistent: bool = False

    def __post_init__(self) -> None:
        for name, (none, all_of_it) in ENDS.items():
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float | np.floating) or not 0 <= value <= 1:
                raise OptionError(f"{name} is {value!r}; a number from 0 ({none}) to 1 ({all_of_it}) was expected.")
            object.__setattr__(self, name, float(value))
        if self.quality is not None:
            object.__setattr__(self, "quality", check_quality(self.quality))
