"""Frozen ImageNet trunks that look at pictures for the feature loss, LPIPS and the quality judges.

The weights are not shipped. They come from a folder of safetensors files or, failing that, from torchvision.
"""

import os
from collections import OrderedDict, deque
from collections.abc import Callable
from itertools import pairwise
from math import prod
from os import PathLike
from pathlib import Path
from typing import Any, Literal

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from artgan_hf.errors import IncompatibleModelError, MissingExtraError, ModelNotFoundError, OptionError, ShapeError
from artgan_hf.networks.winograd import WinogradConv2d
from artgan_hf.optional import require

TrunkName = Literal["alex", "vgg"]

FOLDER_VARIABLE = "ARTGAN_BACKBONES"
FILE_NAMES = {"alex": "alexnet_features.safetensors", "vgg": "vgg16_features.safetensors"}
TORCHVISION_NAMES = {"alex": "alexnet", "vgg": "vgg16"}
LEAST_SIDE_PX = {"alex": 31, "vgg": 16}
MEAN = (0.485, 0.456, 0.406)
DEVIATION = (0.229, 0.224, 0.225)

# Channels of each 3x3 convolution of VGG16, stage by stage; a stage ends in a ReLU, and a pooling leads to the next.
WIDE = 64  # channels from which on the other way to convolve is the faster one
VGG_STAGES = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))


