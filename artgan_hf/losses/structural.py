"""The structural loss: what the authors' SSIM baseline is trained on."""

from torch import Tensor

from artgan_hf.functional.ssim import ssim
from artgan_hf.losses.pixel import Loss


class SsimLoss(Loss):
    """1 - SSIM, averaged over the batch: sharper than the squared error, still blurry.

    Args:
        weight: its factor in the sum.

    Source:
        Galteri et al., ICCV 2017, where it is the baseline that the GAN is compared with.

    Example:
        >>> import torch
        >>> clean = torch.rand(1, 3, 16, 16)
        >>> SsimLoss()(clean, clean).abs() < 1e-6
        tensor(True)
    """

    name = "ssim"

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns a scalar in [0, 2]; both arguments are float in [0, 1], shape (B, 3, H, W), sides of 11 or more."""
        return 1 - ssim(restored, clean).mean()
