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


def fold_into(convolution: nn.Conv2d, image: Tensor, fold: int) -> Tensor:
    """Returns `convolution(F.pixel_unshuffle(image, fold))`.

    Where the colours of a pixel lie together in memory they are moved together, `fold` pixels at a time, and the
    weights take their order: a fifth of the time.

    Args:
        convolution: from C * fold * fold channels.
        image: shape (B, C, H, W), sides in multiples of `fold`.
        fold: side of the square of pixels that becomes one position.

    Example:
        >>> convolution, image = nn.Conv2d(12, 8, 3, padding=1), torch.rand(1, 3, 4, 6)
        >>> apart, together = (fold_into(convolution, image.contiguous(memory_format=order), 2)
        ...     for order in (torch.contiguous_format, torch.channels_last))
        >>> torch.allclose(apart, together, atol=1e-6)
        True
    """
    if not image.is_contiguous(memory_format=torch.channels_last):
        folded: Tensor = convolution(F.pixel_unshuffle(image, fold))
        return folded
    batch, channels, height, width = image.shape
    size = (batch, height // fold, width // fold, fold * fold * channels)
    rows = image.permute(0, 2, 3, 1).reshape(-1, fold, width // fold, fold * channels)
    pixels = rows.transpose(1, 2).reshape(size).permute(0, 3, 1, 2)
    weight = convolution.weight[:, _colours_last(convolution.in_channels, fold)]
    return F.conv2d(pixels, weight, convolution.bias, padding=convolution.padding)


def unfold_from(convolution: nn.Conv2d, features: Tensor, fold: int) -> Tensor:
    """Returns `F.pixel_shuffle(convolution(features), fold)`; the counterpart of `fold_into`.

    Args:
        convolution: to C * fold * fold channels.
        features: shape (B, channels, H, W).
        fold: side of the square of pixels that one position becomes.

    Example:
        >>> convolution, features = nn.Conv2d(8, 12, 3, padding=1), torch.rand(1, 8, 2, 3)
        >>> apart, together = (unfold_from(convolution, features.contiguous(memory_format=order), 2)
        ...     for order in (torch.contiguous_format, torch.channels_last))
        >>> torch.allclose(apart, together, atol=1e-6)
        True
    """
    if not features.is_contiguous(memory_format=torch.channels_last):
        return F.pixel_shuffle(convolution(features), fold)
    order = _colours_last(convolution.out_channels, fold)
    bias = None if convolution.bias is None else convolution.bias[order]
    pixels = F.conv2d(features, convolution.weight[order], bias, padding=convolution.padding).permute(0, 2, 3, 1)
    batch, height, width, _ = pixels.shape
    rows = pixels.reshape(batch * height, width, fold, -1).transpose(1, 2)
    return rows.reshape(batch, height * fold, width * fold, -1).permute(0, 3, 1, 2)


def _colours_last(channels: int, fold: int) -> Tensor:
    """Channels as pixel unshuffle numbers them (colour, row, column), in the order row, column, colour."""
    return torch.arange(channels).reshape(-1, fold, fold).permute(1, 2, 0).flatten()


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
