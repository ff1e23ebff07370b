"""The reference generator: the deep residual network of Galteri et al., with one strided convolution."""

from torch import Tensor, nn
from torch.nn import functional as F

from artgan_hf.networks.blocks import LEAKY_SLOPE, ResidualBlock, run_padded, zero_initialised


class ResidualGenerator(nn.Module):
    """A deep residual network that works at half resolution and comes back without checkerboard.

    Convolution, strided convolution, residual blocks, nearest-neighbour upsampling followed by two convolutions, and a
    global residual. Replicated borders. The defaults have 1.19 M parameters and cost 374 k multiply-adds per pixel.

    Args:
        channels: width of every layer.
        blocks: number of residual blocks at half resolution.

    Source:
        Galteri, Seidenari, Bertini, Del Bimbo, "Deep Generative Adversarial Compression Artifact Removal", ICCV 2017.
        Widths and depth are our reconstruction; ours has no normalisation, and its last layer starts at zero.

    Example:
        >>> import torch
        >>> ResidualGenerator(channels=8, blocks=1)(torch.rand(1, 3, 17, 9)).shape
        torch.Size([1, 3, 17, 9])
    """

    size_multiple = 2

    def __init__(self, channels: int = 64, blocks: int = 15) -> None:
        super().__init__()
        self.options = {"channels": channels, "blocks": blocks}

        def convolution(into: int, out: int, stride: int = 1) -> nn.Conv2d:
            return nn.Conv2d(into, out, 3, stride=stride, padding=1, padding_mode="replicate")

        self.head = convolution(3, channels)
        self.down = convolution(channels, channels, stride=2)
        self.body = nn.Sequential(*(ResidualBlock(channels, "replicate") for _ in range(blocks)))
        self.smooth = convolution(channels, channels)
        self.tail = zero_initialised(convolution(channels, 3))

    @property
    def receptive_radius_px(self) -> int:
        """How far, in pixels, one output pixel can see in each direction."""
        return 2 * (2 * len(self.body) + 1) + 4

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
        features = F.leaky_relu(self.head(degraded), LEAKY_SLOPE)
        half = F.leaky_relu(self.down(features), LEAKY_SLOPE)
        half = half + self.body(half)
        full = F.interpolate(half, scale_factor=2, mode="nearest")
        full = F.leaky_relu(self.smooth(full), LEAKY_SLOPE)
        residual: Tensor = self.tail(full)
        return degraded + residual
