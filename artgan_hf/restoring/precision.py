"""Where and how precisely a network runs. Used by the restorer; every tile goes through `run_network`."""

import logging
import os
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from artgan_hf.errors import IncompatibleModelError, OptionError

logger = logging.getLogger("artgan_hf")

DEVICE_TYPES = ("cpu", "cuda", "mps")
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16}
_home_pid = os.getpid()


def survive_fork() -> None:
    """Sets torch to one thread in a forked process, once; elsewhere does nothing.

    The parent's OpenMP threads do not exist in a forked child, and the first operation to share work among them would
    wait for ever. PyTorch's own data loader does the same in its workers.
    """
    global _home_pid  # noqa: PLW0603 - a fact about the process
    if os.getpid() != _home_pid:
        torch.set_num_threads(1)
        _home_pid = os.getpid()


def choose_device(device: str | torch.device = "auto") -> torch.device:
    """Returns the device to run on.

    Args:
        device: "cpu", "cuda", "cuda:1", "mps", a `torch.device`, or "auto": the first there is of cuda, mps and cpu.

    Raises:
        OptionError: if there is no such device here.

    Example:
        >>> choose_device("cpu")
        device(type='cpu')
    """
    if device == "auto":
        device = "cuda" if torch.cuda.is_available() else "mps" if torch.backends.mps.is_available() else "cpu"
    try:
        chosen = torch.device(device)
    except (RuntimeError, TypeError):
        chosen = None
    if chosen is None or chosen.type not in DEVICE_TYPES:
        raise OptionError(f"device is {device!r}; auto, cpu, cuda, cuda:1 (a number) or mps was expected.")
    is_here = {
        "cpu": True,
        "cuda": torch.cuda.is_available() and (chosen.index or 0) < torch.cuda.device_count(),
        "mps": torch.backends.mps.is_available(),
    }
    if not is_here[chosen.type]:
        raise OptionError(f"device is {str(device)!r}, but torch finds none here; take 'cpu' or 'auto'.")
    return chosen


def choose_dtype(device: torch.device, dtype: str | torch.dtype = "auto") -> torch.dtype:
    """Returns the type the convolutions run in; weights and the sum with the input stay in float32.

    "auto" is bfloat16 where the hardware computes in it and float32 elsewhere: a CPU without it emulates it, ten times
    slower. float16 is refused, since its range ends at 65504 and a picture turns black on the way.

    Args:
        device: as chosen by `choose_device`.
        dtype: "auto", "float32", "bfloat16", or one of these two as a `torch.dtype`.

    Raises:
        OptionError: if it is none of these, or bfloat16 on mps.

    Example:
        >>> choose_dtype(torch.device("cpu"), "float32")
        torch.float32
    """
    if dtype == "auto":
        return torch.bfloat16 if _computes_in_bfloat16(device) else torch.float32
    chosen = DTYPES.get(str(dtype).removeprefix("torch."))
    if chosen is None or (chosen == torch.bfloat16 and device.type == "mps"):
        known = "float32" if device.type == "mps" else "float32 or bfloat16"
        raise OptionError(f"dtype is {str(dtype)!r}; on {device.type}, auto, {known} was expected.")
    if chosen == torch.bfloat16 and not _computes_in_bfloat16(device):
        logger.warning("bfloat16 has no hardware behind it on this %s: float32 is many times faster", device.type)
    return chosen


def run_network(network: nn.Module, tile: Tensor, device: torch.device, dtype: torch.dtype) -> Tensor:
    """Returns the network's output for a tile, in float32 on the CPU, free of infinities and NaN.

    Args:
        network: on `device`, its weights in float32.
        tile: shape (B, 3, H, W), float32, on any device.
        device: where the network is.
        dtype: what the convolutions run in. Output that is not finite in a smaller type than float32 is computed again
            in float32.

    Raises:
        IncompatibleModelError: if the output is not finite in float32 either.

    Example:
        >>> run_network(nn.Identity(), torch.zeros(1, 3, 2, 2), torch.device("cpu"), torch.float32).shape
        torch.Size([1, 3, 2, 2])
    """
    restored = _run_once(network, tile, device, dtype)
    if dtype != torch.float32 and not _is_finite(restored):
        logger.warning("a tile came out infinite or NaN in %s; computing it again in float32", dtype)
        restored = _run_once(network, tile, device, torch.float32)
    if not _is_finite(restored):
        raise IncompatibleModelError(
            "the network made infinite or NaN pixels in float32; its weights are broken: download or train it again."
        )
    return restored


def _is_finite(image: Tensor) -> bool:
    """The sum is finite only if every pixel is, and takes a tenth of the time of asking each."""
    return bool(image.sum().isfinite())


def _run_once(network: nn.Module, tile: Tensor, device: torch.device, dtype: torch.dtype) -> Tensor:
    # Autocast rather than a network in bfloat16: its 8 bits would lose the input's last bits in the global residual.
    # Not entered for float32, since older torch knows no autocast on mps.
    precision: AbstractContextManager[object] = nullcontext()
    if dtype != torch.float32:
        precision = torch.autocast(device.type, dtype)
    with torch.inference_mode(), precision:
        restored: Tensor = network(tile.to(device))
        return restored.to("cpu", torch.float32)


def _computes_in_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        # Not `is_bf16_supported`, which counts emulation.
        return torch.cuda.get_device_capability(device) >= (8, 0)
    if device.type == "cpu":
        capabilities = _cpu_capabilities()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    return False


def _cpu_capabilities() -> dict[str, object]:
    """What the CPU can do; empty where torch is too old to say."""
    ask = getattr(torch.cpu, "get_capabilities", None)
    return dict(ask()) if ask is not None else {}
