"""A YOLOX detector in an ONNX file, run by onnxruntime on the CPU."""

from os import PathLike
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.evaluation.detection.boxes import Detections
from artgan_hf.optional import require

STRIDES = (8, 16, 32)
BORDER = 114
LEAST_SCORE = 0.001
SAME_OBJECT_IOU = 0.65
MOST_PER_CLASS = 100

NAMES = (
    "person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, stop sign, "
    "parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, backpack, umbrella, "
    "handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, skateboard, "
    "surfboard, tennis racket, bottle, wine glass, cup, fork, knife, spoon, bowl, banana, apple, sandwich, orange, "
    "broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, dining table, toilet, tv, laptop, "
    "mouse, remote, keyboard, cell phone, microwave, oven, toaster, sink, refrigerator, book, clock, vase, scissors, "
    "teddy bear, hair drier, toothbrush"
)
COCO_CLASSES = tuple(NAMES.split(", "))


class YoloxDetector:
    """Finds COCO's 80 classes.

    Args:
        path: an ONNX file as YOLOX exports it: one picture (1, 3, S, S) in, (1, boxes, 85) out, not decoded.

    Raises:
        IncompatibleModelError: if the file is not such a network.
        MissingExtraError: if onnxruntime is not installed.

    Source:
        Ge et al., YOLOX, 2021: BGR from 0 to 255, bilinear without antialiasing, at the top left of a field of 114;
        an overlap of 0.65 makes two boxes of a class one, as in its evaluation.
    """

    classes = COCO_CLASSES

    def __init__(self, path: str | PathLike[str]) -> None:
        runtime = require("onnxruntime", extra="eval")
        self.name = Path(path).stem
        try:
            self._session = runtime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        except Exception as error:  # onnxruntime's errors have no common root
            raise IncompatibleModelError(f"{path} is not an ONNX network ({error}); export YOLOX anew.") from error
        shape, out = self._session.get_inputs()[0].shape, self._session.get_outputs()[0].shape
        if len(shape) != 4 or not isinstance(shape[2], int) or shape[2] != shape[3] or out[-1] != 5 + len(COCO_CLASSES):
            raise IncompatibleModelError(f"{path} maps {shape} to {out}; YOLOX maps (1, 3, S, S) to (1, N, 85).")
        self._side_px: int = shape[2]

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Returns what is in a picture: uint8, RGB, shape (H, W, 3)."""
        field, scale = letterbox(image, self._side_px)
        raw = self._session.run(None, {self._session.get_inputs()[0].name: field})[0][0]
        boxes = decode(raw[:, :4], self._side_px) / scale
        scores = raw[:, 4:5] * raw[:, 5:]
        kept = [keep_best(boxes, scores[:, index], index) for index in range(len(COCO_CLASSES))]
        rows = np.concatenate([rows for rows, _ in kept])
        labels = np.concatenate([index for _, index in kept])
        return Detections(boxes[rows], scores[rows, labels], tuple(COCO_CLASSES[index] for index in labels))


def letterbox(image: NDArray[np.uint8], side_px: int) -> tuple[NDArray[np.float32], float]:
    """Returns a picture as the network wants it, and by how much it was enlarged.

    Args:
        image: uint8, RGB, shape (H, W, 3).
        side_px: of the square that it is put into.

    Returns:
        float32, BGR, 0 to 255, shape (1, 3, side_px, side_px); and the factor from the picture's pixels to its own.
    """
    height, width = image.shape[:2]
    scale = min(side_px / height, side_px / width)
    size = (int(height * scale), int(width * scale))
    tensor = torch.from_numpy(image[..., ::-1].copy()).permute(2, 0, 1)[None].float()
    field = torch.full((1, 3, side_px, side_px), float(BORDER))
    field[:, :, : size[0], : size[1]] = F.interpolate(tensor, size, mode="bilinear", align_corners=False)
    return field.numpy(), scale


def decode(raw: NDArray[np.float32], side_px: int) -> NDArray[np.float32]:
    """Returns boxes (left, top, right, bottom) in pixels of the network's field.

    Args:
        raw: shape (N, 4): offset of the centre from its cell and log of the size, in cells, stride by stride.
        side_px: of the field.
    """
    cells, strides = [], []
    for stride in STRIDES:
        count = side_px // stride
        y, x = np.mgrid[:count, :count]
        cells.append(np.stack([x, y], -1).reshape(-1, 2))
        strides.append(np.full((count * count, 1), stride, np.float32))
    stride_of = np.concatenate(strides)
    centre = (raw[:, :2] + np.concatenate(cells)) * stride_of
    half = np.exp(raw[:, 2:]) * stride_of / 2
    boxes: NDArray[np.float32] = np.concatenate([centre - half, centre + half], 1).astype(np.float32)
    return boxes


def keep_best(
    boxes: NDArray[np.float32], scores: NDArray[np.float32], index: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Returns the rows of one class that stay when each object keeps its surest box, and the class's index for each.

    Args:
        boxes: shape (N, 4).
        scores: shape (N,), of this class.
        index: of the class.
    """
    order = np.flatnonzero(scores > LEAST_SCORE)
    order = order[np.argsort(-scores[order], kind="stable")]
    kept: list[int] = []
    while len(order) and len(kept) < MOST_PER_CLASS:
        best, order = order[0], order[1:]
        kept.append(int(best))
        order = order[_overlap(boxes[best], boxes[order]) <= SAME_OBJECT_IOU]
    return np.array(kept, np.int64), np.full(len(kept), index, np.int64)


def _overlap(box: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """The intersection over union of one box with others, shape (N,)."""
    corners = np.maximum(box[:2], others[:, :2]), np.minimum(box[2:], others[:, 2:])
    shared = np.prod(np.clip(corners[1] - corners[0], 0, None), axis=1)
    area = np.prod(box[2:] - box[:2]) + np.prod(others[:, 2:] - others[:, :2], axis=1) - shared
    ratio: NDArray[np.float32] = shared / np.maximum(area, 1e-9)
    return ratio
