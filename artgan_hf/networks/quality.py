"""The QF predictor: a CNN that tells from pixels alone at which quality a JPEG was saved."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan_hf.errors import ShapeError
from artgan_hf.networks.blocks import LEAKY_SLOPE

QUALITIES = 100
LEAST_SIDE_PX = 16


class QualityNetwork(nn.Module):
    """Judges a crop wherever its 8x8 grid starts: convolutions, strides, and the mean and spread over all positions.

    Args:
        channels: width of the first layer; the three strides double it twice.

    Source:
        Galteri et al., TMM 2019, have a CNN regressor for the quality. The layers are ours, and so is the
        output: a distribution over qualities, whose mean is the prediction.

    Example:
        >>> QualityNetwork(channels=4)(torch.rand(2, 3, 40, 33)).shape
        torch.Size([2, 100])
    """

    def __init__(self, channels: int = 24) -> None:
        super().__init__()
        self.options = {"channels": channels}
        widths = [(3, channels, 1), (channels, channels, 1)]
        widths += [(channels, 2 * channels, 2), (2 * channels, 2 * channels, 1)]
        widths += [(2 * channels, 4 * channels, 2), (4 * channels, 4 * channels, 1), (4 * channels, 4 * channels, 2)]
        self.layers = nn.ModuleList(nn.Conv2d(into, out, 3, stride, padding=1) for into, out, stride in widths)
        self.hidden = nn.Linear(8 * channels, 8 * channels)
        self.out = nn.Linear(8 * channels, QUALITIES)

    def forward(self, image: Tensor) -> Tensor:
        """Returns one logit for each quality from 1 to 100, shape (B, 100).

        Args:
            image: float in [0, 1], RGB, shape (B, 3, H, W), sides of 16 or more.

        Raises:
            ShapeError: if the shape is another.
        """
        if image.ndim != 4 or image.shape[1] != 3 or min(image.shape[-2:]) < LEAST_SIDE_PX or not image.shape[0]:
            got = tuple(image.shape)
            raise ShapeError(f"a quality was asked of shape {got}; (B, 3, H, W), sides of 16 or more, expected.")
        features = 4 * (image - image.mean((2, 3), keepdim=True))
        for layer in self.layers:
            features = F.leaky_relu(layer(features), LEAKY_SLOPE)
        pooled = torch.cat([features.mean((2, 3)), features.std((2, 3), correction=0)], dim=1)
        logits: Tensor = self.out(F.leaky_relu(self.hidden(pooled), LEAKY_SLOPE))
        return logits


def expected_quality(logits: Tensor) -> Tensor:
    """Returns the mean of the predicted distribution, float in [1, 100], shape (B,).

    Args:
        logits: shape (B, 100), for the qualities 1 to 100.

    Example:
        >>> expected_quality(torch.zeros(1, 100))
        tensor([50.5000])
    """
    qualities = torch.arange(1, QUALITIES + 1, dtype=logits.dtype, device=logits.device)
    return (logits.softmax(1) * qualities).sum(1)
