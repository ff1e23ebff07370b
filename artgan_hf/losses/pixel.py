"""Losses that compare pixel with pixel. A recipe lists them; training/ adds them up by weight."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Loss(nn.Module):
    """A term of the generator's objective.

    Args:
        weight: its factor in the sum.
    """

    name = "loss"

    def __init__(self, weight: float = 1.0) -> None:
        super().__init__()
        self.weight = weight


class CharbonnierLoss(Loss):
    """A smooth L1: sqrt(difference^2 + epsilon^2), averaged.

    Args:
        weight: its factor in the sum.
        epsilon: below this difference it behaves like a squared error.

    Source:
        Lai et al., "Deep Laplacian Pyramid Networks", CVPR 2017.

    Example:
        >>> CharbonnierLoss(epsilon=0.0)(torch.zeros(1, 3, 4, 4), torch.full((1, 3, 4, 4), 0.5))
        tensor(0.5000)
    """

    name = "charbonnier"

    def __init__(self, weight: float = 1.0, epsilon: float = 1e-3) -> None:
        super().__init__(weight)
        self.epsilon = epsilon

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns a scalar; both arguments are float in [0, 1], shape (B, 3, H, W)."""
        return torch.sqrt((restored - clean).square() + self.epsilon**2).mean()


class MeanSquaredLoss(Loss):
    """The mean squared error: what PSNR measures; alone, it blurs.

    Args:
        weight: its factor in the sum.

    Example:
        >>> MeanSquaredLoss()(torch.zeros(1, 3, 4, 4), torch.full((1, 3, 4, 4), 0.5))
        tensor(0.2500)
    """

    name = "mse"

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns a scalar; both arguments are float in [0, 1], shape (B, 3, H, W)."""
        return F.mse_loss(restored, clean)


class PsnrLoss(Loss):
    """The logarithm of each picture's mean squared error, averaged over the batch: what a mean PSNR measures.

    Under an absolute or squared error the strongly compressed pictures of a batch outweigh the others; here a decibel
    weighs the same at every quality.

    Args:
        weight: its factor in the sum.
        floor: added to the squared error, so that pictures with next to no error do not outweigh all others; the
            default is that of 37 dB.

    Source:
        Chen et al., "HINet: Half Instance Normalization Network for Image Restoration", CVPR Workshops 2021.

    Example:
        >>> loss = PsnrLoss(floor=0.0)
        >>> clean, restored = torch.zeros(2, 3, 4, 4), torch.tensor([0.1, 0.001]).view(2, 1, 1, 1).expand(2, 3, 4, 4)
        >>> -10 / torch.log(torch.tensor(10.0)) * loss(restored, clean)  # the mean of 20 dB and 60 dB
        tensor(40.)
    """

    name = "psnr"

    def __init__(self, weight: float = 1.0, floor: float = 2e-4) -> None:
        super().__init__(weight)
        self.floor = floor

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns a scalar; both arguments are float in [0, 1], shape (B, 3, H, W)."""
        return ((restored - clean).square().mean(dim=(1, 2, 3)) + self.floor).log().mean()


class LocalColourLoss(Loss):
    """The mean absolute difference of colours averaged over squares: keeps a GAN from tinting even areas.

    Args:
        weight: its factor in the sum.
        square_px: side of the squares.

    Example:
        >>> noise = torch.tensor([[0.0, 1.0], [1.0, 0.0]])
        >>> LocalColourLoss(square_px=2)(noise.expand(1, 3, 2, 2), torch.full((1, 3, 2, 2), 0.5))
        tensor(0.)
    """

    name = "local_colour"

    def __init__(self, weight: float = 1.0, square_px: int = 16) -> None:
        super().__init__(weight)
        self.square_px = square_px

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns a scalar; both arguments are float in [0, 1], shape (B, 3, H, W), sides of at least a square."""
        return F.avg_pool2d(restored - clean, self.square_px).abs().mean()


class LatticeLoss(Loss):
    """The mean absolute difference of what repeats from cell to cell: keeps a GAN from laying a grid over even areas.

    A network that works on folded pixels gives every cell of an even area the same detail, which the other losses of a
    GAN take for texture; the eye sees a grid.

    Args:
        weight: its factor in the sum.
        fold: side of a cell in pixels; a two-scale network's is twice its own `fold`.
        square_px: cells are averaged over squares of this side, or of the picture's if it is smaller: real texture
            averages out.

    Example:
        >>> cell = torch.tensor([[0.0, 0.1], [0.1, 0.0]])
        >>> restored, clean = cell.tile(16, 16).expand(1, 3, 32, 32), torch.full((1, 3, 32, 32), 0.05)
        >>> [loss(restored, clean).round(decimals=3) for loss in (LatticeLoss(1.0, 2, 32), LocalColourLoss())]
        [tensor(0.0500), tensor(0.)]
    """

    name = "lattice"

    def __init__(self, weight: float = 1.0, fold: int = 8, square_px: int = 64) -> None:
        super().__init__(weight)
        self.fold = fold
        self.square_px = square_px

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns a scalar; both arguments are float in [0, 1], shape (B, 3, H, W), sides multiples of `fold`."""
        cells = F.pixel_unshuffle(restored - clean, self.fold)
        return F.avg_pool2d(cells, min(self.square_px // self.fold, *cells.shape[-2:])).abs().mean()
