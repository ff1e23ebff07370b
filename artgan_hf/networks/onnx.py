"""Generators as ONNX: one graph for any number of pictures of any size. Called by restoring/backends and export/."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan_hf.optional import require

INPUT, OUTPUT = "degraded", "restored"
EXAMPLE = (2, 3, 67, 85)  # no side is a multiple of anything, so that the padding is part of the graph


class AnySize(nn.Module):
    """A generator whose padding is plain arithmetic, without the branch that a graph cannot have.

    Args:
        network: of `artgan_hf.networks`.
    """

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, degraded: Tensor) -> Tensor:
        """Returns the restored image, same shape (B, 3, H, W), clipped to [0, 1]."""
        multiple = int(self.network.size_multiple)  # type: ignore[arg-type] # a Generator by contract
        height, width = degraded.shape[-2:]
        padded = F.pad(degraded, (0, -width % multiple, 0, -height % multiple), mode="replicate")
        restored: Tensor = self.network._restore(padded)  # type: ignore[operator] # what `forward` pads for
        return restored[..., :height, :width].clamp(0, 1)


def to_onnx(network: nn.Module) -> bytes:
    """Returns a generator as an ONNX file.

    Args:
        network: of `artgan_hf.networks`, on the CPU.

    Returns:
        A graph from "degraded" to "restored": float32 in [0, 1], RGB, shape (B, 3, H, W), each of B, H, W free.

    Raises:
        MissingExtraError: if onnx or onnxscript is not installed.
    """
    require("onnx", extra="export")
    require("onnxscript", extra="export")
    any_size = torch.export.Dim.DYNAMIC
    with _quiet():
        program: Any = torch.onnx.export(
            AnySize(network).eval(),
            (torch.rand(EXAMPLE),),
            dynamo=True,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_shapes=({0: any_size, 2: any_size, 3: any_size},),
            verbose=False,
        )
    return bytes(program.model_proto.SerializeToString())


@contextmanager
def _quiet() -> Iterator[None]:
    """The exporter tells of torchvision's absence and of its own parts' old age; neither is the user's concern."""
    log = logging.getLogger("torch.onnx")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.setLevel(level)
