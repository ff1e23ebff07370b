import io
import json
from dataclasses import replace

import numpy as np
import PIL.Image
import pytest

from artgan_hf.evaluation.cache import ScoreCache
from artgan_hf.evaluation.detection import Detections, evaluate_detection, read_annotations
from artgan_hf.evaluation.detection.resumed import resume_detection
from artgan_hf.evaluation.methods import Method
from artgan_hf.types import Restored


class SeesRed:
    """Finds a dog where there is pure red, which JPEG spoils."""

    name = "sees-red"
    classes = ("dog",)

    def __call__(self, image):
        found = int((image == (255, 0, 0)).all(2).any())
        return Detections(np.array([[4.0, 4, 20, 20]])[:found], np.ones(found), ("dog",) * found)


@pytest.fixture
def pictures(tmp_path):
    pixels = np.full((32, 48, 3), 128, np.uint8)
    pixels[4:20, 4:20] = (255, 0, 0)
    PIL.Image.fromarray(pixels).save(tmp_path / "a.png")
    boxes = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "dog"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [4, 4, 16, 16]}],
    }
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    return read_annotations(tmp_path / "boxes.json", tmp_path)


@pytest.fixture
def models():
    """One that paints a red dot and is for quality 10 alone, and one that does nothing; what they restore is listed."""
    asked = []

    def method(name, paints, qualities):
        def restore(jpeg):
            asked.append(name)
            pixels = np.array(PIL.Image.open(io.BytesIO(jpeg)))
            pixels[10, 10] = (255, 0, 0) if paints else pixels[10, 10]
            return Restored(PIL.Image.fromarray(pixels), 10, name, 0.1)

        return Method(name, restore, name, qualities)

    return [method("red", True, frozenset({10})), method("same", False, None)], asked


def test_it_finds_what_the_judge_finds_and_asks_no_model_twice(pictures, models, tmp_path):
    methods, asked = models
    cache = ScoreCache(tmp_path / "cache")
    first = resume_detection(SeesRed(), pictures, methods, [10, 20], identity=b"1", cache=cache)
    labels = [row.version.label for row in first.rows]
    assert labels == ["original", "jpeg at 10", "red at 10", "same at 10", "jpeg at 20", "same at 20"]
    assert first == evaluate_detection(SeesRed(), pictures, methods, [10, 20])
    asked.clear()
    assert resume_detection(SeesRed(), pictures, methods, [10, 20], identity=b"1", cache=cache) == first
    assert asked == []


def test_another_detector_or_model_is_asked_anew(pictures, models, tmp_path):
    methods, asked = models
    cache = ScoreCache(tmp_path / "cache")
    resume_detection(SeesRed(), pictures, methods, [10], identity=b"1", cache=cache)
    asked.clear()
    resume_detection(SeesRed(), pictures, methods, [10], identity=b"2", cache=cache)
    assert asked == ["red", "same"]
    changed = [methods[0], replace(methods[1], fingerprint="other weights")]
    asked.clear()
    resume_detection(SeesRed(), pictures, changed, [10], identity=b"1", cache=cache)
    assert asked == ["same"]
