"""Finds the detector that a few words name, so that one flag on the command line reaches all kinds."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from artgan_hf.errors import ModelNotFoundError, OptionError
from artgan_hf.evaluation.detection.boxes import Detector
from artgan_hf.evaluation.plugins import is_reference, load_reference


def open_detector(name: str, *, device: str = "cpu") -> Detector:
    """Returns a detector.

    Args:
        name: a YOLOX file ending in .onnx; "torchvision" (Faster R-CNN) or "torchvision:ARCHITECTURE";
            "module:function" for a function without arguments that returns a detector of your own; or else the id on
            the Hub or the folder of a `transformers` model for object detection.
        device: of torch; ONNX runs on the CPU.

    Raises:
        ModelNotFoundError: if there is no such model.
        MissingExtraError: if its library is not installed.
        OptionError: if it is a function that returns something else.
    """
    if name.endswith(".onnx"):
        from artgan_hf.evaluation.detection.yolox import YoloxDetector  # noqa: PLC0415 - only what is asked for

        return YoloxDetector(_existing(name))
    if name.partition(":")[0] == "torchvision":
        from artgan_hf.evaluation.detection.torchvision_models import TorchvisionDetector  # noqa: PLC0415

        return TorchvisionDetector(name.partition(":")[2] or "fasterrcnn_resnet50_fpn_v2", device=device)
    if is_reference(name):
        return _own(load_reference(name), name)
    from artgan_hf.evaluation.detection.transformers_models import TransformersDetector  # noqa: PLC0415

    return TransformersDetector(name, device=device)


def _own(make: Callable[[], Any], name: str) -> Detector:
    detector = make()
    if not callable(detector) or not hasattr(detector, "classes") or not hasattr(detector, "name"):
        raise OptionError(f"{name} returned a {type(detector).__name__}; a detector has name, classes and a call.")
    return detector  # type: ignore[no-any-return] # as far as can be seen from here


def _existing(name: str) -> Path:
    path = Path(name)
    if not path.is_file():
        raise ModelNotFoundError(f"{path} does not exist; pass the ONNX file of a YOLOX detector.")
    return path
