import numpy as np
import pytest

from artgan_hf.evaluation.study import screen_raters

# Ten answers around 50, worked by hand: squares sum to 72, so m2 = 7.2 and S = sqrt(72 / 9) = 2.83; fourth powers sum
# to 1668, so m4 = 166.8 and the kurtosis is 166.8 / 7.2^2 = 3.22, between 2 and 4. The limit is 2 S = 5.66; the first
# answer, 6 above the mean, is the only one beyond.
NORMAL = 50 + np.array([6, 2, 1, 1, 0, 0, -1, -2, -3, -4.0])
UPSIDE_DOWN = 100 - NORMAL


def test_an_erratic_rater_is_left_out():
    scores = np.stack([NORMAL, UPSIDE_DOWN], axis=1)
    first, *others = screen_raters(scores)
    assert (first.high, first.low, first.answers, first.is_rejected) == (1, 1, 2, True)
    assert [(other.high, other.low, other.is_rejected) for other in others] == [(0, 0, False)] * 9


def test_a_rater_who_is_merely_generous_stays():
    first = screen_raters(np.stack([NORMAL, NORMAL], axis=1))[0]
    assert (first.high, first.low, first.is_rejected) == (2, 0, False)


def test_up_to_five_per_cent_of_strange_answers_are_forgiven():
    calm = np.repeat(np.linspace(45, 55, 10)[:, None], 38, axis=1)
    scores = np.concatenate([NORMAL[:, None], UPSIDE_DOWN[:, None], calm], axis=1)
    assert screen_raters(scores)[0][:3] == (1, 1, 40)
    assert not screen_raters(scores)[0].is_rejected  # 2 of 40 is 5 %, not more
    assert screen_raters(scores[:, :-1])[0].is_rejected  # 2 of 39


@pytest.mark.parametrize(("raters", "is_far"), [(16, False), (25, True)])
def test_where_answers_are_not_normal_the_limit_is_the_square_root_of_twenty(raters, is_far):
    # One lone answer among equal ones lies (n - 1) / sqrt(n) deviations away: 3.75 of 16, 4.8 of 25; the limit is 4.47.
    scores = np.full((raters, 1), 80.0)
    scores[3] = 10.0
    assert screen_raters(scores)[3].low == int(is_far)
    assert screen_raters(scores)[0].low == 0


def test_missing_answers_are_nobodys():
    scores = np.stack([NORMAL, UPSIDE_DOWN, np.full(10, np.nan)], axis=1)
    scores[0, 2] = 3.0  # alone, so it says nothing
    scores = np.concatenate([scores, np.full((1, 3), np.nan)])
    assert screen_raters(scores)[0] == (1, 1, 3, True)
    assert screen_raters(scores)[10] == (0, 0, 0, False)
