"""The closed list of generators that a Hub config may name. Called by hub/, restoring/ and evaluation/."""

import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Protocol

from torch import Tensor, nn

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.networks.light import InvertedResidualGenerator, UnshuffleGenerator
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


def architecture_of(network: nn.Module) -> str:
    """Returns the registry name of a generator.

    Raises:
        IncompatibleModelError: if its class is not in the registry.

    Example:
        >>> architecture_of(UnshuffleGenerator(8, 1))
        'unshuffle'
    """
    for name, kind in GENERATORS.items():
        if type(network) is kind:
            return name
    known = ", ".join(GENERATORS)
    raise IncompatibleModelError(f"{type(network).__name__} is not a published architecture; known: {known}.")


def build_generator(architecture: str, options: Mapping[str, int]) -> nn.Module:
    """Returns a generator with fresh weights.

    Args:
        architecture: a name in `GENERATORS`.
        options: its constructor's arguments; each an integer from 1 to 1024. Left-out ones take their defaults.

    Raises:
        IncompatibleModelError: if the name or an option is unknown, or an option is not an integer in range.

    Example:
        >>> build_generator("unshuffle", {"channels": 8, "blocks": 1}).options
        {'channels': 8, 'blocks': 1, 'fold': 4}
    """
    if architecture not in GENERATORS:
        near = get_close_matches(architecture, GENERATORS, n=1)
        hint = f" Did you mean {near[0]}?" if near else " A newer artgan-hf may know it: pip install -U artgan-hf."
        raise IncompatibleModelError(f"architecture is {architecture!r}; known: {', '.join(GENERATORS)}.{hint}")
    kind = GENERATORS[architecture]
    allowed = list(inspect.signature(kind).parameters)
    for name, value in options.items():
        if name not in allowed:
            raise IncompatibleModelError(
                f"{architecture} has no option {name!r}; its options are {', '.join(allowed)}."
            )
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= OPTION_LIMIT:
            raise IncompatibleModelError(
                f"option {name} is {value!r}; an integer from 1 to {OPTION_LIMIT} was expected."
            )
    return kind(**options)
