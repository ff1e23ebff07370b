"""The LightningDataModule of every recipe: clean pictures in, (degraded, clean) pairs out."""

from collections.abc import Sequence

import lightning as L
from torch.utils.data import DataLoader, Dataset

from artgan_hf.data.graded import GradedCrops
from artgan_hf.data.pairs import JpegDegradation
from artgan_hf.data.patches import Pair, PatchPairs, WholePairs, read_all
from artgan_hf.data.sources import find_images, split


class PairDataModule(L.LightningDataModule):
    """Random patches for training and held-out pictures for validation, degraded on the fly.

    Args:
        folders: of clean pictures, walked recursively. The pictures should have no compression artifacts of their own.
        degradation: what happens to them.
        batch_size: patches in a batch.
        steps_per_epoch: batches in an epoch; validation and checkpoints come once an epoch.
        patch_px: side of a patch, a multiple of 16.
        held_out: share of the pictures kept out of training, for validation.
        in_memory: read all pictures once and keep them as uint8 (three bytes per pixel); otherwise read them anew for
            each patch.
        workers: processes that prepare patches.
        graded: qualities at which the held-out pictures are compressed, cut into crops of `patch_px` on shifted grids,
            for the QF predictor; empty to validate on whole pictures at the middle quality.

    Raises:
        DataError: if a folder is missing, empty, or holds pictures smaller than a patch.
    """

    def __init__(
        self,
        folders: Sequence[str],
        degradation: JpegDegradation,
        *,
        batch_size: int = 16,
        steps_per_epoch: int = 250,
        patch_px: int = 128,
        held_out: float = 0.03,
        in_memory: bool = True,
        workers: int = 1,
        graded: Sequence[int] = (),
    ) -> None:
        super().__init__()
        self.folders = list(folders)
        self.degradation = degradation
        self.batch_size = batch_size
        self.steps_per_epoch = steps_per_epoch
        self.patch_px = patch_px
        self.held_out = held_out
        self.in_memory = in_memory
        self.workers = workers
        self.graded = list(graded)

    def setup(self, stage: str | None = None) -> None:
        """Finds and reads the pictures; Lightning calls it once in every process."""
        training, validation = split(find_images(self.folders), self.held_out)
        images = read_all(training) if self.in_memory else training
        length = self.batch_size * self.steps_per_epoch
        self.training = PatchPairs(images, self.degradation, patch_px=self.patch_px, length=length)
        held_out = read_all(validation) if validation else []
        self.validation: Dataset[Pair] = WholePairs(held_out, self.degradation)
        if self.graded and held_out:
            self.validation = GradedCrops(
                held_out, self.graded, crop_px=self.patch_px, subsamplings=self.degradation.subsamplings
            )

    def train_dataloader(self) -> DataLoader[Pair]:
        """Returns batches of `Pair`, each (batch_size, 3, patch_px, patch_px)."""
        return DataLoader(
            self.training,
            batch_size=self.batch_size,
            shuffle=True,
            drop_last=True,
            num_workers=self.workers,
            persistent_workers=self.workers > 0,
        )

    def val_dataloader(self) -> DataLoader[Pair]:
        """Returns graded crops in batches, or whole held-out pictures one at a time, since their sizes differ."""
        return DataLoader(self.validation, batch_size=self.batch_size if self.graded else 1, num_workers=0)
