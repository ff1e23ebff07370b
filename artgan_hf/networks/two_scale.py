"""The generator of the published models: unshuffled pixels, and a second scale that sees JPEG's 8x8 blocks."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan_hf.networks.blocks import ResidualBlock, fold_into, run_padded, unfold_from, zero_initialised


class TwoScaleGenerator(nn.Module):
    """A residual network at a quarter of the resolution with a deeper branch at an eighth of it.

    Pixel unshuffle, half of the blocks, the deep branch (strided convolution, blocks, pixel shuffle) added to what it
    started from, the other half of the blocks, pixel shuffle, and a global residual. At the default fold of 4 one
    position of the deep branch is one 8x8 block of the codec: blocking is seen for what it is, at a 64th of the cost.

    Args:
        channels: width of the layers at 1 / fold of the resolution.
        blocks: residual blocks there, an even number; half of them come before the deep branch.
        deep_channels: width of the layers at 1 / (2 * fold).
        deep_blocks: residual blocks there.
        fold: side of the square of pixels that becomes one position.

    Source:
        Ours: the reference generator's residual blocks in a two-level U (Ronneberger et al., "U-Net", MICCAI 2015) on
        unshuffled pixels (Shi et al., CVPR 2016).

    Example:
        >>> network = TwoScaleGenerator(channels=8, blocks=2, deep_channels=8, deep_blocks=1)
        >>> network(torch.rand(1, 3, 17, 9)).shape
        torch.Size([1, 3, 17, 9])
    """

    def __init__(
        self, channels: int = 64, blocks: int = 4, deep_channels: int = 112, deep_blocks: int = 4, fold: int = 4
    ) -> None:
        super().__init__()
        self.options = {
            "channels": channels,
            "blocks": blocks,
            "deep_channels": deep_channels,
            "deep_blocks": deep_blocks,
            "fold": fold,
        }
        self.fold = fold
        self.size_multiple = 2 * fold
        half = blocks // 2
        self.head = nn.Conv2d(3 * fold * fold, channels, 3, padding=1)
        self.before = nn.Sequential(*(ResidualBlock(channels) for _ in range(half)))
        self.down = nn.Conv2d(channels, deep_channels, 2, stride=2)
        self.deep = nn.Sequential(*(ResidualBlock(deep_channels) for _ in range(deep_blocks)))
        self.up = nn.Conv2d(deep_channels, 4 * channels, 1)
        with torch.no_grad():
            self.up.weight.mul_(0.1)
        self.after = nn.Sequential(*(ResidualBlock(channels) for _ in range(blocks - half)))
        self.tail = zero_initialised(nn.Conv2d(channels, 3 * fold * fold, 3, padding=1))

    @property
    def receptive_radius_px(self) -> int:
        """How far, in pixels, one output pixel can see in each direction."""
        shallow = 2 * (len(self.before) + len(self.after)) + 2
        deep = 2 * len(self.deep) + 1
        return self.fold * (shallow + 2 * deep + 1)

    def forward(self, degraded: Tensor) -> Tensor:
        """Returns the restored image.

        Args:
            degraded: float in [0, 1], RGB, shape (B, 3, H, W), any size.

        Returns:
            Same shape; not clamped, so that training sees the gradient outside [0, 1].

        Raises:
            ShapeError: if the input is not (B, 3, H, W).
        """
        return run_padded(degraded, self.size_multiple, self._restore)

    def _restore(self, degraded: Tensor) -> Tensor:
        features = self.before(fold_into(self.head, degraded, self.fold))
        deep = self.up(self.deep(self.down(features)))
        features = self.after(features + F.pixel_shuffle(deep, 2))
        return degraded + unfold_from(self.tail, features, self.fold).to(degraded.dtype)  # a sum of two types is slow
