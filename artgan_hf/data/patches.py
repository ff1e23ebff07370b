"""Torch datasets of (degraded, clean) pairs: random patches for training, whole pictures for validation."""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from artgan_hf.data.pairs import JpegDegradation, draw
from artgan_hf.data.sources import read_clean
from artgan_hf.errors import DataError

log = logging.getLogger(__name__)
GRID_MARGIN_PX = 16


class Pair(NamedTuple):
    """One training example or a batch of them.

    degraded and clean: float in [0, 1], shape ([B,] 3, H, W). quality: of the JPEG, shape ([B]); 100 for clean pairs.
    """

    degraded: Tensor
    clean: Tensor
    quality: Tensor


class PatchPairs(Dataset[Pair]):
    """Random square patches with their degraded twins, drawn anew each time; flips and quarter turns included.

    Args:
        images: clean pictures: uint8 arrays of shape (H, W, 3), or files that are read anew each time.
        degradation: makes the twin.
        patch_px: side of a patch, a multiple of 16; pictures smaller than `patch_px` + 16 are an error.
        length: number of patches in an epoch.

    Raises:
        DataError: if a picture is too small, or more than half of them cannot be read.
    """

    def __init__(
        self,
        images: Sequence[NDArray[np.uint8] | Path],
        degradation: JpegDegradation,
        *,
        patch_px: int = 128,
        length: int = 4000,
    ) -> None:
        self.images = images
        self.degradation = degradation
        self.patch_px = patch_px
        self.length = length

    def __len__(self) -> int:
        """Returns the number of patches in an epoch."""
        return self.length

    def __getitem__(self, index: int) -> Pair:
        """Returns one pair; the picture is chosen by the index, everything else at random."""
        image = self.images[index % len(self.images)]
        crop = self._crop(read_clean(image) if isinstance(image, Path) else image)
        degraded, clean, quality = self.degradation.pair(crop, GRID_MARGIN_PX)
        return Pair(to_tensor(degraded), to_tensor(clean), torch.tensor(quality))

    def _crop(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        side = self.patch_px + GRID_MARGIN_PX
        height, width = image.shape[:2]
        if min(height, width) < side:
            raise DataError(
                f"a picture of {width}x{height} is too small; patches of {self.patch_px} need {side} pixels."
            )
        y, x = draw(0, height - side), draw(0, width - side)
        crop = np.rot90(image[y : y + side, x : x + side], draw(0, 3))
        return np.ascontiguousarray(crop[:, ::-1] if draw(0, 1) else crop)


class WholePairs(Dataset[Pair]):
    """Whole pictures with their degraded twins: for validation, the same every time.

    Args:
        images: clean pictures, uint8 arrays of shape (H, W, 3).
        degradation: its middle quality is used.
    """

    def __init__(self, images: Sequence[NDArray[np.uint8]], degradation: JpegDegradation) -> None:
        self.images = images
        self.degradation = degradation

    def __len__(self) -> int:
        """Returns the number of pictures."""
        return len(self.images)

    def __getitem__(self, index: int) -> Pair:
        """Returns the pair of one picture."""
        clean = self.images[index]
        degraded = to_tensor(self.degradation.whole(clean))
        return Pair(degraded, to_tensor(clean), torch.tensor(self.degradation.middle_quality))


def read_all(paths: Sequence[Path]) -> list[NDArray[np.uint8]]:
    """Returns the pictures that can be read, with one warning that counts the others.

    Raises:
        DataError: if none can be read.
    """

    def attempt(path: Path) -> NDArray[np.uint8] | DataError:
        try:
            return read_clean(path)
        except DataError as error:
            return error

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(attempt, paths))
    errors = [result for result in results if isinstance(result, DataError)]
    if len(errors) == len(results):
        raise DataError(f"none of the {len(results)} pictures can be read; the first: {errors[0]}")
    if errors:
        log.warning(
            "%d of %d pictures cannot be read and are left out; the first: %s", len(errors), len(results), errors[0]
        )
    return [result for result in results if not isinstance(result, DataError)]


def to_tensor(image: NDArray[np.uint8]) -> Tensor:
    """Returns float in [0, 1] of shape (3, H, W) for a uint8 array of shape (H, W, 3)."""
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).float().div_(255)
