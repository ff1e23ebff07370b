"""Any `transformers` model for object detection, by its id on the Hub or from a folder."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from artgan_hf.evaluation.detection.boxes import Detections
from artgan_hf.evaluation.transformers_hub import loaded
from artgan_hf.optional import require

LEAST_SCORE = 0.001


class TransformersDetector:
    """Finds the classes that its config lists.

    Args:
        id_or_dir: e.g. "facebook/detr-resnet-50", or a folder.
        device: of torch.

    Raises:
        ModelNotFoundError: if there is no such model, or it is not for object detection.
        MissingExtraError: if transformers is not installed.
    """

    def __init__(self, id_or_dir: str, *, device: str = "cpu") -> None:
        transformers: Any = require("transformers", extra="eval")
        self.name = id_or_dir
        self._processor = loaded(transformers.AutoImageProcessor, id_or_dir, "an object detector")
        model = loaded(transformers.AutoModelForObjectDetection, id_or_dir, "an object detector")
        self._model = model.to(device).eval()
        self._names: dict[int, str] = model.config.id2label
        self.classes = tuple(self._names.values())

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Returns what is in a picture: uint8, RGB, shape (H, W, 3)."""
        inputs = self._processor(images=image, return_tensors="pt").to(self._model.device)
        with torch.inference_mode():
            outputs = self._model(**inputs)
        found = self._processor.post_process_object_detection(
            outputs, threshold=LEAST_SCORE, target_sizes=[image.shape[:2]]
        )[0]
        boxes, scores, labels = (found[key].cpu().numpy() for key in ("boxes", "scores", "labels"))
        return Detections(boxes, scores, tuple(self._names[int(index)] for index in labels))
