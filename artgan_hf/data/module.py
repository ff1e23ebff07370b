"""The LightningDataModule of every recipe: clean pictures in, (degraded, clean) pairs out."""

from collections.abc import Sequence

import lightning as L
from torch.utils.data import DataLoader, Dataset

from artgan_hf.data.dataset_source import StreamedPictures
from artgan_hf.data.graded import GradedCrops
from artgan_hf.data.kept import KeptPairs
from artgan_hf.data.pairs import AnyOf, Degradation, JpegDegradation
from artgan_hf.data.patches import GRID_MARGIN_PX, Pair, PatchPairs, WholePairs
from artgan_hf.data.sources import FolderSource, Source
from artgan_hf.errors import OptionError


class PairDataModule(L.LightningDataModule):
    """Random patches for training and held-out pictures for validation, degraded on the fly.

    Args:
        folders: of clean pictures, walked recursively; single files too. The pictures should have no compression
            artifacts of their own. Those that cannot be read or are smaller than a patch are left out with a warning.
        degradation: what happens to them; of a list, one is drawn for each pair.
        batch_size: patches in a batch.
        steps_per_epoch: batches in an epoch; validation and checkpoints come once an epoch.
        patch_px: side of a patch, a multiple of 16.
        held_out: share of the pictures kept out of training, for validation.
        in_memory: read all pictures of the folders once and keep them as uint8 (three bytes per pixel); otherwise read
            them anew for each patch.
        workers: processes that prepare patches.
        graded: qualities at which the held-out pictures are compressed, cut into crops of `patch_px` on shifted grids,
            for the QF predictor; empty to validate on whole pictures at the middle quality.
        source: where the pictures come from instead of `folders`, e.g. `artgan_hf.data.DatasetSource`.
        validation_px: held-out pictures are cut to their middle, at most this wide and high; None for whole ones.
        region_px: side of the regions that are degraded and kept, to cut patches from them for a while: for video
            codecs, which take longer than a training step. A multiple of 16, and no picture may be smaller than this
            and 16 pixels more. None degrades each patch by itself.
        fresh: share of patches for which a new region is degraded.
        clips: video files without artifacts of their own, to train on beside the pictures of the folders.

    Raises:
        OptionError: if `graded` is asked of a degradation that is not JPEG, or the regions are smaller than a patch.
        DataError: from `setup`, if a folder is missing, or no picture can be used.
    """

    def __init__(
        self,
        folders: Sequence[str],
        degradation: Degradation | list[Degradation],
        *,
        batch_size: int = 16,
        steps_per_epoch: int = 250,
        patch_px: int = 128,
        held_out: float = 0.03,
        in_memory: bool = True,
        workers: int = 1,
        graded: Sequence[int] = (),
        source: Source | None = None,
        validation_px: int | None = None,
        region_px: int | None = None,
        fresh: float = 0.06,
        clips: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.source = source or FolderSource(folders, in_memory=in_memory, clips=clips)
        self.degradation = AnyOf(degradation) if isinstance(degradation, list) else degradation
        self.batch_size = batch_size
        self.steps_per_epoch = steps_per_epoch
        self.patch_px = patch_px
        self.held_out = held_out
        self.workers = workers
        self.graded = list(graded)
        self.validation_px = validation_px
        self.region_px = region_px
        self.fresh = fresh
        if region_px is not None and region_px < patch_px:
            raise OptionError(f"region_px is {region_px}; at least one patch of {patch_px} pixels was expected.")
        if self.graded and self.degradation.codec != "jpeg":
            raise OptionError(
                f"graded is set; graded crops are JPEGs, but the degradation is {self.degradation.codec}."
            )

    def setup(self, stage: str | None = None) -> None:
        """Opens the source; Lightning calls it once in every process."""
        side = self.region_px or self.patch_px
        training, held_out = self.source.open(self.held_out, side + GRID_MARGIN_PX, self.validation_px)
        if isinstance(training, StreamedPictures):
            self.workers = min(self.workers, training.most_workers)
        length = self.batch_size * self.steps_per_epoch
        self.training: Dataset[Pair] = PatchPairs(training, self.degradation, patch_px=side, length=length)
        if self.region_px is not None:
            self.training = KeptPairs(self.training, patch_px=self.patch_px, fresh=self.fresh)
        self.validation: Dataset[Pair] = WholePairs(held_out, self.degradation)
        if self.graded and held_out:
            first = self.degradation.degradations[0] if isinstance(self.degradation, AnyOf) else self.degradation
            subsamplings = first.subsamplings if isinstance(first, JpegDegradation) else ["4:2:0"]
            self.validation = GradedCrops(held_out, self.graded, crop_px=self.patch_px, subsamplings=subsamplings)

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
