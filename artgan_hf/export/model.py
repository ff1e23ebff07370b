"""A published or local model as a file for another engine. Used by `artgan export`."""

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from torch import nn

from artgan_hf.errors import ArtganError, OptionError
from artgan_hf.export.coreml import write_coreml
from artgan_hf.export.onnx import write_onnx, write_openvino
from artgan_hf.export.parity import Parity
from artgan_hf.hub import find_model, load_network

FORMATS = {"onnx": ".onnx", "openvino": ".xml", "coreml": ".mlpackage"}
"""Names of formats, and what files in them are called."""
LEAST_SIDE_PX = 16


@dataclass(frozen=True)
class Exported:
    """An exported model.

    Args:
        path: the file; for OpenVINO its weights lie beside it, and a Core ML package is a folder.
        bytes: size, all files together.
        parity: how far it is from the network in torch; None where it cannot be run.
    """

    path: Path
    bytes: int
    parity: Parity | None


def export_model(
    model: str | PathLike[str],
    target: str | PathLike[str],
    *,
    format: str = "onnx",
    size: tuple[int, int] = (1280, 720),
    int8: bool = False,
    calibration: Sequence[NDArray[np.uint8]] = (),
    overwrite: bool = False,
) -> Exported:
    """Returns what became of a model that was written for another engine and checked against torch.

    Args:
        model: an id such as "artgan/qf10", or a folder.
        target: the file, with the format's suffix. It appears only when it was checked.
        format: "onnx", "openvino" (both for any number of pictures of any size) or "coreml".
        size: (width, height) of Core ML's pictures.
        int8: True for 8-bit convolutions (onnx, needs `calibration`) or 8-bit weights (coreml).
        calibration: degraded pictures, uint8 of shape (H, W, 3); a few dozen crops will do.
        overwrite: True to replace files that are there.

    Raises:
        OptionError: if the arguments make no sense together.
        ArtganError: if the target, or the weights beside it, is there already or cannot be written.
        ModelNotFoundError: if there is no such model.
        IncompatibleModelError: if the model is broken, or the file does not compute what it computes.
        MissingExtraError: if what the format needs is not installed.
    """
    path = Path(target)
    _check(path, format, size, int8=int8, has_calibration=bool(calibration))
    for file in (path, path.with_suffix(".bin")) if format == "openvino" else (path,):
        if file.exists() and not overwrite:
            raise ArtganError(f"{file} is there already; overwrite it, or give another name.")
    network, _ = load_network(find_model(model))
    unfinished = path.parent / f".{path.stem}.{os.getpid()}.part"
    try:
        unfinished.mkdir(parents=True)
        written = unfinished / path.name
        parity = _write(network, written, format, size, int8=int8, calibration=calibration)
        total = sum(file.stat().st_size for file in unfinished.rglob("*") if file.is_file())
        for part in sorted(
            unfinished.iterdir(), key=lambda part: part == written
        ):  # the weights before what names them
            _put(part, path.parent / part.name)
    except OSError as error:
        raise ArtganError(f"{path} cannot be written ({error.strerror}); choose another place.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return Exported(path, total, parity)


def _write(
    network: nn.Module,
    target: Path,
    format: str,
    size: tuple[int, int],
    *,
    int8: bool,
    calibration: Sequence[NDArray[np.uint8]],
) -> Parity | None:
    if format == "onnx":
        return write_onnx(network, target, calibration=calibration if int8 else ())
    if format == "openvino":
        return write_openvino(network, target)
    return write_coreml(network, target, height=size[1], width=size[0], int8=int8)


def _check(path: Path, format: str, size: tuple[int, int], *, int8: bool, has_calibration: bool) -> None:
    if format not in FORMATS:
        raise OptionError(f"format is {format!r}; known: {', '.join(FORMATS)}.")
    if path.suffix.lower() != FORMATS[format]:
        raise OptionError(f"the model was to be {path}; the name of a {format} file must end in {FORMATS[format]}.")
    if min(size) < LEAST_SIDE_PX:
        raise OptionError(f"size is {size[0]}x{size[1]}; at least {LEAST_SIDE_PX} pixels on each side were expected.")
    if int8 and format == "openvino":
        raise OptionError("int8 is for onnx and coreml; OpenVINO reads a quantised onnx file: export that.")
    if int8 and format == "onnx" and not has_calibration:
        raise OptionError("int8 for onnx needs degraded pictures to measure ranges on; give some as calibration.")


def _put(part: Path, place: Path) -> None:
    if part.is_dir():  # a folder cannot take the place of one that is not empty
        with suppress(FileNotFoundError):
            shutil.rmtree(place)
    part.replace(place)
