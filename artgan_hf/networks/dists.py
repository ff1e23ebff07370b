"""DISTS, a learned distance that forgives another texture of the same kind. Used by evaluation/ and metrics/."""

from os import PathLike
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from artgan_hf.errors import ShapeError
from artgan_hf.networks.backbones import load_trunk

WEIGHTS = Path(__file__).parent / "data" / "dists.safetensors"
CHANNELS = (3, 64, 128, 256, 512, 512)  # of the picture itself and of VGG16's five stages
STABILITY = 1e-6


class Dists(nn.Module):
    """The distance DISTS of structure and texture; 0 for identical pictures, lower is better.

    Its weights are shipped with the package, the ImageNet trunk is found by `load_trunk`. Frozen, always in eval mode.

    Args:
        folder: where VGG16's weights are; see `load_trunk`.

    Raises:
        ModelNotFoundError: if the trunk's weights are nowhere; the message says how to get them.
        IncompatibleModelError: if their file is broken.

    Source:
        Ding, Ma, Wang, Simoncelli, "Image Quality Assessment: Unifying Structure and Texture Similarity", IEEE TPAMI
        2020, with the authors' weights. Pictures are compared at their own size, not scaled to 256 pixels as in the
        authors' demo. The published means over LIVE1 as JPEG of quality 5, 10 and 20 (0.324, 0.239, 0.165; CODiff, ICCV
        2025) come out to the last digit.
    """

    alpha: Tensor
    beta: Tensor

    def __init__(self, folder: str | PathLike[str] | None = None) -> None:
        super().__init__()
        self.trunk = load_trunk("vgg", folder)
        for place, layer in enumerate(self.trunk.features):
            if isinstance(layer, nn.MaxPool2d):
                self.trunk.features[place] = _EnergyPooling()
        weights = load_file(WEIGHTS)
        total = weights["alpha"].sum() + weights["beta"].sum()
        for name, weight in weights.items():
            self.register_buffer(name, weight / total, persistent=False)
        self.eval()

    def train(self, mode: bool = True) -> "Dists":
        """Returns itself, still in eval mode."""
        return super().train(False)

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns the distance of each pair of pictures.

        Args:
            restored: float in [0, 1], RGB, shape (B, 3, H, W), at least 16x16 pixels.
            clean: same shape and range.

        Returns:
            Shape (B,), 0 to about 1; gradients flow to both pictures.

        Raises:
            ShapeError: if the shapes differ, are not (B, 3, H, W), or are too small.
        """
        if restored.shape != clean.shape:
            message = f"restored has shape {tuple(restored.shape)}, clean {tuple(clean.shape)}; they must be the same."
            raise ShapeError(message)
        return self.between(self.features(restored), self.features(clean))

    def features(self, image: Tensor) -> list["StageStatistics"]:
        """Returns what is compared of a picture, for `between`: for a picture that is compared more than once."""
        return [_statistics(stage) for stage in (image, *self.trunk(image))]

    def between(self, restored: list["StageStatistics"], clean: list["StageStatistics"]) -> Tensor:
        """Returns the distance of each pair of pictures by their `features`; shape (B,)."""
        pairs = zip(restored, clean, strict=True)
        texture, structure = zip(*(_similarities(one, other) for one, other in pairs), strict=True)
        return 1 - (self.alpha * torch.cat(texture, 1)).sum(1) - (self.beta * torch.cat(structure, 1)).sum(1)


class StageStatistics(NamedTuple):
    """What DISTS compares of a stage of features.

    Args:
        mean: of each channel, shape (B, C).
        deviation: of each place from the mean, shape (B, C, H, W).
        variance: of each channel, shape (B, C).
    """

    mean: Tensor
    deviation: Tensor
    variance: Tensor


class _EnergyPooling(nn.Module):
    """Halves a picture without aliasing: the root of the local mean energy, in place of the maximum."""

    def forward(self, features: Tensor) -> Tensor:
        channels = features.shape[1]
        line = torch.tensor([0.25, 0.5, 0.25], dtype=features.dtype, device=features.device)
        window = torch.outer(line, line).expand(channels, 1, 3, 3)
        energy = F.conv2d(features.square(), window, stride=2, padding=1, groups=channels)
        return (energy + 1e-12).sqrt()


def _statistics(stage: Tensor) -> StageStatistics:
    mean = stage.mean((2, 3))
    deviation = stage - mean[..., None, None]
    return StageStatistics(mean, deviation, deviation.square().mean((2, 3)))


def _similarities(one: StageStatistics, other: StageStatistics) -> tuple[Tensor, Tensor]:
    """How alike the means and the deviations of each channel are: texture and structure, each (B, C)."""
    covariance = (one.deviation * other.deviation).mean((2, 3))
    texture = (2 * one.mean * other.mean + STABILITY) / (one.mean.square() + other.mean.square() + STABILITY)
    structure = (2 * covariance + STABILITY) / (one.variance + other.variance + STABILITY)
    return texture, structure
