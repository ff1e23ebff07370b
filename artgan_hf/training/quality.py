"""The LightningModule that trains the QF predictor."""

import torch
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor, nn

from artgan_hf.data import Pair
from artgan_hf.functional.quality import median_quality
from artgan_hf.losses import quality_loss
from artgan_hf.training.averaged import AveragedModule


class QualityModule(AveragedModule):
    """Trains a network to tell a JPEG's quality from pixels; what ships is the moving average of its weights.

    Args:
        network: e.g. `artgan_hf.networks.QualityNetwork`.
        learning_rate: peak; a short linear warm-up, then a cosine down to a hundredth.
        warmup_steps: batches of the linear warm-up.
        ema_decay: of the moving average, per batch.
        clip_norm: gradients are clipped to this norm.
        label_spread: standard deviation of the bell around the true quality that the network is to give.
    """

    def __init__(
        self,
        network: nn.Module,
        *,
        learning_rate: float = 1e-3,
        warmup_steps: int = 200,
        ema_decay: float = 0.999,
        clip_norm: float = 1.0,
        label_spread: float = 1.5,
    ) -> None:
        super().__init__(network, ema_decay=ema_decay, clip_norm=clip_norm, warmup_steps=warmup_steps)
        self.network = network
        self.learning_rate = learning_rate
        self.label_spread = label_spread

    def training_step(self, batch: Pair, batch_index: int) -> None:
        """Moves the network by one batch and logs the loss and the mean absolute error.

        Raises:
            FloatingPointError: if the loss is no longer a finite number.
        """
        logits = self.network(batch.degraded)
        loss = quality_loss(logits, batch.quality, spread=self.label_spread)
        self.check_finite(loss, "network")
        self.log("train/loss", loss, prog_bar=True)
        self.log("train/mae", _mean_absolute_error(median_quality(logits.detach()), batch.quality))
        self.descend(loss)
        self.averaged.update_parameters(self.network)
        self.count_step()

    def validation_step(self, batch: Pair, batch_index: int) -> Tensor:
        """Returns the qualities that the averaged network predicts, shape (B,), and logs their mean absolute error."""
        predicted = median_quality(self.averaged(batch.degraded))
        error = _mean_absolute_error(predicted, batch.quality)
        self.log("val/mae", error, prog_bar=True, batch_size=len(predicted), sync_dist=True)
        return predicted

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """Returns AdamW with its schedule over all batches."""
        optimizer, schedule = self.optimizer_of(self.network, self.learning_rate)
        return [optimizer], [schedule]


def _mean_absolute_error(predicted: Tensor, true: Tensor) -> Tensor:
    return (predicted - true).abs().to(torch.float32).mean()
