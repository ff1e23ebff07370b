"""Crops at known qualities, the same every time: what the QF predictor is validated and scored on."""

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch.utils.data import Dataset

from artgan_hf.codecs.jpeg import degrade
from artgan_hf.data.patches import GRID_MARGIN_PX, Pair, to_tensor
from artgan_hf.errors import DataError


class GradedCrops(Dataset[Pair]):
    """Crops of clean pictures, side by side, each compressed at each of some qualities; drawn once and for all.

    Crop by crop, and for each crop quality by quality.

    Args:
        images: clean pictures, uint8 arrays of shape (H, W, 3).
        qualities: of the JPEGs, 1 to 100.
        crop_px: side of a crop. A margin of 16 is compressed with it and cut off, so that no side is a file's border.
        shifted: True for 8x8 grids that start anywhere, False for grids that start at the crop's corner.
        subsamplings: taken in turn, crop by crop.

    Raises:
        DataError: if no picture is large enough for a crop.
    """

    def __init__(
        self,
        images: Sequence[NDArray[np.uint8]],
        qualities: Sequence[int],
        *,
        crop_px: int = 128,
        shifted: bool = True,
        subsamplings: Sequence[str] = ("4:2:0",),
    ) -> None:
        self.images = images
        self.qualities = list(qualities)
        self.crop_px = crop_px
        self.shifted = shifted
        self.subsamplings = list(subsamplings)
        self.side = crop_px + GRID_MARGIN_PX
        self.places = [
            (number, y, x)
            for number, image in enumerate(images)
            for y in range(0, image.shape[0] - self.side + 1, self.side)
            for x in range(0, image.shape[1] - self.side + 1, self.side)
        ]
        if not self.places:
            raise DataError(
                f"none of {len(images)} pictures is large enough: crops of {crop_px} need {self.side}x{self.side}."
            )

    def __len__(self) -> int:
        """Returns the number of crops times the number of qualities."""
        return len(self.places) * len(self.qualities)

    def __getitem__(self, index: int) -> Pair:
        """Returns one crop at one quality; the index decides everything.

        Raises:
            IndexError: if there are not so many.
        """
        if not 0 <= index < len(self):
            raise IndexError(f"index is {index}; there are {len(self)} graded crops.")
        place, step = divmod(index, len(self.qualities))
        number, y, x = self.places[place]
        quality = self.qualities[step]
        clean = self.images[number][y : y + self.side, x : x + self.side]
        whole = degrade(clean, quality, subsampling=self.subsamplings[place % len(self.subsamplings)])
        dy, dx = np.random.default_rng(index).integers(0, GRID_MARGIN_PX, 2) if self.shifted else (0, 0)
        inside = (slice(dy, dy + self.crop_px), slice(dx, dx + self.crop_px))
        return Pair(to_tensor(whole[inside]), to_tensor(clean[inside]), torch.tensor(quality))
