"""Parts shared by the networks: residual blocks and the padding that lets any picture size in and the same size out."""

from collections.abc import Callable
from math import prod
from typing import Literal

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan_hf.errors import ShapeError

LEAKY_SLOPE = 0.2
PaddingMode = Literal["zeros", "replicate"]


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions with a LeakyReLU between them, added to the input.

    The second convolution starts small, so that a deep stack starts near the identity and needs no normalisation.

    Args:
        channels: width in and out.
        padding_mode: "zeros", or "replicate", which avoids dark borders at a cost in speed.
    """

    def __init__(self, channels: int, padding_mode: PaddingMode = "zeros") -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1, padding_mode=padding_mode)
        self.second = nn.Conv2d(channels, channels, 3, padding=1, padding_mode=padding_mode)
        with torch.no_grad():
            self.second.weight.mul_(0.1)

    def forward(self, features: Tensor) -> Tensor:
        """Returns features of the same shape (B, C, H, W)."""
        hidden = F.leaky_relu(self.first(features), LEAKY_SLOPE)
        update: Tensor = self.second(hidden)
        return features + update


class InvertedResidualBlock(nn.Module):
    """Expand 1x1, filter depthwise 3x3, project 1x1, added to the input: MobileNetV2's block without normalisation.

    Args:
        channels: width in and out.
        expansion: how many times wider the depthwise middle is.

    Source:
        Sandler et al., "MobileNetV2", CVPR 2018; used for artifact removal by Galteri et al., CAIP 2019.
    """

    def __init__(self, channels: int, expansion: int) -> None:
        super().__init__()
        wide = channels * expansion
        self.expand = nn.Conv2d(channels, wide, 1)
        self.depthwise = nn.Conv2d(wide, wide, 3, padding=1, groups=wide)
        self.project = nn.Conv2d(wide, channels, 1)
        with torch.no_grad():
            self.project.weight.mul_(0.1)

    def forward(self, features: Tensor) -> Tensor:
        """Returns features of the same shape (B, C, H, W)."""
        hidden = F.relu6(self.expand(features))
        hidden = F.relu6(self.depthwise(hidden))
        update: Tensor = self.project(hidden)
        return features + update


def zero_initialised(convolution: nn.Conv2d) -> nn.Conv2d:
    """Returns the convolution with weights and bias at zero: the residual starts as "change nothing"."""
    nn.init.zeros_(convolution.weight)
    if convolution.bias is not None:
        nn.init.zeros_(convolution.bias)
    return convolution


def run_padded(image: Tensor, multiple: int, network: Callable[[Tensor], Tensor]) -> Tensor:
    """Returns `network(image)` at the size of `image`, for networks that need sides in multiples of `multiple`.

    Pads right and below by repeating the last row and column, and crops the result.

    Args:
        image: shape (B, C, H, W), any H, W >= 1.
        multiple: the sides handed to `network` are multiples of this.
        network: keeps the shape it is given.

    Raises:
        ShapeError: if the image is not (B, 3, H, W) or is empty.

    Example:
        >>> run_padded(torch.rand(1, 3, 5, 7), 4, lambda padded: padded).shape
        torch.Size([1, 3, 5, 7])
    """
    if image.ndim != 4 or image.shape[1] != 3 or prod(image.shape) == 0:
        raise ShapeError(
            f"a generator got shape {tuple(image.shape)}; it takes RGB of shape (B, 3, H, W), none of them 0."
        )
    height, width = image.shape[-2:]
    below, right = -height % multiple, -width % multiple
    if not below and not right:
        return network(image)
    padded = F.pad(image, (0, right, 0, below), mode="replicate")
    return network(padded)[..., :height, :width]
