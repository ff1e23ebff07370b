"""What all training modules share: the average that ships, the counts of batches and seconds, their record."""

import math
import time
from typing import Any, Literal

import lightning as L
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import LambdaLR
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from artgan_hf.errors import OptionError
from artgan_hf.networks import architecture_of, kind_of
from artgan_hf.training.muon import BETAS, Muon
from artgan_hf.training.schedule import warm_cosine, warm_cosine_over

OptimizerKind = Literal["adamw", "muon"]


class AveragedModule(L.LightningModule):
    """A module whose published network is the moving average of the trained one.

    Optimisation is manual, so Lightning's `global_step` counts every optimiser's step; `self.steps` counts batches.

    Args:
        network: the one that is published.
        ema_decay: of the moving average, per batch.
        clip_norm: gradients are clipped to this norm.
        warmup_steps: batches of the learning rate's linear warm-up.
        minutes: the run ends after so much training, and the schedule with it; None if the trainer's epochs decide.
    """

    def __init__(
        self, network: nn.Module, *, ema_decay: float, clip_norm: float, warmup_steps: int, minutes: float | None = None
    ) -> None:
        super().__init__()
        self.automatic_optimization = False
        self.clip_norm = clip_norm
        self.warmup_steps = warmup_steps
        self.minutes = minutes
        average = get_ema_multi_avg_fn(ema_decay)  # type: ignore[no-untyped-call]
        self.averaged = AveragedModel(network, multi_avg_fn=average)
        self.averaged.requires_grad_(False)
        self.register_buffer("steps", torch.zeros((), dtype=torch.int64))
        self.steps: Tensor
        self.trained_seconds = 0.0

    def on_fit_start(self) -> None:
        """Lays the networks out as the convolution libraries like them best."""
        self.to(memory_format=torch.channels_last)

    def on_train_start(self) -> None:
        """Starts the clock, also where a resumed run enters in the middle of an epoch."""
        self._clock = time.monotonic()

    def on_train_epoch_start(self) -> None:
        """Starts the clock anew: validation is not counted as training time."""
        self._clock = time.monotonic()

    def count_step(self) -> None:
        """Counts one batch, and the time since the one before; asks the trainer to stop once the time is over."""
        self.steps += 1
        now = time.monotonic()
        self.trained_seconds += now - self._clock
        self._clock = now
        # The clocks of several processes differ: they must agree, or one would wait for the others forever.
        if self.minutes is not None and self.trainer.strategy.reduce_boolean_decision(self._passed() >= 1, all=False):
            self.trainer.should_stop = True

    def check_finite(self, loss: Tensor, name: str) -> None:
        """Checks that a loss is a finite number; `name` says whose it is.

        Raises:
            FloatingPointError: if it is not.
        """
        if not torch.isfinite(loss):
            where = f"the {name}'s loss is {loss.item()} at step {int(self.steps)}"
            raise FloatingPointError(f"{where}; lower the learning rate, then resume from the last checkpoint.")

    def descend(self, loss: Tensor, which: int = 0) -> None:
        """Moves the network of one optimiser by one step down its loss, gradients clipped."""
        optimizer = _as_list(self.optimizers())[which]
        optimizer.zero_grad()
        self.manual_backward(loss)
        self.clip_gradients(optimizer, gradient_clip_val=self.clip_norm, gradient_clip_algorithm="norm")
        optimizer.step()
        _as_list(self.lr_schedulers())[which].step()

    def optimizer_of(
        self, network: nn.Module, rate: float, *, kind: OptimizerKind = "adamw", resting_steps: int = 0
    ) -> tuple[torch.optim.Optimizer, LambdaLR]:
        """Returns a network's optimiser and its schedule: `rate` at the peak, near 0 at the end of the run.

        Args:
            network: to move.
            rate: learning rate.
            kind: of optimiser.
            resting_steps: batches of the run in which this network does not move.

        Raises:
            OptionError: if there is no such kind of optimiser, or if the run has no end.
        """
        optimizer: torch.optim.Optimizer
        if kind == "adamw":
            optimizer = torch.optim.AdamW(network.parameters(), lr=rate, betas=BETAS, weight_decay=0.0)
        elif kind == "muon":
            optimizer = Muon(network.parameters(), rate)
        else:
            raise OptionError(f'optimizer is "{kind}"; "adamw" or "muon" was expected.')
        if self.minutes is not None:
            return optimizer, LambdaLR(optimizer, warm_cosine_over(self.warmup_steps, lambda _: self._passed()))
        batches = self.trainer.estimated_stepping_batches
        if not math.isfinite(batches):
            raise OptionError("the run has no end; max_epochs, max_steps or minutes was expected to set one.")
        return optimizer, LambdaLR(optimizer, warm_cosine(self.warmup_steps, int(batches) - resting_steps))

    def _passed(self) -> float:
        """How much of `minutes` has passed, from 0 to 1."""
        return self.trained_seconds / (60 * self.minutes) if self.minutes else 0.0

    def on_save_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Adds what `artgan export-weights` needs, in plain types, so that no pickled class is ever loaded."""
        network = self.averaged.module
        degradation = self.trainer.datamodule.degradation  # type: ignore[attr-defined]
        checkpoint["artgan"] = {
            "kind": kind_of(network),
            "architecture": architecture_of(network),
            "options": dict(network.options),  # type: ignore[arg-type] # a registered network has them
            "codec": degradation.codec,
            "quality": [degradation.lowest_quality, degradation.highest_quality],
            "steps": int(self.steps),
            "seconds": self.trained_seconds,
        }

    def on_load_checkpoint(self, checkpoint: dict[str, Any]) -> None:
        """Goes on counting the seconds where the checkpoint left off."""
        self.trained_seconds = checkpoint["artgan"]["seconds"]


def _as_list(one_or_more: Any) -> list[Any]:
    return one_or_more if isinstance(one_or_more, list) else [one_or_more]
