import numpy as np
import pytest

from artgan_hf.evaluation.intervals import bootstrap_intervals


def means(columns):
    return {key: column.mean(-1) for key, column in columns.items()}


def test_the_interval_of_a_mean_is_about_two_standard_errors_to_each_side():
    values = np.random.default_rng(1).normal(27, 3, 400)
    low, high = bootstrap_intervals({"psnr": values}, means)["psnr"]
    error = 1.96 * values.std() / 20
    assert (low, high) == pytest.approx((values.mean() - error, values.mean() + error), abs=0.06)


def test_the_same_seed_gives_the_same_interval_and_another_another():
    values = {"psnr": np.arange(9.0)}
    first = bootstrap_intervals(values, means)
    assert bootstrap_intervals(values, means) == first
    assert bootstrap_intervals(values, means, seed=1) != first


def test_columns_are_drawn_together_picture_by_picture():
    values = {"value": np.array([1.0, 5.0, 9.0]), "twice": np.array([2.0, 10.0, 18.0])}
    ratio = bootstrap_intervals(values, lambda columns: {"ratio": columns["twice"].sum(-1) / columns["value"].sum(-1)})
    assert ratio["ratio"] == pytest.approx((2, 2))


@pytest.mark.parametrize("values", [[26.0], [26.0, np.inf], [np.nan, np.nan]])
def test_what_has_no_interval_has_none(values):
    assert bootstrap_intervals({"psnr": np.array(values)}, means) == {"psnr": None}


def test_draws_without_a_summary_are_left_out():
    values = {"drift": np.array([1.0, np.nan, 1.0])}
    interval = bootstrap_intervals(values, lambda columns: {"drift": np.nansum(columns["drift"], -1) / 3})
    assert interval["drift"][1] == 1
