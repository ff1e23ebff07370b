"""The LightningModule that trains a generator: on pixel losses alone, or as a GAN against a discriminator."""

import time
from collections.abc import Sequence
from typing import Any

import lightning as L
import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from artgan_hf.data import Pair
from artgan_hf.errors import OptionError
from artgan_hf.functional.psnr import psnr
from artgan_hf.hub import find_model, load_network
from artgan_hf.losses import Loss, discriminator_loss, generator_loss
from artgan_hf.networks import architecture_of
from artgan_hf.training.schedule import warm_cosine

GENERATOR, DISCRIMINATOR = 0, 1  # places of their optimisers and schedules


class RestorationModule(L.LightningModule):
    """Trains a generator to undo compression; what ships is the moving average of its weights.

    One training step moves the generator on the weighted sum of `losses`. With a discriminator, the first
    `pixel_steps` do only that, the next `discriminator_steps` train only the discriminator, and from then on both
    are trained in turn, the adversarial term added to the sum. Optimisation is manual, so Lightning's `global_step`
    counts every optimiser's step; `self.steps` counts batches.

    Args:
        generator: one of `artgan_hf.networks`.
        losses: terms of the sum, from `artgan_hf.losses`, each with its weight.
        discriminator: e.g. `SubPatchDiscriminator`; None trains on `losses` alone.
        adversarial_weight: factor of the adversarial term.
        pixel_steps: batches before the discriminator exists for the generator.
        discriminator_steps: batches in which only the discriminator learns.
        learning_rate: peak for the generator; a short linear warm-up, then a cosine down to a hundredth.
        discriminator_learning_rate: likewise for the discriminator.
        warmup_steps: batches of the linear warm-up.
        ema_decay: of the moving average, per batch.
        clip_norm: gradients are clipped to this norm.
        start_from: id or folder of a published model whose weights the generator starts with.

    Source:
        Galteri et al., ICCV 2017 and TMM 2019 for the objective; the order pixel, discriminator, GAN is NoGAN's
        (Antic, 2019). Widths, rates and the average are ours.
    """

    def __init__(
        self,
        generator: nn.Module,
        losses: Sequence[Loss],
        discriminator: nn.Module | None = None,
        *,
        adversarial_weight: float = 0.01,
        pixel_steps: int = 0,
        discriminator_steps: int = 0,
        learning_rate: float = 5e-4,
        discriminator_learning_rate: float = 1e-4,
        warmup_steps: int = 200,
        ema_decay: float = 0.998,
        clip_norm: float = 1.0,
        start_from: str | None = None,
    ) -> None:
        super().__init__()
        if not losses:
            raise OptionError(
                "losses is empty; at least one pixel loss, e.g. CharbonnierLoss, is needed to keep the colours."
            )
        self.automatic_optimization = False
        if start_from is not None:
            parent, _ = load_network(find_model(start_from))
            generator.load_state_dict(parent.state_dict())
        self.generator = generator
        self.losses = nn.ModuleList(losses)
        self.discriminator = discriminator
        self.adversarial_weight = adversarial_weight
        self.pixel_steps = pixel_steps
        self.discriminator_steps = discriminator_steps
        self.learning_rate = learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.warmup_steps = warmup_steps
        self.clip_norm = clip_norm
        self.start_from = start_from
        self.averaged = AveragedModel(generator, multi_avg_fn=get_ema_multi_avg_fn(ema_decay))
        self.averaged.requires_grad_(False)
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.register_buffer("trained_seconds", torch.zeros((), dtype=torch.float64))
        self.steps: Tensor
        self.trained_seconds: Tensor

    def on_fit_start(self) -> None:
        """Lays the networks out as the convolution libraries like them best."""
        self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def on_train_start(self) -> None:
        """Starts the clock, also where a resumed run enters in the middle of an epoch."""
        self._clock = time.monotonic()

    def on_train_epoch_start(self) -> None:
        """Starts the clock anew: validation is not counted as training time."""
        self._clock = time.monotonic()

    def training_step(self, batch: Pair, batch_index: int) -> None:
        """Moves the networks by one batch and logs the terms.

        Raises:
            FloatingPointError: if the loss is no longer a finite number.
        """
        step = int(self.steps)
        only_discriminator = self.pixel_steps <= step < self.pixel_steps + self.discriminator_steps
        adversarial = self.discriminator is not None and step >= self.pixel_steps
        restored = self.generator(batch.degraded.contiguous(memory_format=torch.channels_last))
        if adversarial:
            self._move_discriminator(restored.detach(), batch)
        if not (adversarial and only_discriminator):
            self._move_generator(restored, batch, adversarial=adversarial)
        self.steps += 1
        now = time.monotonic()
        self.trained_seconds += now - self._clock
        self._clock = now

    def _move_generator(self, restored: Tensor, batch: Pair, *, adversarial: bool) -> None:
        total = restored.new_zeros(())
        for loss in self.losses:
            term = loss(restored, batch.clean)
            self.log(f"train/{loss.name}", term)
            total = total + loss.weight * term
        if adversarial and self.discriminator is not None:
            self.discriminator.requires_grad_(False)
            term = generator_loss(self.discriminator(restored, batch.degraded))
            self.discriminator.requires_grad_(True)
            self.log("train/adversarial", term)
            total = total + self.adversarial_weight * term
        self._check_finite(total, "generator")
        self.log("train/loss", total, prog_bar=True)
        self._descend(GENERATOR, total)
        self.averaged.update_parameters(self.generator)

    def _move_discriminator(self, restored: Tensor, batch: Pair) -> None:
        assert self.discriminator is not None
        loss = discriminator_loss(
            self.discriminator(batch.clean, batch.degraded), self.discriminator(restored, batch.degraded)
        )
        self._check_finite(loss, "discriminator")
        self.log("train/discriminator", loss, prog_bar=True)
        self._descend(DISCRIMINATOR, loss)

    def _descend(self, which: int, loss: Tensor) -> None:
        optimizer = _as_list(self.optimizers())[which]
        optimizer.zero_grad()
        self.manual_backward(loss)
        self.clip_gradients(optimizer, gradient_clip_val=self.clip_norm, gradient_clip_algorithm="norm")
        optimizer.step()
        _as_list(self.lr_schedulers())[which].step()

    def _check_finite(self, loss: Tensor, name: str) -> None:
        if not torch.isfinite(loss):
            where = f"the {name}'s loss is {loss.item()} at step {int(self.steps)}"
            raise FloatingPointError(f"{where}; lower the learning rate, then resume from the last checkpoint.")

    def validation_step(self, batch: Pair, batch_index: int) -> None:
        """Logs the mean PSNR of the averaged generator, and of the degraded input beside it, in dB."""
        restored = self.restore(batch.degraded)
        self.log("val/psnr", psnr(restored, batch.clean).mean(), prog_bar=True, batch_size=1, sync_dist=True)
        self.log("val/psnr_degraded", psnr(batch.degraded, batch.clean).mean(), batch_size=1, sync_dist=True)

    def restore(self, degraded: Tensor) -> Tensor:
        """Returns what the shipped network would give: averaged weights, clamped to [0, 1]."""
        restored: Tensor = self.averaged(degraded)
        return restored.float().clamp(0, 1)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Returns an AdamW for each network, with a schedule over the batches in which that network moves."""
        total = int(self.trainer.estimated_stepping_batches)
        moved = [(self.generator, self.learning_rate, total - self.discriminator_steps)]
        if self.discriminator is not None:
            moved.append((self.discriminator, self.discriminator_learning_rate, total - self.pixel_steps))
        optimizers, schedules = [], []
        for network, rate, steps in moved:
            optimizers.append(torch.optim.AdamW(network.parameters(), lr=rate, betas=(0.9, 0.99), weight_decay=0.0))
            factor = warm_cosine(self.warmup_steps, steps)
            schedules.append(torch.optim.lr_scheduler.LambdaLR(optimizers[-1], factor))
        return optimizers, schedules  # type: ignore[return-value]

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Adds what `artgan export-weights` needs, in plain types, so that no pickled class is ever loaded."""
        degradation = self.trainer.datamodule.degradation  # type: ignore[attr-defined]
        checkpoint["artgan"] = {
            "architecture": architecture_of(self.generator),
            "options": dict(self.generator.options),
            "quality": [degradation.lowest_quality, degradation.highest_quality],
            "steps": int(self.steps),
            "seconds": float(self.trained_seconds),
        }


def _as_list(one_or_more: Any) -> list[Any]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
