"""Losses that compare what an ImageNet network sees. Score with another network than the one trained with."""

import torch
from torch import Tensor
from torch.nn import functional as F

from artgan_hf.losses.pixel import Loss
from artgan_hf.networks.backbones import TrunkName, load_trunk
from artgan_hf.networks.lpips import Lpips


class FeatureLoss(Loss):
    """The mean squared difference of VGG16 features, each stage scaled to the clean picture's feature energy.

    Args:
        weight: its factor in the sum.
        stages: how many of the five stages are compared, from the first; fewer are cheaper.
        crop_px: only a random crop of this side is compared, which is cheaper; None for the whole patch.
        folder: where the trunk's weights are; see `artgan_hf.networks.backbones.load_trunk`.

    Source:
        Johnson et al., "Perceptual Losses for Real-Time Style Transfer and Super-Resolution", ECCV 2016; Galteri et
        al., ICCV 2017, use one layer of VGG19. The scaling and the choice of layers are ours.
    """

    name = "feature"

    def __init__(
        self, weight: float = 1.0, stages: int = 4, crop_px: int | None = None, folder: str | None = None
    ) -> None:
        super().__init__(weight)
        self.stages = stages
        self.crop_px = crop_px
        self.trunk = load_trunk("vgg", folder)

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns a scalar; both arguments are float in [0, 1], shape (B, 3, H, W)."""
        restored, clean = random_crop(restored, clean, self.crop_px)
        with torch.no_grad():
            wanted = self.trunk.stages(clean, self.stages)
        terms = [
            F.mse_loss(got, want) / want.square().mean().clamp(min=1e-6)
            for got, want in zip(self.trunk.stages(restored, self.stages), wanted, strict=True)
        ]
        return torch.stack(terms).mean()


class LpipsLoss(Loss):
    """The learned perceptual distance LPIPS, averaged over the batch.

    Args:
        weight: its factor in the sum.
        net: the trunk, "vgg" (VGG16) or "alex" (AlexNet), which is several times cheaper and coarser.
        crop_px: only a random crop of this side is compared, which is cheaper; None for the whole patch.
        folder: where the trunk's weights are; see `artgan_hf.networks.backbones.load_trunk`.

    Source:
        Zhang et al., CVPR 2018.
    """

    def __init__(
        self, weight: float = 1.0, net: TrunkName = "vgg", crop_px: int | None = None, folder: str | None = None
    ) -> None:
        super().__init__(weight)
        self.name = f"lpips_{net}"
        self.crop_px = crop_px
        self.distance = Lpips(net, folder)

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns a scalar of 0 or more; both arguments are float in [0, 1], shape (B, 3, H, W)."""
        distance: Tensor = self.distance(*random_crop(restored, clean, self.crop_px))
        return distance.mean()


def random_crop(restored: Tensor, clean: Tensor, side_px: int | None) -> tuple[Tensor, Tensor]:
    """Returns the same random square of both, shape (B, 3, side, side); both as they are if they are no larger.

    Example:
        >>> both = torch.rand(1, 3, 32, 32)
        >>> first, second = random_crop(both, both, 16)
        >>> first.shape, first.equal(second)
        (torch.Size([1, 3, 16, 16]), True)
    """
    if side_px is None:
        return restored, clean
    height, width = restored.shape[-2:]
    y = int(torch.randint(0, max(1, height - side_px + 1), ()))
    x = int(torch.randint(0, max(1, width - side_px + 1), ()))
    place = (..., slice(y, y + side_px), slice(x, x + side_px))
    return restored[place], clean[place]
