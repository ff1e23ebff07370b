"""Models for other engines: ONNX, OpenVINO and Core ML files. Used by `artgan export`; needs the [export] extra."""

from artgan_hf.export.coreml import write_coreml
from artgan_hf.export.model import FORMATS, Exported, export_model
from artgan_hf.export.onnx import write_onnx, write_openvino
from artgan_hf.export.parity import Parity, check_parity

__all__ = [
    "FORMATS",
    "Exported",
    "Parity",
    "check_parity",
    "export_model",
    "write_coreml",
    "write_onnx",
    "write_openvino",
]
