"""Torch datasets of (degraded, clean) pairs: random patches for training, whole pictures for validation."""

import logging
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.utils.data import Dataset

from artgan_hf.data.pairs import Degradation, draw
from artgan_hf.data.sources import Pictures, check_size
from artgan_hf.errors import DataError

log = logging.getLogger(__name__)
GRID_MARGIN_PX = 16
ATTEMPTS = 50  # pictures in a row that may be unusable before training stops


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
        images: clean pictures, uint8 arrays of shape (H, W, 3), or pieces of clips, (T, H, W, 3). In place of one that
            cannot be read, or is smaller than `patch_px` + 16, the next one is taken; the first such is a warning.
        degradation: makes the twin.
        patch_px: side of a patch, a multiple of 16.
        length: number of patches in an epoch.

    Raises:
        DataError: when a patch is asked for, if no usable picture is found.
    """

    def __init__(
        self,
        images: Pictures,
        degradation: Degradation,
        *,
        patch_px: int = 128,
        length: int = 4000,
    ) -> None:
        if not len(images):
            raise DataError("there is no picture to train on; at least one was expected.")
        self.images = images
        self.degradation = degradation
        self.patch_px = patch_px
        self.length = length
        self._has_warned = False

    def __len__(self) -> int:
        """Returns the number of patches in an epoch."""
        return self.length

    def __getitem__(self, index: int) -> Pair:
        """Returns one pair, at random whatever the index: an epoch may be shorter than the list of pictures."""
        crop = self._crop(self._picture())
        degraded, clean, quality = self.degradation.pair(crop, GRID_MARGIN_PX)
        return Pair(to_tensor(degraded), to_tensor(clean), torch.tensor(quality))

    def _picture(self) -> NDArray[np.uint8]:
        first = draw(0, len(self.images) - 1)
        attempts = min(ATTEMPTS, len(self.images))
        for attempt in range(attempts):
            try:
                image = self.images[(first + attempt) % len(self.images)]
                return check_size(image, self.patch_px + GRID_MARGIN_PX)
            except DataError as error:
                reason = error
            if not self._has_warned:
                self._has_warned = True
                log.warning("a picture is left out, and so will be others like it: %s", reason)
        raise DataError(f"{attempts} pictures in a row cannot be trained on; the last: {reason}")

    def _crop(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        side = self.patch_px + GRID_MARGIN_PX
        height, width = image.shape[-3:-1]
        y, x = draw(0, height - side), draw(0, width - side)
        crop = np.rot90(image[..., y : y + side, x : x + side, :], draw(0, 3), axes=(-3, -2))
        return np.ascontiguousarray(crop[..., ::-1, :] if draw(0, 1) else crop)


class WholePairs(Dataset[Pair]):
    """Whole pictures with their degraded twins: for validation, the same every time.

    Args:
        images: clean pictures, uint8 arrays of shape (H, W, 3).
        degradation: its middle quality is used.
    """

    def __init__(self, images: Sequence[NDArray[np.uint8]], degradation: Degradation) -> None:
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


def to_tensor(image: NDArray[np.uint8]) -> Tensor:
    """Returns float in [0, 1] of shape (3, H, W) for a uint8 array of shape (H, W, 3)."""
    return torch.from_numpy(np.ascontiguousarray(image.transpose(2, 0, 1))).float().div_(255)
