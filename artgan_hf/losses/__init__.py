"""The terms of the generator's and the discriminator's objectives."""

from artgan_hf.losses.adversarial import discriminator_loss, generator_loss
from artgan_hf.losses.pixel import CharbonnierLoss, Loss, MeanSquaredLoss

__all__ = ["CharbonnierLoss", "Loss", "MeanSquaredLoss", "discriminator_loss", "generator_loss"]