class FeatureTrunk(nn.Module):
    """The convolutions of VGG16 or AlexNet: five stages of features, frozen, always in eval mode.

    Fresh weights mean nothing: use `load_trunk`. Parameters have torchvision's names (`features.0.weight`, ...).

    Args:
        net: "alex" (2.5 M weights) or "vgg" (14.7 M).

    Raises:
        OptionError: if it is neither.

    Source:
        Krizhevsky, "One weird trick for parallelizing convolutional neural networks", 2014; Simonyan and Zisserman,
        "Very Deep Convolutional Networks for Large-Scale Image Recognition", ICLR 2015, configuration D. Ours ends with
        the last ReLU: no last pooling, no classifier.

    Example:
        >>> [tuple(stage.shape) for stage in FeatureTrunk("vgg").stages(torch.rand(1, 3, 16, 16), count=2)]
        [(1, 64, 16, 16), (1, 128, 8, 8)]
    """

    mean: Tensor
    deviation: Tensor

    def __init__(self, net: TrunkName) -> None:
        super().__init__()
        if net not in FILE_NAMES:
            raise OptionError(f"net is {net!r}; {' or '.join(FILE_NAMES)} was expected.")
        self.net = net
        layers, self.stage_ends = _vgg_layers() if net == "vgg" else _alex_layers()
        self.features = nn.Sequential(OrderedDict((str(place), layer) for place, layer in enumerate(layers)))
        self.register_buffer("mean", torch.tensor(MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("deviation", torch.tensor(DEVIATION).view(3, 1, 1), persistent=False)
        self.shared: Remembered | None = None
        self.requires_grad_(False).eval()

    def train(self, mode: bool = True) -> "FeatureTrunk":
        """Returns itself, still in eval mode: a judge does not learn from what it judges."""
        return super().train(False)

    def stages(self, image: Tensor, count: int = 5) -> list[Tensor]:
        """Returns the activations at the ends of the first stages; gradients flow to the image.

        Args:
            image: float in [0, 1], RGB, shape (B, 3, H, W), at least 16x16 pixels for "vgg", 31x31 for "alex".
            count: how many stages, 1 to 5. For VGG16 these are relu1_2, relu2_2, relu3_3, relu4_3, relu5_3.

        Returns:
            A list of `count` tensors (B, C_i, H_i, W_i), each 0 or more.

        Raises:
            ShapeError: if the image is not (B, 3, H, W) or too small.
            OptionError: if count is not 1 to 5.
        """
        least = LEAST_SIDE_PX[self.net]
        if image.ndim != 4 or image.shape[1] != 3 or prod(image.shape) == 0 or min(image.shape[-2:]) < least:
            shape = tuple(image.shape)
            raise ShapeError(
                f"{self.net} got shape {shape}; (B, 3, H, W) was expected, at least {least}x{least} pixels."
            )
        if not 1 <= count <= len(self.stage_ends):
            raise OptionError(f"count is {count}; 1 to {len(self.stage_ends)} stages were expected.")
        hidden = self.first_stage(image) if self.shared is None else self.shared(image)
        activations = [hidden]
        for start, end in pairwise(self.stage_ends[:count]):
            hidden = self.features[start:end](hidden)
            activations.append(hidden)
        return activations

    def first_stage(self, image: Tensor) -> Tensor:
        """Returns the activations of the first stage alone; see `stages`."""
        first: Tensor = self.features[: self.stage_ends[0]]((image - self.mean) / self.deviation)
        return first

    def share_first_stage(self, other: "FeatureTrunk") -> None:
        """Computes a first stage only once for two trunks of one kind that see a picture one after the other."""
        self.shared = other.shared = Remembered(self.first_stage, count=2)  # a restored picture and a clean one

    def forward(self, image: Tensor) -> list[Tensor]:
        """Returns the activations of all five stages; see `stages`."""
        return self.stages(image)


class Remembered:
    """A function of a picture that knows its last answers, unless gradients are asked for.

    Args:
        function: of one picture.
        count: how many answers are kept.
    """

    def __init__(self, function: Callable[[Tensor], Any], *, count: int) -> None:
        self.function = function
        self.last: deque[tuple[Tensor, Any]] = deque(maxlen=count)

    def __call__(self, image: Tensor) -> Any:
        """Returns the function's answer."""
        if torch.is_grad_enabled():
            return self.function(image)
        for seen, answer in self.last:
            if torch.equal(seen, image):
                return answer
        self.last.append((image, self.function(image)))
        return self.last[-1][1]


def load_trunk(net: TrunkName, folder: str | PathLike[str] | None = None) -> FeatureTrunk:
    """Returns a trunk with its ImageNet weights, on the CPU.

    Args:
        net: "alex" or "vgg".
        folder: where alexnet_features.safetensors and vgg16_features.safetensors are. If None, the folder named by the
            environment variable ARTGAN_BACKBONES; if that is not set, artgan_hf/backbones in the user's cache, and then
            torchvision, which downloads the weights once.

    Raises:
        OptionError: if the net is neither.
        ModelNotFoundError: if the weights are nowhere; the message says how to get them.
        IncompatibleModelError: if the file is broken or holds another network.
    """
    trunk = FeatureTrunk(net)
    asked = folder or os.environ.get(FOLDER_VARIABLE)
    path = Path(asked or cache_folder()) / FILE_NAMES[net]
    try:
        weights = load_file(path) if path.is_file() or asked else _torchvision_weights(net, path)
        trunk.load_state_dict(weights)
    except OSError as error:
        raise ModelNotFoundError(
            f"{path} cannot be read; pass the folder that has it, or set {FOLDER_VARIABLE}."
        ) from error
    except (SafetensorError, RuntimeError) as error:
        reason = " ".join(str(error).split())
        raise IncompatibleModelError(
            f"{path} does not hold the weights of {TORCHVISION_NAMES[net]}: {reason}"
        ) from error
    trunk.to(memory_format=torch.channels_last)  # type: ignore[call-overload] # a fifth less time on CPUs
    return trunk


def cache_folder() -> Path:
    """Returns where backbones are looked for if nothing else is said: `~/.cache/artgan_hf/backbones`."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "artgan_hf" / "backbones"


def _torchvision_weights(net: TrunkName, path: Path) -> dict[str, Tensor]:
    name = TORCHVISION_NAMES[net]
    try:
        models = require("torchvision", extra="eval").models
    except MissingExtraError as error:
        raise ModelNotFoundError(
            f"the ImageNet weights of {name} are not here: `pip install torchvision` to have them downloaded once, "
            f"or put its `features` as {path.name} into {path.parent} or a folder named by {FOLDER_VARIABLE}."
        ) from error
    network = models.get_model(name, weights="IMAGENET1K_V1")
    return {key: value for key, value in network.state_dict().items() if key.startswith("features.")}


def _vgg_layers() -> tuple[list[nn.Module], list[int]]:
    layers: list[nn.Module] = []
    ends: list[int] = []
    into = 3
    for widths in VGG_STAGES:
        if layers:
            layers.append(nn.MaxPool2d(2, 2))
        for width in widths:
            wide = into >= WIDE
            layers += [
                WinogradConv2d(into, width) if wide else nn.Conv2d(into, width, 3, padding=1),
                nn.ReLU(inplace=True),
            ]
            into = width
        ends.append(len(layers))
    return layers, ends


def _alex_layers() -> tuple[list[nn.Module], list[int]]:
    layers = [
        nn.Conv2d(3, 64, 11, stride=4, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
        nn.Conv2d(64, 192, 5, padding=2), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2),
        nn.Conv2d(192, 384, 3, padding=1), nn.ReLU(inplace=True),
        nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(inplace=True),
        nn.Conv2d(256, 256, 3, padding=1), nn.ReLU(inplace=True),
    ]  # fmt: skip
    return layers, [2, 5, 8, 10, 12]
