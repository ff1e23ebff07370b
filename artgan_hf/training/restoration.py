"""The LightningModule that trains a generator: on pixel losses alone, or as a GAN against a discriminator."""

from collections.abc import Sequence

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from artgan_hf.data import Pair
from artgan_hf.errors import IncompatibleModelError, OptionError
from artgan_hf.functional.psnr import psnr
from artgan_hf.hub import find_model, load_network
from artgan_hf.losses import Loss, discriminator_loss, generator_loss
from artgan_hf.networks import architecture_of
from artgan_hf.training.averaged import AveragedModule, OptimizerKind

GENERATOR, DISCRIMINATOR = 0, 1  # places of their optimisers and schedules


class RestorationModule(AveragedModule):
    """Trains a generator to undo compression; what ships is the moving average of its weights.

    One training step moves the generator on the weighted sum of `losses`. With a discriminator, the first
    `pixel_steps` do only that, the next `discriminator_steps` train only the discriminator, and from then on both
    are trained in turn, the adversarial term added to the sum.

    Args:
        generator: one of `artgan_hf.networks`; None for the network of `start_from`, whatever it is.
        losses: terms of the sum, from `artgan_hf.losses`, each with its weight.
        discriminator: e.g. `SubPatchDiscriminator`; None trains on `losses` alone.
        adversarial_weight: factor of the adversarial term.
        adversarial_by_damage: True to have the adversarial term of each patch count by how far compression moved its
            pixels: where little was lost, little is to be made up. For networks too light to learn that by themselves.
        pixel_steps: batches before the discriminator exists for the generator.
        discriminator_steps: batches in which only the discriminator learns.
        learning_rate: peak for the generator; a short linear warm-up, then a cosine down to a hundredth.
        discriminator_learning_rate: likewise for the discriminator.
        warmup_steps: batches of the linear warm-up.
        ema_decay: of the moving average, per batch.
        clip_norm: gradients are clipped to this norm.
        start_from: id or folder of a published model whose weights the generator starts with.
        minutes: the run ends after so many minutes of training, and the learning rate with it; None if the trainer's
            epochs decide.
        optimizer: of the generator, "adamw" or "muon"; the discriminator's is always AdamW.

    Raises:
        OptionError: if `losses` is empty, or there is neither a generator nor a model to start from.
        ModelNotFoundError: if there is no model `start_from`.
        IncompatibleModelError: if its network is another than `generator`.

    Source:
        Galteri et al., ICCV 2017 and TMM 2019 for the objective; the order pixel, discriminator, GAN is NoGAN's
        (Antic, 2019). Widths, rates and the average are ours.
    """

    def __init__(
        self,
        generator: nn.Module | None,
        losses: Sequence[Loss],
        discriminator: nn.Module | None = None,
        *,
        adversarial_weight: float = 0.01,
        adversarial_by_damage: bool = False,
        pixel_steps: int = 0,
        discriminator_steps: int = 0,
        learning_rate: float = 5e-4,
        discriminator_learning_rate: float = 1e-4,
        warmup_steps: int = 200,
        ema_decay: float = 0.998,
        clip_norm: float = 1.0,
        start_from: str | None = None,
        minutes: float | None = None,
        optimizer: OptimizerKind = "adamw",
    ) -> None:
        if not losses:
            raise OptionError(
                "losses is empty; at least one pixel loss, e.g. CharbonnierLoss, is needed to keep the colours."
            )
        generator = _started(generator, start_from)
        super().__init__(
            generator, ema_decay=ema_decay, clip_norm=clip_norm, warmup_steps=warmup_steps, minutes=minutes
        )
        self.generator = generator
        self.losses = nn.ModuleList(losses)
        self.discriminator = discriminator
        self.adversarial_weight = adversarial_weight
        self.adversarial_by_damage = adversarial_by_damage
        self.pixel_steps = pixel_steps
        self.discriminator_steps = discriminator_steps
        self.learning_rate = learning_rate
        self.discriminator_learning_rate = discriminator_learning_rate
        self.start_from = start_from
        self.optimizer: OptimizerKind = optimizer

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
        self.count_step()

    def _move_generator(self, restored: Tensor, batch: Pair, *, adversarial: bool) -> None:
        total = restored.new_zeros(())
        for loss in self.losses:
            term = loss(restored, batch.clean)
            self.log(f"train/{loss.name}", term)
            total = total + loss.weight * term
        if adversarial and self.discriminator is not None:
            self.discriminator.requires_grad_(False)
            shares = damage_shares(batch) if self.adversarial_by_damage else None
            term = generator_loss(self.discriminator(restored, batch.degraded), shares)
            self.discriminator.requires_grad_(True)
            self.log("train/adversarial", term)
            total = total + self.adversarial_weight * term
        self.check_finite(total, "generator")
        self.log("train/loss", total, prog_bar=True)
        self.descend(total, GENERATOR)
        self.averaged.update_parameters(self.generator)

    def _move_discriminator(self, restored: Tensor, batch: Pair) -> None:
        assert self.discriminator is not None
        loss = discriminator_loss(
            self.discriminator(batch.clean, batch.degraded), self.discriminator(restored, batch.degraded)
        )
        self.check_finite(loss, "discriminator")
        self.log("train/discriminator", loss, prog_bar=True)
        self.descend(loss, DISCRIMINATOR)

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
        """Returns an optimiser for each network, with a schedule over the batches in which that network moves."""
        resting = 0 if self.discriminator is None else self.discriminator_steps
        pairs = [self.optimizer_of(self.generator, self.learning_rate, kind=self.optimizer, resting_steps=resting)]
        if self.discriminator is not None:
            rate = self.discriminator_learning_rate
            pairs.append(self.optimizer_of(self.discriminator, rate, resting_steps=self.pixel_steps))
        optimizers, schedules = zip(*pairs, strict=True)
        return list(optimizers), list(schedules)


def damage_shares(batch: Pair) -> Tensor:
    """Returns the mean change of each patch over that of the batch, shape (B,); ones if nothing was changed."""
    damage = (batch.degraded - batch.clean).abs().mean((1, 2, 3))
    return torch.where(damage.mean() > 0, damage / damage.mean().clamp(min=1e-8), 1.0)


def _started(generator: nn.Module | None, start_from: str | None) -> nn.Module:
    """Returns the generator with the weights it starts from."""
    if start_from is None:
        if generator is None:
            raise OptionError("generator and start_from are both empty; one of them must say which network to train.")
        return generator
    parent, _ = load_network(find_model(start_from))
    if generator is None:
        return parent.train().requires_grad_(True)
    theirs, ours = ((architecture_of(network), network.options) for network in (parent, generator))
    if theirs != ours:
        raise IncompatibleModelError(
            f"{start_from} is {theirs[0]} {theirs[1]}, but the generator is {ours[0]} {ours[1]}; make them the same, "
            "or set generator to null."
        )
    generator.load_state_dict(parent.state_dict())
    return generator
