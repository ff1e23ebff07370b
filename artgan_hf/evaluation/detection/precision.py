"""Average precision by pycocotools, the reference implementation. Used by the detection judge."""

import contextlib
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from artgan_hf.evaluation.detection.annotations import AnnotatedPicture
from artgan_hf.evaluation.detection.boxes import Detections, common_name
from artgan_hf.optional import require


class Precision(NamedTuple):
    """How well objects were found; every figure 0 to 1, higher is better.

    Args:
        ap: average precision over intersections over union of 0.50 to 0.95, mean over the classes: COCO's AP or mAP.
        ap50: the same at 0.50 alone.
        per_class: AP of each class that there is in the pictures.
        per_class_50: AP50 likewise.
    """

    ap: float
    ap50: float
    per_class: dict[str, float]
    per_class_50: dict[str, float]


def average_precision(
    pictures: Sequence[AnnotatedPicture], found: Sequence[Detections], classes: Sequence[str]
) -> Precision:
    """Returns the average precision of detections.

    Args:
        pictures: what is in each picture.
        found: what was found in each, in the same order; the 100 surest of each class and picture count.
        classes: those to judge, as COCO spells them; boxes of others are left out on both sides.

    Raises:
        MissingExtraError: if pycocotools is not installed.

    Source:
        COCO's detection evaluation. VOC's difficult objects are treated as COCO's crowds are: ignored.

    Example:
        >>> from pathlib import Path
        >>> box, one = np.array([[0.0, 0.0, 8.0, 8.0]]), np.ones(1)
        >>> there = AnnotatedPicture(Path("a.png"), None, box, ("dog",), 64 * one, np.zeros(1, bool))
        >>> round(average_precision([there], [Detections(box, one, ("dog",))], ["dog"]).ap, 3)
        1.0
    """
    coco = require("pycocotools.coco", extra="eval")
    evaluator = require("pycocotools.cocoeval", extra="eval")
    identity = {name: index for index, name in enumerate(classes, 1)}
    with contextlib.redirect_stdout(io.StringIO()):  # it tells its progress on stdout
        truth = _indexed(coco.COCO(), identity, len(pictures), _true_boxes(pictures, identity))
        guesses = _indexed(coco.COCO(), identity, len(pictures), _found_boxes(found, identity))
        judge = evaluator.COCOeval(truth, guesses, "bbox")
        judge.evaluate()
        judge.accumulate()
    precision = judge.eval["precision"][:, :, :, 0, -1]  # thresholds, recalls, classes; all areas, 100 detections
    return Precision(
        ap=_mean(precision),
        ap50=_mean(precision[0]),
        per_class=_by_class(precision, classes),
        per_class_50=_by_class(precision[:1], classes),
    )


def _indexed(index: Any, identity: dict[str, int], count: int, boxes: list[dict[str, Any]]) -> Any:
    index.dataset = {
        "images": [{"id": number} for number in range(count)],
        "categories": [{"id": number, "name": name} for name, number in identity.items()],
        "annotations": [{"id": number, **box} for number, box in enumerate(boxes, 1)],  # 0 means none to pycocotools
    }
    index.createIndex()
    return index


def _true_boxes(pictures: Sequence[AnnotatedPicture], identity: dict[str, int]) -> list[dict[str, Any]]:
    return [
        {**_entry(number, identity[label], box), "area": float(area), "iscrowd": int(ignored)}
        for number, picture in enumerate(pictures)
        for box, label, area, ignored in zip(picture.boxes, picture.labels, picture.areas, picture.ignored, strict=True)
        if label in identity
    ]


def _found_boxes(found: Sequence[Detections], identity: dict[str, int]) -> list[dict[str, Any]]:
    boxes = []
    for number, detections in enumerate(found):
        for box, score, label in zip(*detections, strict=True):
            if common_name(label) in identity:
                entry = _entry(number, identity[common_name(label)], box)
                width, height = entry["bbox"][2:]
                boxes.append({**entry, "area": width * height, "score": float(score), "iscrowd": 0})
    return boxes


def _entry(picture: int, category: int, box: Any) -> dict[str, Any]:
    left, top, right, bottom = map(float, box)
    return {"image_id": picture, "category_id": category, "bbox": [left, top, right - left, bottom - top]}


def _mean(precision: Any) -> float:
    known = precision[precision > -1]  # -1 marks a class that is in no picture
    return float(known.mean()) if known.size else 0.0


def _by_class(precision: Any, classes: Sequence[str]) -> dict[str, float]:
    return {
        name: _mean(precision[:, :, index]) for index, name in enumerate(classes) if np.any(precision[:, :, index] > -1)
    }
