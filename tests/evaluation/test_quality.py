"""The score of a QF predictor, on predictors whose score is known beforehand."""

import json

import pytest
from tiny import photos
from toy_models import toy_predictor_folder

from artgan_hf import DataError, QualityPredictor
from artgan_hf.evaluation.quality import evaluate_quality


@pytest.fixture
def data(tmp_path):
    return photos(tmp_path / "photos", count=3, side=100)


@pytest.fixture
def report(tmp_path, data):
    predictor = QualityPredictor.from_pretrained(toy_predictor_folder(tmp_path / "toy", quality=12), device="cpu")
    return evaluate_quality(predictor, [data], crop_px=32)


def test_who_always_says_12_is_right_about_10_only(report):
    assert (report.dataset, report.pictures, report.crops) == ("photos", 3, 3 * 2 * 2)
    for scores in (report.aligned, report.shifted):
        assert scores.accuracy == (0, 1, 0, 0, 0, 0)
        assert scores.confusion == ((0, 12, 0, 0, 0, 0),) * 6


def test_the_error_is_over_qualities_from_5_to_95_each_crop_at_another(report):
    qualities = [5 + 37 * crop % 91 for crop in range(12)]
    assert report.aligned.mae == pytest.approx(sum(abs(quality - 12) for quality in qualities) / 12)
    assert len(set(qualities)) == 12


def test_the_report_is_plain_enough_for_json(report):
    assert json.loads(json.dumps(report.as_record()))["shifted"]["accuracy"][1] == 1


def test_too_small_pictures_are_refused(tmp_path, data):
    predictor = QualityPredictor.from_pretrained(toy_predictor_folder(tmp_path / "toy"), device="cpu")
    with pytest.raises(DataError, match="none of 3 pictures is large enough: crops of 128 need 144x144"):
        evaluate_quality(predictor, [data])
