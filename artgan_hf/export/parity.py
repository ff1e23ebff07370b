"""Does an exported file compute what the network computes? Used by export/model."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from artgan_hf.errors import IncompatibleModelError

SHAPES = ((1, 3, 64, 96), (2, 3, 61, 75), (1, 3, 5, 7))
"""Multiples of everything, of nothing, and less than a block; one and two pictures."""


class Parity(NamedTuple):
    """How far an exported file is from the network, in levels of 255.

    Args:
        largest: over all pixels.
        mean: likewise.
    """

    largest: float
    mean: float

    def __str__(self) -> str:
        """Returns both in words."""
        return f"{self.largest:.3f} levels of 255 at most and {self.mean:.4f} on average"


EXACT = Parity(1.0, 1.0)
EIGHT_BITS = Parity(255.0, 4.0)
"""Eight bits may move single pixels, but not the picture."""


def check_parity(
    network: nn.Module,
    run: Callable[[NDArray[np.float32]], NDArray[np.float32]],
    *,
    name: str,
    tolerance: Parity = EXACT,
    shapes: Sequence[tuple[int, int, int, int]] = SHAPES,
) -> Parity:
    """Returns the difference between a network and an engine that runs its file.

    Args:
        network: in torch, on the CPU.
        run: the engine: float32 in [0, 1] of shape (B, 3, H, W) in, the same out.
        name: of the file, for the error.
        tolerance: what the difference may be.
        shapes: of the pictures it is tried on.

    Raises:
        IncompatibleModelError: if the difference is larger.

    Example:
        >>> check_parity(nn.Identity(), lambda pictures: pictures, name="same.onnx")
        Parity(largest=0.0, mean=0.0)
    """
    largest, means = 0.0, []
    for shape in shapes:
        pictures = _picture(shape)
        with torch.inference_mode():
            expected = network(torch.from_numpy(pictures)).clamp(0, 1).numpy()
        difference = 255 * np.abs(run(pictures) - expected)
        largest = max(largest, float(difference.max()))
        means.append(float(difference.mean()))
    parity = Parity(largest, sum(means) / len(means))
    if parity.largest > tolerance.largest or parity.mean > tolerance.mean:
        raise IncompatibleModelError(
            f"{name} differs from the network by {parity}, more than is allowed ({tolerance}); "
            "export another format, or without --int8."
        )
    return parity


def _picture(shape: tuple[int, int, int, int]) -> NDArray[np.float32]:
    """Waves with a little noise: what is neither flat nor unlike a picture."""
    batch, channels, height, width = np.ogrid[: shape[0], : shape[1], : shape[2], : shape[3]]
    waves = 0.5 + 0.35 * np.sin(height / 5 + batch) * np.cos(width / 7 + channels)
    noise = np.random.default_rng(0).uniform(-0.1, 0.1, shape)
    return (waves + noise).clip(0, 1).astype(np.float32)
