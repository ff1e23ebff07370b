"""Degradations as a recipe lists them: a clean crop in, its degraded twin out. Called by data/patches."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from artgan_hf.codecs.jpeg import SUBSAMPLINGS, degrade, degrade_twice
from artgan_hf.errors import OptionError, QualityError

Uint8Image = NDArray[np.uint8]


def draw(low: int, high: int) -> int:
    """Returns a random integer in [low, high], from torch's generator, which Lightning seeds in every worker."""
    return int(torch.randint(low, high + 1, ()).item())


def happens(probability: float) -> bool:
    """Returns True with this probability."""
    return torch.rand(()).item() < probability


class Degradation(Protocol):
    """What happens to a clean picture on its way to becoming a network's input; `JpegDegradation` is one."""

    @property
    def codec(self) -> str:
        """What compresses, e.g. "jpeg"."""

    @property
    def lowest_quality(self) -> int:
        """The lowest quality it draws, in the codec's own numbers: written into the model's config."""

    @property
    def highest_quality(self) -> int:
        """The highest."""

    @property
    def middle_quality(self) -> int:
        """The quality of every validation picture."""

    def pair(self, crop: Uint8Image, margin_px: int) -> tuple[Uint8Image, Uint8Image, int]:
        """Returns (degraded, clean, quality) for one crop, drawn with torch's generator.

        Args:
            crop: clean, shape (P + margin, P + margin, 3), uint8; of a clip, (T, P + margin, P + margin, 3).
            margin_px: rows and columns to spare for shifting the codec's grid; the results lose them.

        Returns:
            Two arrays of shape (P, P, 3), and the quality.
        """

    def whole(self, clean: Uint8Image) -> Uint8Image:
        """Returns a whole picture degraded at the middle quality, the same in every validation; shape (H, W, 3)."""


class AnyOf:
    """One of several degradations, drawn anew for each pair; validation pictures take the first.

    Args:
        degradations: one or more. If their codecs differ, the model is said to be for the first one's.
        shares: how often each is drawn, relative to the others; None for equally often.

    Raises:
        OptionError: if there is none, or not one positive share for each.

    Example:
        >>> AnyOf([JpegDegradation(10, 20), JpegDegradation(60, 95, double=1.0)], shares=[3, 1]).highest_quality
        95
    """

    def __init__(self, degradations: list[Degradation], shares: list[float] | None = None) -> None:
        self.degradations = degradations
        self.shares = shares or [1.0] * len(degradations)
        if not degradations or len(self.shares) != len(degradations) or min(self.shares) <= 0:
            raise OptionError(
                f"{len(degradations)} degradations have shares {shares}; a positive share for each was expected."
            )

    @property
    def codec(self) -> str:
        """The codec of the first one."""
        return self.degradations[0].codec

    @property
    def lowest_quality(self) -> int:
        """The lowest quality that any of them draws, in the numbers of the first one's codec."""
        return min(degradation.lowest_quality for degradation in self._alike())

    @property
    def highest_quality(self) -> int:
        """The highest quality likewise."""
        return max(degradation.highest_quality for degradation in self._alike())

    @property
    def middle_quality(self) -> int:
        """The middle quality of the first one."""
        return self.degradations[0].middle_quality

    def pair(self, crop: Uint8Image, margin_px: int) -> tuple[Uint8Image, Uint8Image, int]:
        """Returns the pair of the one that is drawn; see `Degradation.pair`."""
        place = int(torch.multinomial(torch.tensor(self.shares, dtype=torch.float64), 1).item())
        return self.degradations[place].pair(crop, margin_px)

    def whole(self, clean: Uint8Image) -> Uint8Image:
        """Returns what the first one makes of a whole picture; see `Degradation.whole`."""
        return self.degradations[0].whole(clean)

    def _alike(self) -> list[Degradation]:
        return [degradation for degradation in self.degradations if degradation.codec == self.codec]


