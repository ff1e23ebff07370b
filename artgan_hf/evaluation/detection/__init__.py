"""The object detector as judge: does it find in restored pictures what it finds in the originals?"""

from artgan_hf.evaluation.detection.annotations import AnnotatedPicture, read_annotations
from artgan_hf.evaluation.detection.boxes import Detections, Detector
from artgan_hf.evaluation.detection.detectors import open_detector
from artgan_hf.evaluation.detection.precision import Precision, average_precision
from artgan_hf.evaluation.detection.report import DetectionReport, DetectionRow
from artgan_hf.evaluation.detection.run import evaluate_detection

__all__ = [
    "AnnotatedPicture",
    "DetectionReport",
    "DetectionRow",
    "Detections",
    "Detector",
    "Precision",
    "average_precision",
    "evaluate_detection",
    "open_detector",
    "read_annotations",
]
