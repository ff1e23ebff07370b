import numpy as np
import pytest

from artgan_hf.evaluation.study.opinions import Scores, compare, mean_opinions

QUESTIONS = (("a", "jpeg"), ("b", "ours"), ("b", "jpeg"), ("a", "ours"))


def test_the_interval_is_students_over_the_raters_own_means():
    # Three raters with means of 40, 50 and 60: 10 apart, so 4.303 (Student's t, 2 degrees) * 10 / sqrt(3) = 24.84.
    scores = Scores(np.array([[30, 50.0], [45, 55], [60, 60]]), (("a", "jpeg"), ("b", "jpeg")))
    (opinion,), _ = mean_opinions(scores)
    assert (opinion.mos, opinion.ratings) == (50, 6)
    assert opinion.high - opinion.mos == pytest.approx(24.84, abs=0.01)
    assert opinion.low == pytest.approx(50 - 24.84, abs=0.01)
    assert opinion.deviation == pytest.approx(np.sqrt(650 / 5))  # 20^2 + 0 + 5^2 + 5^2 + 10^2 + 10^2 over 5


def test_a_presentation_has_the_interval_of_bt500():
    _, (presentation,) = mean_opinions(Scores(np.array([[40.0], [50], [60]]), (("a", "jpeg"),)))
    assert presentation.margin == pytest.approx(1.96 * 10 / np.sqrt(3))


def test_six_raters_who_all_prefer_one_are_just_significant():
    # Six differences of one sign: two of the 2^6 ways to draw signs are as extreme, p = 2 / 64.
    jpeg = np.array([[40, 42], [50, 50], [45, 40], [20, 30], [60, 62], [33, 35.0]])
    gain = np.array([5, 7, 9, 11, 13, 15.0])[:, None]
    scores = Scores(np.stack([jpeg[:, 0], jpeg[:, 1] + gain[:, 0], jpeg[:, 1], jpeg[:, 0] + gain[:, 0]], 1), QUESTIONS)
    (comparison,) = compare(scores, ["jpeg", "ours"])
    assert (comparison.better, comparison.worse, comparison.raters) == ("ours", "jpeg", 6)
    assert comparison.difference == pytest.approx(10)
    assert comparison.p == pytest.approx(2 / 64)


def test_more_comparisons_make_each_harder():
    answers = np.array([[10, 50, 90], [11, 53, 91], [13, 50, 97], [9, 45, 99], [5, 41, 80], [12, 49, 83.0]])
    scores = Scores(answers, (("a", "one"), ("a", "two"), ("a", "three")))
    assert [one.p for one in compare(scores, ["one", "two", "three"])] == [pytest.approx(3 * 2 / 64)] * 3


def test_methods_that_tie_or_were_hardly_rated_differ_in_nothing():
    same = Scores(np.array([[50, 50.0], [60, 60]]), (("a", "one"), ("a", "two")))
    assert [one.p for one in compare(same, ["one", "two"])] == [1.0]
    apart = Scores(np.array([[50, np.nan], [np.nan, 60]]), (("a", "one"), ("a", "two")))
    assert compare(apart, ["one", "two"]) == []
    assert [opinion.mos for opinion in mean_opinions(apart)[0]] == [60, 50]
