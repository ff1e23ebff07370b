"""The terms of the generator's and the discriminator's objectives."""

from artgan_hf.losses.adversarial import discriminator_loss, generator_loss
from artgan_hf.losses.perceptual import FeatureLoss, LpipsLoss
from artgan_hf.losses.pixel import CharbonnierLoss, LatticeLoss, LocalColourLoss, Loss, MeanSquaredLoss, PsnrLoss
from artgan_hf.losses.quality import quality_loss
from artgan_hf.losses.structural import SsimLoss

__all__ = [
    "CharbonnierLoss",
    "FeatureLoss",
    "LatticeLoss",
    "LocalColourLoss",
    "Loss",
    "LpipsLoss",
    "MeanSquaredLoss",
    "PsnrLoss",
    "SsimLoss",
    "discriminator_loss",
    "generator_loss",
    "quality_loss",
]
