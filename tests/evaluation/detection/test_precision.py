from pathlib import Path

import numpy as np
import pytest

from artgan_hf.evaluation.detection import AnnotatedPicture, Detections, average_precision


def picture(*objects, ignored=()):
    boxes = np.array([box for _, box in objects], float).reshape(-1, 4)
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    marks = np.array([index in ignored for index in range(len(objects))], bool)
    return AnnotatedPicture(Path("a.png"), None, boxes, tuple(label for label, _ in objects), areas, marks)


def found(*objects):
    boxes = np.array([box for _, _, box in objects], float).reshape(-1, 4)
    return Detections(boxes, np.array([score for _, score, _ in objects]), tuple(label for label, _, _ in objects))


HERE, THERE, FAR = (0, 0, 10, 10), (50, 50, 70, 70), (200, 200, 210, 210)


def test_one_of_two_dogs_found_first_is_half_of_the_recall():
    # Precision is 1 up to a recall of one half and 0 beyond; of COCO's 101 recalls, 51 are at most one half.
    result = average_precision([picture(("dog", HERE), ("dog", THERE))], [found(("dog", 0.9, HERE))], ["dog"])
    assert result.ap == pytest.approx(51 / 101)
    assert result.per_class == {"dog": pytest.approx(51 / 101)}


def test_a_false_alarm_above_the_truth_halves_precision():
    result = average_precision([picture(("dog", HERE))], [found(("dog", 0.9, FAR), ("dog", 0.8, HERE))], ["dog"])
    assert result.ap == pytest.approx(0.5)


def test_a_loose_box_counts_at_the_low_thresholds_only():
    loose = (0, 0, 10, 8)  # an overlap of 0.8: good for 0.50, 0.55, ..., 0.75, and 0.80 itself
    result = average_precision([picture(("dog", HERE))], [found(("dog", 0.9, loose))], ["dog"])
    assert result.ap50 == pytest.approx(1.0)
    assert result.ap == pytest.approx(0.7)


def test_the_mean_is_over_the_classes_that_there_are():
    result = average_precision(
        [picture(("dog", HERE), ("cat", THERE))], [found(("dog", 0.9, HERE))], ["cat", "dog", "sheep"]
    )
    assert result.per_class == {"cat": 0.0, "dog": pytest.approx(1.0)}
    assert result.ap == pytest.approx(0.5)


def test_ignored_objects_are_neither_missed_nor_false_alarms():
    truth = picture(("dog", HERE), ("dog", THERE), ignored=[1])
    for answers in ([("dog", 0.8, HERE)], [("dog", 0.9, THERE), ("dog", 0.8, HERE)]):
        assert average_precision([truth], [found(*answers)], ["dog"]).ap == pytest.approx(1.0)


def test_names_of_voc_and_of_coco_meet_and_nothing_found_is_zero(capsys):
    truth = picture(("tv", HERE))
    assert average_precision([truth], [found(("TVmonitor", 0.9, HERE))], ["tv"]).ap == pytest.approx(1.0)
    assert average_precision([truth], [found()], ["tv"]).ap == 0.0
    assert capsys.readouterr().out == ""
