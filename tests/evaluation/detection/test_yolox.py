import numpy as np
import pytest

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.evaluation.clean_pictures import read_clean
from artgan_hf.evaluation.detection import open_detector, read_annotations
from artgan_hf.evaluation.detection.yolox import COCO_CLASSES, YoloxDetector, decode, keep_best, letterbox


def test_pictures_lie_at_the_top_left_of_a_grey_field_as_bgr():
    field, scale = letterbox(np.full((20, 40, 3), (10, 20, 30), np.uint8), 64)
    assert scale == pytest.approx(1.6)
    assert field.shape == (1, 3, 64, 64)
    assert field[0, :, 31, 63].tolist() == [30, 20, 10]
    assert (field[0, :, 32:] == 114).all()


def test_boxes_are_decoded_stride_by_stride():
    raw = np.zeros((64 + 16 + 4, 4), np.float32)  # a field of 64: 8x8 cells, then 4x4, then 2x2
    raw[-1] = (0.5, 0.25, np.log(2), 0)
    boxes = decode(raw, 64)
    assert boxes[0].tolist() == [-4, -4, 4, 4]
    assert boxes[9].tolist() == [4, 4, 12, 12]  # second row, second cell
    assert boxes[-1] == pytest.approx([1.5 * 32 - 32, 1.25 * 32 - 16, 1.5 * 32 + 32, 1.25 * 32 + 16])


def test_each_object_keeps_its_surest_box():
    boxes = np.array([[0, 0, 10, 10], [0, 1, 10, 11], [5, 0, 15, 10], [0, 0, 1, 1]], np.float32)
    rows, labels = keep_best(boxes, np.array([0.6, 0.9, 0.5, 0.0], np.float32), 17)
    assert rows.tolist() == [1, 2]
    assert labels.tolist() == [17, 17]


def test_a_file_that_is_no_yolox_is_named(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(IncompatibleModelError, match=r"broken\.onnx is not an ONNX network"):
        YoloxDetector(path)


def test_a_real_detector_finds_the_people_of_a_real_picture(shared_data):
    weights = shared_data.parent / "weights" / "yolox_nano.onnx"
    if not weights.is_file():
        pytest.skip(f"needs {weights}")
    detector = open_detector(str(weights))
    assert (len(COCO_CLASSES), COCO_CLASSES[0], COCO_CLASSES[-1]) == (80, "person", "toothbrush")
    folder = shared_data / "coco_mini"
    picture = next(p for p in read_annotations(folder / "instances.json", folder) if "dog" in p.labels)
    boxes, scores, labels = detector(read_clean(picture.path))
    truth = picture.boxes[picture.labels.index("dog")]
    best = boxes[max((i for i, label in enumerate(labels) if label == "dog"), key=lambda i: scores[i])]
    assert np.abs(best - truth).max() < 0.1 * (truth[2:] - truth[:2]).max()
