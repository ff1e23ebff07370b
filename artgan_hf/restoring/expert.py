"""One network at work: layers of pixels in, restored layers out. Held by the restorer, alone or in an ensemble."""

import logging
from collections.abc import Callable
from copy import deepcopy
from functools import partial
from threading import Lock
from typing import Any, NamedTuple, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from artgan_hf.errors import IncompatibleModelError, ModelNotFoundError, OptionError
from artgan_hf.hub import ModelConfig, find_model
from artgan_hf.hub.folder import ModelFolder
from artgan_hf.images import Picture
from artgan_hf.restoring.alignment import passes_of
from artgan_hf.restoring.consistency import project
from artgan_hf.restoring.even_areas import keep_even_areas
from artgan_hf.restoring.fidelity import Lineage
from artgan_hf.restoring.knobs import Knobs
from artgan_hf.restoring.precision import run_network
from artgan_hf.restoring.tiling import choose_tiling, restore_tiled
from artgan_hf.types import PredictedQuality, QualitySource

logger = logging.getLogger("artgan_hf")

LAST_FIDELITY = 0.6
"""Of the last pass over a picture compressed twice. LIVE1 at 20 and then, shifted by 4 pixels, at 50 gains 0.3 dB over
its JPEG by two passes of artgan/universal, 1.0 by its parent and this, and 1.1 by two passes of the parent."""


class Place(NamedTuple):
    """Where and how networks run.

    Args:
        device: from `choose_device`.
        dtype: from `choose_dtype`.
        tile_px: side of a tile; None chooses it.
    """

    device: torch.device
    dtype: torch.dtype
    tile_px: int | None = None


class Choice(NamedTuple):
    """Which expert restores a picture, and why.

    Args:
        expert: the network.
        quality: the JPEG quality that it was chosen for; None where nothing tells it.
        quality_from: "tables", "pixels" or "asked"; None without a quality.
        predicted: what the pixels say, if they were asked.
        share: 0 to 1; how much of the asked strength the picture is to get.
    """

    expert: "Expert"
    quality: int | None
    quality_from: QualitySource | None
    predicted: PredictedQuality | None = None
    share: float = 1.0


class Experts(Protocol):
    """What a restorer asks of that which it restores with: an `Expert`, or an `Ensemble` of them."""

    def prepare(self, knobs: Knobs) -> None:
        """Checks that the knobs can be obeyed, and loads what they need."""

    def choose(self, picture: Picture, *, tables: int | None, asked: int | None) -> Choice:
        """Returns the expert for a picture, given the quality in its file's tables and the one asked for."""


class Expert:
    """A network that restores pictures. Threads may share it; they take turns.

    Args:
        network: a generator of `artgan_hf.networks`; a copy of it is kept.
        config: what it was trained for.
        name: id or folder of the model.
        place: where it runs.
        parent: as in `Restorer`.
        find: as in `Lineage`.

    Raises:
        IncompatibleModelError: if the parent at hand is not one.
    """

    def __init__(
        self,
        network: nn.Module,
        config: ModelConfig,
        *,
        name: str,
        place: Place,
        parent: nn.Module | None = None,
        find: Callable[[str], ModelFolder] = find_model,
    ) -> None:
        self.name = name
        self.codec = config.codec
        self.place = place
        self.tiling = choose_tiling(network, place.device, place.tile_px)  # type: ignore[arg-type] # a Generator
        network = deepcopy(network).eval().requires_grad_(False)
        # Channels last is the order of decoded pixels, and faster for convolutions on CPU and GPU alike.
        network = network.to(  # type: ignore[call-overload]
            device=place.device, dtype=torch.float32, memory_format=torch.channels_last
        )
        self.lineage = Lineage(network, config, name=name, parent=parent, find=find)
        self._lock = Lock()

    def prepare(self, knobs: Knobs) -> None:
        """Loads the parent if the fidelity asks for it.

        Raises:
            OptionError: if a quality is asked for, which a single network does not choose by, or a fidelity of a
                network without a parent.
            ModelNotFoundError: if the parent cannot be found.
            IncompatibleModelError: if the parent cannot be used.
        """
        if knobs.quality is not None:
            raise OptionError(
                f"quality is {knobs.quality}, but {self.name} is a single network with no choice to make: "
                "leave it out, or take an ensemble such as artgan/auto."
            )
        self.lineage.at(knobs.fidelity)

    def choose(self, picture: Picture, *, tables: int | None, asked: int | None) -> Choice:
        """Returns itself, and the quality in the file's tables."""
        return Choice(self, tables, None if tables is None else "tables")

    def restore(self, layer: NDArray[Any], knobs: Knobs, *, jpeg: bytes | None = None) -> NDArray[Any]:
        """Returns a restored layer of the same shape and type.

        Args:
            layer: as in `Picture.layers`.
            knobs: strength and fidelity count. An expert without a parent is as faithful as it can be at any fidelity.
            jpeg: the file to stay consistent with, or None.

        A picture that was compressed, cropped and compressed again is restored twice: the last compression first. A GAN
        that restores what a GAN made up leaves coloured blotches, so the parent goes first, if there is one.
        """
        if knobs.strength == 0:
            return layer
        is_grey = np.array_equal(layer[..., 0], layer[..., 1]) and np.array_equal(layer[..., 0], layer[..., 2])

        @torch.inference_mode()
        def restore_tile(network: nn.Module, tile: Tensor) -> Tensor:
            restored = run_network(network, tile, self.place.device, self.place.dtype).clamp_(0, 1)
            restored = keep_even_areas(tile, restored)
            if is_grey:  # a grey picture may be stored as colour; it must not gain any
                restored = restored.mean(1, keepdim=True).expand_as(tile)
            return restored if knobs.strength == 1 else tile.lerp(restored, knobs.strength)

        restored = layer
        passes = passes_of(layer) if self.codec == "jpeg" else [(0, 0)]
        with self._lock:
            for network, (down, right) in zip(self._networks(len(passes), knobs.fidelity), passes, strict=True):
                margins = ((down, 0), (right, 0), (0, 0))
                whole = np.pad(restored, margins, mode="symmetric") if down or right else restored
                tiling = self.tiling.sparing(*whole.shape[:2])
                restored = restore_tiled(whole, partial(restore_tile, network), tiling)[down:, right:]
        return restored if jpeg is None else project(restored, jpeg)

    def _networks(self, passes: int, fidelity: float) -> list[nn.Module]:
        """The network of each pass: of several, the parent's until the last one, which lies near it."""
        if passes > 1 and self.lineage.has_parent:
            try:
                return [*[self.lineage.at(1)] * (passes - 1), self.lineage.at(max(fidelity, LAST_FIDELITY))]
            except (ModelNotFoundError, IncompatibleModelError) as error:
                logger.warning("a picture compressed more than once is restored without the parent: %s", error)
        return [self.lineage.at(fidelity if self.lineage.has_parent else 0)] * passes
