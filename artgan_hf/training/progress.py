"""The progress bar of all recipes: Lightning's, which counts an epoch, with the time that the whole run still takes."""

import time
from datetime import timedelta

import lightning as L
from lightning.pytorch.callbacks import RichProgressBar

from artgan_hf.training.averaged import AveragedModule


class RunProgressBar(RichProgressBar):
    """Shows `left`, the time until the run ends at the pace so far, validation included."""

    def on_train_start(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Starts the clock."""
        super().on_train_start(trainer, pl_module)
        self._started = time.monotonic()
        self._steps_before = int(pl_module.steps) if isinstance(pl_module, AveragedModule) else 0

    def get_metrics(
        self, trainer: L.Trainer, pl_module: L.LightningModule
    ) -> dict[str, int | str | float | dict[str, float]]:
        """Returns what is shown behind the bar."""
        metrics = super().get_metrics(trainer, pl_module)
        metrics.pop("v_num", None)
        if isinstance(pl_module, AveragedModule):
            metrics["left"] = self._left(trainer, pl_module)
        return metrics

    def _left(self, trainer: L.Trainer, module: AveragedModule) -> str:
        if module.minutes is not None:
            seconds = 60 * module.minutes - module.trained_seconds
        else:
            done = int(module.steps) - self._steps_before
            total = int(trainer.num_training_batches * (trainer.max_epochs or 0))
            if done < 1 or total <= 0:
                return "?"
            seconds = (total - int(module.steps)) * (time.monotonic() - self._started) / done
        return str(timedelta(seconds=max(0, round(seconds))))
