"""The fidelity knob: networks between a GAN and the pixel-loss parent that it started from. Used by the experts."""

from collections.abc import Callable
from copy import deepcopy
from threading import Lock

import torch
from torch import Tensor, nn

from artgan_hf.errors import IncompatibleModelError, OptionError
from artgan_hf.hub import ModelConfig, find_model, load_network
from artgan_hf.hub.folder import ModelFolder

KEPT = 2  # mixtures
KINSHIP = 0.2
"""Least cosine between the weights of a network and its parent. Training moves weights little: what started from one
network stays near it, above 0.9 as a rule, while networks that started apart have 0 in common."""


class Lineage:
    """A network, the one its training started from, and what lies between them.

    The parent is looked up when it is first needed. The last two mixtures are kept: a picture compressed twice takes as
    many. Threads may share it.

    Args:
        network: ready to run; its own weights are never changed.
        config: names the parent.
        name: id or folder of the network, for messages.
        parent: the parent's network, where it is at hand; otherwise it is found by the id in the config.
        find: gives the folder of the parent for its id.
    """

    def __init__(
        self,
        network: nn.Module,
        config: ModelConfig,
        *,
        name: str,
        parent: nn.Module | None = None,
        find: Callable[[str], ModelFolder] = find_model,
    ) -> None:
        self.network = network
        self.name = name
        self.parent_id = config.parent
        self.parent = None if parent is None else deepcopy(parent).cpu()
        self._find = find
        self._lock = Lock()
        self._mixed: dict[float, nn.Module] = {}
        if self.parent is not None:
            self._check_kin(self.parent)

    @property
    def has_parent(self) -> bool:
        """True if there is a parent, at hand or to be found."""
        return self.parent is not None or self.parent_id is not None

    def at(self, fidelity: float) -> nn.Module:
        """Returns the network at a fidelity: 0 is its own weights, 1 the parent's.

        Raises:
            OptionError: if `fidelity` is above 0 and there is no parent.
            ModelNotFoundError: if the parent cannot be found.
            IncompatibleModelError: if it is broken, or not the parent of this network.
        """
        if fidelity == 0:
            return self.network
        with self._lock:
            if self.parent is None:
                self.parent = self._found_parent(fidelity)
            if fidelity not in self._mixed:
                if len(self._mixed) == KEPT:
                    del self._mixed[next(iter(self._mixed))]
                self._mixed[fidelity] = interpolated(self.network, self.parent, fidelity)
            return self._mixed[fidelity]

    def _found_parent(self, fidelity: float) -> nn.Module:
        if self.parent_id is None:
            raise OptionError(
                f"fidelity is {fidelity:g}, but {self.name} names no pixel-loss parent to go back to (a model trained "
                "on a pixel loss alone is as faithful as it gets): leave fidelity at 0."
            )
        parent, _ = load_network(self._find(self.parent_id))
        self._check_kin(parent)
        return parent

    def _check_kin(self, parent: nn.Module) -> None:
        try:
            check_kin(self.network, parent)
        except IncompatibleModelError as error:
            message = f"{self.name} and its parent {self.parent_id or ''}".rstrip()
            raise IncompatibleModelError(f"{message} cannot be mixed: {error}") from error


def interpolated(network: nn.Module, parent: nn.Module, share: float) -> nn.Module:
    """Returns a network whose weights lie on the line between those of two.

    Args:
        network: of any device and memory layout, which the result has too.
        parent: of the same architecture and options; a network that `network` was trained from, or a relative.
        share: 0 gives the weights of `network`, 1 those of `parent`.

    Raises:
        IncompatibleModelError: if they differ in architecture or options, or their weights have nothing in common.

    Source:
        Wang et al., "ESRGAN: Enhanced Super-Resolution Generative Adversarial Networks", ECCV Workshops 2018, section
        3.4, "Network Interpolation".

    Example:
        >>> from artgan_hf.networks import UnshuffleGenerator
        >>> parent = UnshuffleGenerator(channels=8, blocks=1)
        >>> network = deepcopy(parent)
        >>> _ = nn.init.constant_(network.tail.bias, 1.0)
        >>> interpolated(network, parent, 0.25).tail.bias[0].item()
        0.75
    """
    check_kin(network, parent)
    theirs = parent.state_dict()
    weights = {name: torch.lerp(own, theirs[name].to(own), share) for name, own in network.state_dict().items()}
    between = deepcopy(network)
    between.load_state_dict(weights)
    return between


def check_kin(network: nn.Module, parent: nn.Module) -> None:
    """Checks that two networks can be mixed.

    Args:
        network: a generator of `artgan_hf.networks`.
        parent: another.

    Raises:
        IncompatibleModelError: as `interpolated`.
    """
    if type(network) is not type(parent) or network.options != parent.options:
        raise IncompatibleModelError(f"one is {_described(network)}, the other {_described(parent)}.")
    if _cosine(network, parent) < KINSHIP:
        raise IncompatibleModelError("their weights have nothing in common: neither was trained from the other.")


def _described(network: nn.Module) -> str:
    return f"{type(network).__name__} with {getattr(network, 'options', {})}"


def _cosine(network: nn.Module, parent: nn.Module) -> float:
    """The cosine of the angle between the weights of two networks; their biases and slopes are left out."""
    own, theirs = (_direction(one) for one in (network, parent))
    return torch.nn.functional.cosine_similarity(own, theirs, dim=0).item()


def _direction(network: nn.Module) -> Tensor:
    weights = [tensor for tensor in network.state_dict().values() if tensor.ndim > 1]
    return torch.cat([tensor.to("cpu", torch.float32).flatten() for tensor in weights])
