"""Faster R-CNN and its relatives from torchvision, with the weights of its own enums."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from artgan_hf.errors import ModelNotFoundError
from artgan_hf.evaluation.detection.boxes import Detections
from artgan_hf.optional import require

NOT_CLASSES = ("__background__", "N/A")


class TorchvisionDetector:
    """Finds the classes that the weights were trained for: COCO's 80.

    Args:
        architecture: as torchvision names it, e.g. "fasterrcnn_resnet50_fpn_v2".
        device: of torch.

    Raises:
        ModelNotFoundError: if torchvision has no such detector, or its weights cannot be fetched.
        MissingExtraError: if torchvision is not installed.
    """

    def __init__(self, architecture: str = "fasterrcnn_resnet50_fpn_v2", *, device: str = "cpu") -> None:
        require("torchvision", extra="detection")
        models: Any = require("torchvision.models", extra="detection")
        try:
            weights = models.get_model_weights(architecture).DEFAULT
            model = models.get_model(architecture, weights=weights)
        except (ValueError, OSError) as error:
            raise ModelNotFoundError(f"torchvision has no detector {architecture!r} to give ({error}).") from error
        self.name = f"torchvision {architecture} ({weights})"
        self._names: list[str] = weights.meta["categories"]
        self.classes = tuple(name for name in self._names if name not in NOT_CLASSES)
        self._device = torch.device(device)
        self._model = model.to(self._device).eval()

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Returns what is in a picture: uint8, RGB, shape (H, W, 3)."""
        tensor = torch.from_numpy(np.array(image)).permute(2, 0, 1).float().div(255).to(self._device)
        with torch.inference_mode():
            found = self._model([tensor])[0]
        boxes, scores, labels = (found[key].cpu().numpy() for key in ("boxes", "scores", "labels"))
        return Detections(boxes, scores, tuple(self._names[index] for index in labels))
