"""The fast generators: they fold pixels into channels first (pixel unshuffle), so that every layer is cheap."""

from torch import Tensor, nn

from artgan_hf.networks.blocks import (
    InvertedResidualBlock,
    ResidualBlock,
    fold_into,
    run_padded,
    unfold_from,
    zero_initialised,
)


class UnshuffleGenerator(nn.Module):
    """A residual network on unshuffled pixels: stride first, so that every layer is cheap.

    Args:
        channels: width of every layer.
        blocks: number of residual blocks.
        fold: side of the square of pixels that becomes one position; 4 makes a layer 16 times cheaper.

    Source:
        Shi et al., "Real-Time Single Image and Video Super-Resolution Using an Efficient Sub-Pixel Convolutional Neural
        Network", CVPR 2016, for the shuffle; the stack of blocks is the reference generator's.

    Example:
        >>> import torch
        >>> UnshuffleGenerator(channels=8, blocks=1)(torch.rand(1, 3, 17, 9)).shape
        torch.Size([1, 3, 17, 9])
    """

    def __init__(self, channels: int = 96, blocks: int = 8, fold: int = 4) -> None:
        super().__init__()
        self.options = {"channels": channels, "blocks": blocks, "fold": fold}
        self.size_multiple = fold
        self.head = nn.Conv2d(3 * fold * fold, channels, 3, padding=1)
        self.body = nn.Sequential(*(ResidualBlock(channels) for _ in range(blocks)))
        self.tail = zero_initialised(nn.Conv2d(channels, 3 * fold * fold, 3, padding=1))

    @property
    def receptive_radius_px(self) -> int:
        """How far, in pixels, one output pixel can see in each direction."""
        return self.size_multiple * (2 * len(self.body) + 3)

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
        features = fold_into(self.head, degraded, self.size_multiple)
        features = features + self.body(features)
        return degraded + unfold_from(self.tail, features, self.size_multiple).to(degraded.dtype)


class InvertedResidualGenerator(UnshuffleGenerator):
    """The same shape with inverted residual blocks: the fewest parameters, for phones.

    Args:
        channels: width between the blocks.
        blocks: number of inverted residual blocks.
        expansion: how many times wider the depthwise layers are.
        fold: as in `UnshuffleGenerator`.

    Source:
        Galteri, Seidenari, Bertini, Del Bimbo, "Towards Real-Time Image Enhancement GANs", CAIP 2019. The fold is ours.

    Example:
        >>> import torch
        >>> InvertedResidualGenerator(channels=8, blocks=1)(torch.rand(1, 3, 6, 6)).shape
        torch.Size([1, 3, 6, 6])
    """

    def __init__(self, channels: int = 32, blocks: int = 12, expansion: int = 4, fold: int = 2) -> None:
        super().__init__(channels, 0, fold)
        self.options = {"channels": channels, "blocks": blocks, "expansion": expansion, "fold": fold}
        self.body = nn.Sequential(*(InvertedResidualBlock(channels, expansion) for _ in range(blocks)))

    @property
    def receptive_radius_px(self) -> int:
        """How far, in pixels, one output pixel can see in each direction."""
        return self.size_multiple * (len(self.body) + 3)
