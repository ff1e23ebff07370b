import json

import numpy as np
import PIL.Image
import pytest

from artgan_hf.errors import DataError
from artgan_hf.evaluation.study import Plan, Rating, Ratings, new_study, report_study

LEVEL = {"original": 95, "jpeg": 40, "anchor": 10}


@pytest.fixture
def study(tmp_path):
    (tmp_path / "clean").mkdir()
    for name, pixels in zip("abc", np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), np.uint8), strict=True):
        PIL.Image.fromarray(pixels).save(tmp_path / "clean" / f"{name}.png")
    return new_study(tmp_path / "study", Plan(tmp_path / "clean"), title="Toys")


def rate(study, rater, shift=0.0, answers=None):
    ratings = Ratings(study.ratings_file)
    for stimulus in study.stimuli[:answers]:
        score = LEVEL[stimulus.method] + shift
        ratings.add(Rating(rater, stimulus.picture, stimulus.method, score, 2.0))


def test_methods_come_out_in_the_order_of_their_means(study):
    for number in range(6):
        rate(study, f"rater {number}", shift=number - 2.5)
    report = report_study(study)
    assert [(one.method, one.mos) for one in report.opinions] == [("original", 95), ("jpeg", 40), ("anchor", 10)]
    assert [(one.better, one.worse) for one in report.comparisons] == [
        ("original", "jpeg"), ("original", "anchor"), ("jpeg", "anchor")
    ]  # fmt: skip
    assert report.table().splitlines()[0] == "Toys: 6 raters, 6 questions each"
    text = report.markdown(["opinions.svg"])
    assert "| jpeg | 40.0 |" in text
    assert "| jpeg over anchor | +30.0 | 6 |" in text
    assert "opinions.svg" in text
    content = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert content["opinions"][1]["mos"] == 40
    assert len(content["presentations"]) == 6


def test_a_rejected_raters_answers_are_left_out_and_named(study):
    for number in range(24):
        rate(study, f"rater {number:02}")
    ratings = Ratings(study.ratings_file)
    odd = {"original": 50, "jpeg": 40, "anchor": 50}  # far below where the others are high, and far above where low
    for stimulus in study.stimuli:
        ratings.add(Rating("joker", stimulus.picture, stimulus.method, odd[stimulus.method], 0.1))
    report = report_study(study)
    assert report.rejected == ("joker",)
    assert [one.mos for one in report.opinions] == [95, 40, 10]
    assert "1 left out (joker)" in report.table()


def test_raters_who_have_not_finished_count_with_what_they_answered(study):
    rate(study, "Anna")
    rate(study, "Bob", answers=2)
    report = report_study(study)
    assert {name: one.answers for name, one in report.raters.items()} == {"Anna": 6, "Bob": 2}
    assert sum(one.ratings for one in report.opinions) == 8


def test_one_rater_has_no_interval_and_none_is_an_error(study):
    with pytest.raises(DataError, match=r"ratings\.sqlite has no rating yet"):
        report_study(study)
    rate(study, "Anna")
    report = report_study(study)
    assert report.as_dict()["opinions"][0]["low"] is None
    assert report.table().splitlines()[2].split() == ["original", "95.0", "0.0", "-", "-", "2"]
    assert report.chart().startswith("<svg")
