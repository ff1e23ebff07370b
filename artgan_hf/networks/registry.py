"""The closed lists of networks that a Hub config may name. Called by hub/, restoring/, training/ and evaluation/."""

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Protocol

from torch import Tensor, nn

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.networks.light import InvertedResidualGenerator, UnshuffleGenerator
from artgan_hf.networks.quality import QualityNetwork
from artgan_hf.networks.residual import ResidualGenerator
from artgan_hf.networks.two_scale import TwoScaleGenerator

OPTION_LIMIT = 1024


class Generator(Protocol):
    """What restoring/ asks of a network: (B, 3, H, W) in, the same shape out."""

    options: dict[str, int]

    @property
    def size_multiple(self) -> int:
        """Sides are padded to a multiple of this inside `forward`; tiles start on multiples of it."""

    @property
    def receptive_radius_px(self) -> int:
        """How far, in pixels, one output pixel can see in each direction."""

    def __call__(self, degraded: Tensor) -> Tensor:
        """Returns the restored image, same shape."""


GENERATORS: dict[str, type[nn.Module]] = {
    "residual": ResidualGenerator,
    "two-scale": TwoScaleGenerator,
    "unshuffle": UnshuffleGenerator,
    "inverted-residual": InvertedResidualGenerator,
}


QUALITY_NETWORKS: dict[str, type[nn.Module]] = {"quality-cnn": QualityNetwork}

NETWORKS = {"generator": GENERATORS, "quality-predictor": QUALITY_NETWORKS}
"""Architectures by the kind of a model: what it is for."""


def architecture_of(network: nn.Module) -> str:
    """Returns the registry name of a network.

    Raises:
        IncompatibleModelError: if its class is not in the registry.

    Example:
        >>> architecture_of(UnshuffleGenerator(8, 1))
        'unshuffle'
    """
    return _entry_of(network)[1]


def kind_of(network: nn.Module) -> str:
    """Returns what a network is for: "generator" or "quality-predictor".

    Raises:
        IncompatibleModelError: if its class is not in the registry.

    Example:
        >>> kind_of(UnshuffleGenerator(8, 1))
        'generator'
    """
    return _entry_of(network)[0]


def build_generator(architecture: str, options: Mapping[str, int]) -> nn.Module:
    """Returns a generator with fresh weights: `build_network` for the kind "generator".

    Example:
        >>> build_generator("unshuffle", {"channels": 8, "blocks": 1}).options
        {'channels': 8, 'blocks': 1, 'fold': 4}
    """
    return build_network("generator", architecture, options)


def build_network(kind: str, architecture: str, options: Mapping[str, int]) -> nn.Module:
    """Returns a network with fresh weights.

    Args:
        kind: a name in `NETWORKS`.
        architecture: a name in the list of that kind.
        options: its constructor's arguments; each an integer from 1 to 1024. Left-out ones take their defaults.

    Raises:
        IncompatibleModelError: if a name or an option is unknown, or an option is not an integer in range.

    Example:
        >>> build_network("quality-predictor", "quality-cnn", {"channels": 8}).options
        {'channels': 8}
    """
    known = NETWORKS[kind]
    if architecture not in known:
        near = get_close_matches(architecture, known, n=1)
        hint = f" Did you mean {near[0]}?" if near else " A newer artgan-hf may know it: pip install -U artgan-hf."
        raise IncompatibleModelError(f"architecture is {architecture!r}; known: {', '.join(known)}.{hint}")
    allowed = list(inspect.signature(known[architecture]).parameters)
    for name, value in options.items():
        if name not in allowed:
            raise IncompatibleModelError(
                f"{architecture} has no option {name!r}; its options are {', '.join(allowed)}."
            )
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= OPTION_LIMIT:
            raise IncompatibleModelError(
                f"option {name} is {value!r}; an integer from 1 to {OPTION_LIMIT} was expected."
            )
    return known[architecture](**options)


def _entry_of(network: nn.Module) -> tuple[str, str]:
    for kind, architectures in NETWORKS.items():
        for name, network_class in architectures.items():
            if type(network) is network_class:
                return kind, name
    known = ", ".join(name for architectures in NETWORKS.values() for name in architectures)
    raise IncompatibleModelError(f"{type(network).__name__} is not a published architecture; known: {known}.")
