import io
import json
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest

from artgan_hf.errors import DataError
from artgan_hf.evaluation.detection import Detections, evaluate_detection, read_annotations
from artgan_hf.types import Restored

BOX = [4, 4, 20, 20]


@pytest.fixture
def pictures(tmp_path):
    """Two pictures, each with a red square that is annotated as a dog and as a cat."""
    images, boxes = [], []
    for number in range(2):
        pixels = np.full((32, 48, 3), 128, np.uint8)
        pixels[BOX[1] : BOX[3], BOX[0] : BOX[2]] = (255, 0, 0)
        PIL.Image.fromarray(pixels).save(tmp_path / f"{number}.png")
        images.append({"id": number, "file_name": f"{number}.png", "width": 48, "height": 32})
        boxes += [{"image_id": number, "category_id": label, "bbox": [4, 4, 16, 16]} for label in (1, 2)]
    boxes.append({"image_id": 1, "category_id": 3, "bbox": [0, 0, 4, 4]})
    categories = [{"id": 1, "name": "dog"}, {"id": 2, "name": "cat"}, {"id": 3, "name": "unicorn"}]
    (tmp_path / "boxes.json").write_text(json.dumps({"images": images, "annotations": boxes, "categories": categories}))
    return read_annotations(tmp_path / "boxes.json", tmp_path)


class SeesRed:
    """Calls everything a dog and a cat where there is pure red, which JPEG spoils."""

    name = "sees-red"
    classes = ("dog", "cat")

    def __call__(self, image):
        is_red = (image == (255, 0, 0)).all(2).any()
        boxes = np.array([BOX, BOX], float) if is_red else np.zeros((0, 4))
        return Detections(boxes, np.ones(len(boxes)), ("dog", "cat")[: len(boxes)])


def repaired(file):
    pixels = np.array(PIL.Image.open(io.BytesIO(file)))
    pixels[10, 10] = (255, 0, 0)
    return Restored(PIL.Image.fromarray(pixels), 10, "red", 0.1)


RED = SimpleNamespace(name="red", restore=repaired)


def test_the_gain_of_a_model_is_what_its_jpeg_lost(pictures):
    report = evaluate_detection(SeesRed(), pictures, [RED], [10])
    assert [(row.version.label, row.precision.ap) for row in report.rows] == [
        ("original", pytest.approx(1.0)), ("jpeg at 10", 0.0), ("red at 10", pytest.approx(1.0))
    ]  # fmt: skip
    (gain,) = report.gains.values()
    assert gain == {"cat": pytest.approx(1.0), "dog": pytest.approx(1.0)}
    assert (report.boxes, report.left_out) == ({"cat": 2, "dog": 2}, ("unicorn",))


def test_the_report_is_json_markdown_and_a_chart(pictures):
    report = evaluate_detection(SeesRed(), pictures, [RED], [10, 20])
    content = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert content["rows"][1] == {
        "model": "jpeg", "quality": 10, "ap": 0.0, "ap50": 0.0, "per_class": {"cat": 0.0, "dog": 0.0},
        "per_class_50": {"cat": 0.0, "dog": 0.0},
    }  # fmt: skip
    assert content["gains"][0]["per_class"]["dog"] == pytest.approx(1.0)
    assert "left out: unicorn" in content["protocol"]
    text = report.markdown(["gain-10.svg"])
    assert "| red | 10 | 100.0 | 100.0 |" in text
    assert "| dog | 2 | 0.0 | 100.0 | +100.0 |" in text
    assert "(gain-10.svg)" in text
    assert "dog (2)" in report.chart(20)
    assert report.table().splitlines()[2].split() == ["-", "original", "100.0", "100.0"]


def test_a_detector_that_knows_none_of_the_classes_is_refused(pictures):
    blind = SimpleNamespace(name="blind", classes=("train",))
    with pytest.raises(DataError, match="blind knows none of the classes"):
        evaluate_detection(blind, pictures, [], [10])


def test_a_picture_of_another_size_than_annotated_is_named(pictures):
    PIL.Image.new("RGB", (32, 48)).save(pictures[0].path)
    with pytest.raises(DataError, match=r"0\.png is 32x48 pixels, its annotations say"):
        evaluate_detection(SeesRed(), pictures, [], [10])
