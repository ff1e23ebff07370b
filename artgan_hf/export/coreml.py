"""Generators as Core ML programs, image in and image out. Called by export/model; runs on a Mac or an iPhone only."""

import logging
import platform
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from artgan_hf.export.parity import EIGHT_BITS, EXACT, Parity, check_parity
from artgan_hf.networks.onnx import INPUT, OUTPUT
from artgan_hf.optional import require

NOISY = ("coremltools", "coremltools.converters")


class _Levels(nn.Module):
    """A network whose output is in levels of 255, as Core ML's images are."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, degraded: Tensor) -> Tensor:
        restored: Tensor = self.network(degraded)
        return 255 * restored.clamp(0, 1)


def write_coreml(network: nn.Module, target: Path, *, height: int, width: int, int8: bool = False) -> Parity | None:
    """Returns the difference from the network after writing a Core ML package.

    An ML program for iOS 16 and macOS 13 on, for pictures of one size: RGB image "degraded" in, "restored" out.

    Args:
        network: a generator on the CPU.
        target: the .mlpackage folder.
        height: of the pictures.
        width: likewise.
        int8: True to store the weights in 8 bits.

    Returns:
        None where it cannot be run: anywhere but on macOS.

    Raises:
        IncompatibleModelError: if it differs by more than a level of 255, with 8 bits by more than four on average.
        MissingExtraError: if coremltools is not installed.
    """
    with _quiet():
        tools = require("coremltools", extra="export")
        # By torch.export: tracing writes the padding down in a way that the converter cannot read.
        program = torch.export.export(_Levels(network).eval(), (torch.rand(1, 3, height, width),))
        model = tools.convert(
            program.run_decompositions({}),
            inputs=[tools.ImageType(name=INPUT, shape=(1, 3, height, width), scale=1 / 255)],
            outputs=[tools.ImageType(name=OUTPUT)],
            convert_to="mlprogram",
            minimum_deployment_target=tools.target.iOS16,
            skip_model_load=platform.system() != "Darwin",
        )
        if int8:
            model = _with_small_weights(tools, model)
        model.save(str(target))
    if platform.system() != "Darwin":
        return None
    tolerance = EIGHT_BITS if int8 else EXACT
    shape = (1, 3, height, width)
    return check_parity(
        network, lambda picture: _run(model, picture), name=target.name, tolerance=tolerance, shapes=[shape]
    )


def _with_small_weights(tools: Any, model: Any) -> Any:
    recipe = tools.optimize.coreml
    settings = recipe.OptimizationConfig(global_config=recipe.OpLinearQuantizerConfig(mode="linear_symmetric"))
    return recipe.linear_quantize_weights(model, config=settings)


def _run(model: Any, pictures: NDArray[np.float32]) -> NDArray[np.float32]:
    image = PIL.Image.fromarray(np.rint(255 * pictures[0].transpose(1, 2, 0)).astype(np.uint8))
    restored = np.asarray(model.predict({INPUT: image})[OUTPUT].convert("RGB"))
    return restored.transpose(2, 0, 1)[None].astype(np.float32) / np.float32(255)


@contextmanager
def _quiet() -> Iterator[None]:
    """It warns of every torch newer than itself, and off macOS of each part that it cannot load."""
    levels = {name: logging.getLogger(name).level for name in NOISY}
    for name in NOISY:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
