"""Engines other than PyTorch for a network: onnxruntime and OpenVINO, called the same way. Used by restoring/video."""

import logging
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from artgan_hf.errors import OptionError
from artgan_hf.networks.onnx import INPUT, to_onnx
from artgan_hf.optional import require

logger = logging.getLogger("artgan_hf")

BACKENDS = ("auto", "torch", "onnxruntime", "openvino")
EXTRAS = ("openvino", "onnx", "onnxscript")

Engine = Callable[[NDArray[np.float32]], NDArray[np.float32]]


def in_backend(
    network: nn.Module, backend: str = "auto", *, device: torch.device, dtype: torch.dtype = torch.float32
) -> nn.Module:
    """Returns a network that is called as the given one but runs in another engine; conversion takes seconds.

    Args:
        network: a generator of `artgan_hf.networks`, on `device`.
        backend: "torch" (the network itself), "onnxruntime", "openvino" or "auto". Auto is OpenVINO where it pays and
            is installed, which is for depthwise convolutions on a CPU: three times as fast there, and no faster for
            the other networks.
        device: "cpu" for all but torch.
        dtype: `torch.bfloat16` lets OpenVINO compute in that; onnxruntime always takes float32.

    Raises:
        OptionError: if the backend is unknown or does not run on the device.
        MissingExtraError: if it is not installed.

    Example:
        >>> from artgan_hf.networks import UnshuffleGenerator
        >>> network = UnshuffleGenerator(channels=8, blocks=1)
        >>> in_backend(network, "torch", device=torch.device("cpu")) is network
        True
    """
    if backend not in BACKENDS:
        raise OptionError(f"backend is {backend!r}; known: {', '.join(BACKENDS)}.")
    if backend == "auto":
        backend = "openvino" if device.type == "cpu" and _is_depthwise(network) and _installed() else "torch"
    if backend == "torch":
        return network
    if device.type != "cpu":
        raise OptionError(f"backend is {backend!r}, which runs on the CPU here, but device is {str(device)!r}.")
    require(backend, extra="export")
    logger.info("converting the network for %s", backend)
    return ConvertedNetwork(network, backend, dtype)


class ConvertedNetwork(nn.Module):
    """A network in another engine; one that was pickled is converted anew.

    Args:
        origin: the network in torch, on the CPU.
        backend: "onnxruntime" or "openvino".
        dtype: what convolutions run in where the engine has a choice.
    """

    def __init__(self, origin: nn.Module, backend: str, dtype: torch.dtype) -> None:
        super().__init__()
        self.origin = origin
        self.backend = backend
        self.dtype = dtype
        self.size_multiple = origin.size_multiple
        self.receptive_radius_px = origin.receptive_radius_px
        model = to_onnx(origin)
        self._engine = _onnxruntime(model) if backend == "onnxruntime" else _openvino(model, dtype)

    def forward(self, degraded: Tensor) -> Tensor:
        """Returns the restored image, same shape (B, 3, H, W), float in [0, 1], clipped to it."""
        return torch.from_numpy(self._engine(np.ascontiguousarray(degraded.numpy())))

    def __deepcopy__(self, memo: dict[int, Any]) -> "ConvertedNetwork":
        """Returns itself: its weights are the engine's and never change."""
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        """Returns how to convert it anew on the other side: engines cannot be pickled."""
        return ConvertedNetwork, (self.origin, self.backend, self.dtype)


def _onnxruntime(model: bytes) -> Engine:
    runtime = require("onnxruntime", extra="export")
    options = runtime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = runtime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(degraded: NDArray[np.float32]) -> NDArray[np.float32]:
        restored: NDArray[np.float32] = session.run(None, {INPUT: degraded})[0]
        return restored

    return run


def _openvino(model: bytes, dtype: torch.dtype) -> Engine:
    core = require("openvino", extra="export").Core()
    settings = {
        "INFERENCE_NUM_THREADS": torch.get_num_threads(),
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": "bf16" if dtype == torch.bfloat16 else "f32",
    }
    compiled = core.compile_model(core.read_model(model), "CPU", settings)

    def run(degraded: NDArray[np.float32]) -> NDArray[np.float32]:
        restored: NDArray[np.float32] = compiled({INPUT: degraded})[0]
        return restored.copy()  # the engine's own memory is written over by the next call

    return run


def _is_depthwise(network: nn.Module) -> bool:
    return any(isinstance(layer, nn.Conv2d) and layer.groups > 1 for layer in network.modules())


def _installed() -> bool:
    return all(find_spec(name) is not None for name in EXTRAS)