@dataclass(frozen=True)
class JpegDegradation:
    """What happens to a clean crop on its way to becoming a network's input.

    Args:
        lowest_quality: of the JPEG, 1 to 100.
        highest_quality: likewise; the quality is drawn from the range.
        logarithmic: draw the quality evenly in its logarithm, so that strong compression, where the most is to be won,
            comes as often as weak; otherwise evenly.
        subsamplings: one is drawn: "4:2:0", "4:2:2" or "4:4:4".
        shifted: share of pairs whose 8x8 grid does not start at the crop's corner. The rest is aligned to the corner,
            as a whole file's grid is.
        double: share of pairs compressed before on a shifted grid, at a quality that is no higher: the other way
            round little is left of the first grid. The crop's corner is at that grid, which is the stronger one.
        clean: share of pairs that are not compressed at all: they teach the network to leave well alone.
        grey: share of pairs without colour: they stop it from inventing some.
        plain: share of pairs of one even colour, degraded on both sides: they keep flat areas from drifting.

    Raises:
        QualityError: if the qualities are not 1 <= lowest <= highest <= 100.
        OptionError: if a share is not in [0, 1], or a subsampling is unknown.
    """

    lowest_quality: int = 10
    highest_quality: int = 10
    logarithmic: bool = False
    subsamplings: Sequence[str] = ("4:2:0",)
    shifted: float = 0.1
    double: float = 0.0
    clean: float = 0.0
    grey: float = 0.0
    plain: float = 0.0

    def __post_init__(self) -> None:
        """Checks the ranges once, when the recipe is read."""
        if not 1 <= self.lowest_quality <= self.highest_quality <= 100:
            got = f"{self.lowest_quality} to {self.highest_quality}"
            raise QualityError(f"JPEG qualities are {got}; expected 1 <= lowest <= highest <= 100.")
        if not self.subsamplings or not set(self.subsamplings) <= set(SUBSAMPLINGS):
            got = ", ".join(map(repr, self.subsamplings))
            raise OptionError(f"subsamplings are [{got}]; some of {', '.join(SUBSAMPLINGS)} were expected.")
        for name in ("shifted", "double", "clean", "grey", "plain"):
            if not 0 <= getattr(self, name) <= 1:
                raise OptionError(f"{name} is {getattr(self, name)}; a share of the pairs, from 0 to 1, was expected.")

    @property
    def codec(self) -> str:
        """Always "jpeg"."""
        return "jpeg"

    @property
    def middle_quality(self) -> int:
        """The quality of every validation picture: the middle of the range, as it is drawn."""
        if self.logarithmic:
            return round(math.sqrt(self.lowest_quality * self.highest_quality))
        return (self.lowest_quality + self.highest_quality) // 2

    def draw_quality(self) -> int:
        """Returns a random quality from the range."""
        if not self.logarithmic:
            return draw(self.lowest_quality, self.highest_quality)
        low, high = math.log(self.lowest_quality - 0.5), math.log(self.highest_quality + 0.5)
        drawn = round(math.exp(low + (high - low) * torch.rand(()).item()))
        return min(max(drawn, self.lowest_quality), self.highest_quality)

    def pair(self, crop: Uint8Image, margin_px: int) -> tuple[Uint8Image, Uint8Image, int]:
        """Returns (degraded, clean, quality) for one crop.

        Args:
            crop: clean, shape (P + margin, P + margin, 3), uint8; of a clip, (T, P + margin, P + margin, 3), one frame
                is drawn.
            margin_px: rows and columns to spare for shifting the grid; the results lose them.

        Returns:
            Two arrays of shape (P, P, 3) and the quality of the last compression; 100 if there was none.
        """
        if crop.ndim == 4:
            crop = crop[draw(0, len(crop) - 1)]
        size = crop.shape[0] - margin_px
        if happens(self.grey):
            crop = np.repeat(np.rint(crop @ np.array([0.299, 0.587, 0.114]))[..., None], 3, axis=2).astype(np.uint8)
        if happens(self.plain):
            return self._plain_pair(crop[:size, :size])
        quality, degraded, corner = 100, crop, (0, 0)
        if not happens(self.clean):
            quality, degraded, corner = self._compressed(crop)
        if happens(self.shifted):
            corner = (draw(0, margin_px), draw(0, margin_px))
        place = tuple(slice(start, start + size) for start in corner)
        return degraded[place], crop[place], quality

    def _compressed(self, crop: Uint8Image) -> tuple[int, Uint8Image, tuple[int, int]]:
        """Returns the last quality, what is left of a crop, and where in it a block of the strongest grid begins."""
        quality = self.draw_quality()
        subsampling = self.subsamplings[draw(0, len(self.subsamplings) - 1)]
        if not happens(self.double):
            return quality, degrade(crop, quality, subsampling=subsampling), (0, 0)
        first, quality = sorted((self.draw_quality(), quality))
        down, right = draw(0, 7), draw(0, 7)
        twice = degrade_twice(crop, first, quality, shift_px=(down, right), subsampling=subsampling)
        return quality, twice, (-down % 8, -right % 8)

    def _plain_pair(self, crop: Uint8Image) -> tuple[Uint8Image, Uint8Image, int]:
        quality = self.draw_quality()
        colour = np.array([draw(0, 255) for _ in range(3)], np.uint8)
        degraded = degrade(np.broadcast_to(colour, crop.shape), quality, subsampling=self.subsamplings[0])
        return degraded, degraded, quality

    def whole(self, clean: Uint8Image) -> Uint8Image:
        """Returns the whole picture compressed at the middle quality: the same in every validation."""
        return degrade(clean, self.middle_quality, subsampling=self.subsamplings[0])
