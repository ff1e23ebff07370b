"""A callback that shows the work: a picture of degraded, restored and clean crops after each validation."""

from pathlib import Path

import lightning as L
import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.nn import functional as F

from artgan_hf.data import Pair
from artgan_hf.training.restoration import RestorationModule

CROP_PX = 160


class SampleGrid(L.Callback):
    """Writes `samples/step_N.png` below the run's folder: one row per held-out picture, degraded | restored | clean.

    Args:
        rows: number of pictures.
        zoom: whole factor by which the crops are enlarged, pixels kept sharp.
    """

    def __init__(self, rows: int = 4, zoom: int = 2) -> None:
        self.rows = rows
        self.zoom = zoom
        self._strips: list[Tensor] = []

    def on_validation_batch_end(
        self, trainer: L.Trainer, module: L.LightningModule, outputs: object, batch: Pair, batch_index: int, *_: object
    ) -> None:
        """Keeps a strip of the first pictures."""
        if batch_index >= self.rows or trainer.sanity_checking or not isinstance(module, RestorationModule):
            return
        degraded, clean = (self._crop(picture) for picture in (batch.degraded, batch.clean))
        self._strips.append(torch.cat([degraded, module.restore(degraded), clean], dim=3).cpu())

    def on_validation_epoch_end(self, trainer: L.Trainer, module: L.LightningModule) -> None:
        """Writes the picture, under a temporary name first."""
        strips, self._strips = self._strips, []
        if not strips or not trainer.is_global_zero or not isinstance(module, RestorationModule):
            return
        grid = F.interpolate(torch.cat(strips, dim=2), scale_factor=self.zoom, mode="nearest")[0]
        pixels = grid.mul(255).round().byte().permute(1, 2, 0).numpy()
        path = Path(trainer.default_root_dir) / "samples" / f"step_{int(module.steps):06d}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(np.ascontiguousarray(pixels)).save(path.with_suffix(".part"), format="PNG")
        path.with_suffix(".part").replace(path)

    def _crop(self, picture: Tensor) -> Tensor:
        y, x = (max(0, side - CROP_PX) // 2 for side in picture.shape[-2:])
        crop = picture[..., y : y + CROP_PX, x : x + CROP_PX]
        return F.pad(crop, (0, CROP_PX - crop.shape[-1], 0, CROP_PX - crop.shape[-2]))
