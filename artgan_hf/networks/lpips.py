"""LPIPS, the learned distance between pictures. Used by losses/, metrics/ and evaluation/."""

from os import PathLike
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from artgan_hf.errors import ShapeError
from artgan_hf.networks.backbones import TrunkName, load_trunk

HEADS_FOLDER = Path(__file__).parent / "data"
LEAST_NORM = 1e-10


class Lpips(nn.Module):
    """The learned perceptual distance LPIPS v0.1; 0 for identical pictures, lower is better.

    The heads are shipped with the package, the ImageNet trunk is found by `load_trunk`. Frozen, always in eval mode.

    Args:
        net: "alex", what the literature reports, or "vgg", what it trains with.
        folder: where the trunk's weights are; see `load_trunk`.

    Raises:
        OptionError: if the net is neither.
        ModelNotFoundError: if the trunk's weights are nowhere; the message says how to get them.
        IncompatibleModelError: if their file is broken.

    Source:
        Zhang, Isola, Efros, Shechtman, Wang, "The Unreasonable Effectiveness of Deep Features as a Perceptual Metric",
        CVPR 2018, with the authors' v0.1 heads. Unlike theirs, ours takes [0, 1] and has a finite gradient everywhere.
    """

    def __init__(self, net: TrunkName = "alex", folder: str | PathLike[str] | None = None) -> None:
        super().__init__()
        self.trunk = load_trunk(net, folder)
        heads = load_file(HEADS_FOLDER / f"lpips_{net}.safetensors")
        for name, weight in heads.items():
            self.register_buffer(name, weight, persistent=False)
        self.head_names = sorted(heads)
        self.eval()

    def train(self, mode: bool = True) -> "Lpips":
        """Returns itself, still in eval mode."""
        return super().train(False)

    def forward(self, restored: Tensor, clean: Tensor) -> Tensor:
        """Returns the distance of each pair of pictures.

        Args:
            restored: float in [0, 1], RGB, shape (B, 3, H, W), at least 31x31 pixels ("vgg": 16x16).
            clean: same shape and range.

        Returns:
            Shape (B,), 0 or more; gradients flow to both pictures.

        Raises:
            ShapeError: if the shapes differ, are not (B, 3, H, W), or are too small.
        """
        if restored.shape != clean.shape:
            message = f"restored has shape {tuple(restored.shape)}, clean {tuple(clean.shape)}; they must be the same."
            raise ShapeError(message)
        return self.between(self.features(restored), self.features(clean))

    def features(self, image: Tensor) -> list[Tensor]:
        """Returns what is compared of a picture, for `between`: for a picture that is compared more than once."""
        stages: list[Tensor] = self.trunk(image)
        return [F.normalize(stage, eps=LEAST_NORM) for stage in stages]

    def between(self, restored: list[Tensor], clean: list[Tensor]) -> Tensor:
        """Returns the distance of each pair of pictures by their `features`; shape (B,)."""
        distance = torch.zeros(len(clean[0]), dtype=clean[0].dtype, device=clean[0].device)
        for name, features, reference in zip(self.head_names, restored, clean, strict=True):
            squares = F.mse_loss(features, reference, reduction="none").mean((2, 3))
            distance = distance + squares @ self.get_buffer(name).flatten()
        return distance
