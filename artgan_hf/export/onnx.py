"""Generators as ONNX and OpenVINO files, checked against torch. Called by export/model."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from artgan_hf.export.parity import EIGHT_BITS, EXACT, Parity, check_parity
from artgan_hf.networks.onnx import INPUT, OUTPUT, to_onnx
from artgan_hf.optional import require


def write_onnx(network: nn.Module, target: Path, *, calibration: Sequence[NDArray[np.uint8]] = ()) -> Parity:
    """Returns the difference from the network after writing an ONNX file.

    Number, height and width of the pictures are free.

    Args:
        network: a generator on the CPU.
        target: the file.
        calibration: degraded pictures, uint8 of shape (H, W, 3), over which the ranges of 8-bit convolutions are
            measured; none for float32.

    Raises:
        IncompatibleModelError: if it differs by more than a level of 255, with 8 bits by more than four on average.
        MissingExtraError: if onnx, onnxscript or onnxruntime is not installed.
    """
    runtime = require("onnxruntime", extra="export")
    target.write_bytes(to_onnx(network))
    if calibration:
        _quantise(target, calibration)
    session = runtime.InferenceSession(target.read_bytes(), providers=["CPUExecutionProvider"])
    return check_parity(
        network,
        lambda pictures: session.run([OUTPUT], {INPUT: pictures})[0],
        name=target.name,
        tolerance=EIGHT_BITS if calibration else EXACT,
    )


def write_openvino(network: nn.Module, target: Path) -> Parity:
    """Returns the difference from the network after writing an OpenVINO model.

    Weights are stored in float16. Number, height and width of the pictures are free.

    Args:
        network: a generator on the CPU.
        target: the .xml file; the weights go beside it into a .bin file.

    Raises:
        IncompatibleModelError: if it differs by more than a level.
        MissingExtraError: if onnx, onnxscript or openvino is not installed.
    """
    openvino = require("openvino", extra="export")
    core = openvino.Core()
    openvino.save_model(core.read_model(to_onnx(network)), str(target), compress_to_fp16=True)
    compiled = core.compile_model(core.read_model(str(target)), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return check_parity(network, lambda pictures: compiled({INPUT: pictures})[0], name=target.name)


class _Pictures:
    """Feeds the quantiser one picture at a time, as its protocol wants."""

    def __init__(self, pictures: Sequence[NDArray[np.uint8]]) -> None:
        self._feeds: Iterator[dict[str, Any]] = iter(
            [{INPUT: picture.transpose(2, 0, 1)[None].astype(np.float32) / 255} for picture in pictures]
        )

    def get_next(self) -> dict[str, Any] | None:
        """Returns the next picture; None at the end."""
        return next(self._feeds, None)


def _quantise(target: Path, calibration: Sequence[NDArray[np.uint8]]) -> None:
    """Convolutions in 8 bits, in place; the sum with the input stays in float32."""
    tools = require("onnxruntime.quantization", extra="export")
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.ERROR)  # it advises, in the root logger, what does nothing for these graphs
    try:
        tools.quantize_static(
            str(target),
            str(target),
            _Pictures(calibration),
            quant_format=tools.QuantFormat.QDQ,
            op_types_to_quantize=["Conv"],
            per_channel=True,
            activation_type=tools.QuantType.QUInt8,
            weight_type=tools.QuantType.QInt8,
        )
    finally:
        root.setLevel(level)
