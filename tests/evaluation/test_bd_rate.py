import math

import pytest

from artgan_hf.evaluation.bd_rate import bd_rate

X265 = [(9487.76, 40.037), (4593.60, 38.615), (2486.44, 36.845), (1358.24, 34.851)]
X265_SLOWER = [(9787.80, 40.121), (4469.00, 38.651), (2451.52, 36.970), (1356.24, 34.987)]
JM = [(686.76, 40.28), (309.58, 37.18), (157.11, 34.24), (85.95, 31.42)]
JM_INTRA = [(893.34, 40.39), (407.80, 37.21), (204.93, 34.17), (112.75, 31.24)]


@pytest.mark.parametrize(
    ("anchor", "test", "percent"), [(X265, X265_SLOWER, -4.417485350589045), (JM, JM_INTRA, 31.379878202397627)]
)
def test_known_curves_come_out_as_bjontegaard_1_3_has_them_with_pchip(anchor, test, percent):
    assert bd_rate(anchor, test).percent == pytest.approx(percent, abs=1e-6)


def test_a_quarter_fewer_bits_everywhere_is_minus_25_percent():
    curve = [(0.2, 24.0), (0.4, 27.5), (0.6, 28.0), (1.2, 33.0)]
    assert bd_rate(curve, [(0.75 * rate, figure) for rate, figure in curve]).percent == pytest.approx(-25)


def test_only_the_shared_range_of_figures_counts():
    anchor = [(1.0, 30.0), (2.0, 32.0), (4.0, 34.0)]
    test = [(2.0, 32.0), (4.0, 34.0), (8.0, 36.0)]
    assert bd_rate(anchor, test).percent == pytest.approx(0, abs=1e-6)


def test_of_distances_the_lower_is_the_better():
    anchor = [(0.25, 0.45), (0.4, 0.3), (0.6, 0.18)]
    better = [(rate, distance - 0.05) for rate, distance in anchor]
    assert bd_rate(anchor, better, higher_is_better=False).percent < -10


def test_the_order_of_points_is_of_no_account():
    assert bd_rate(JM[::-1], JM_INTRA).percent == bd_rate(JM, JM_INTRA).percent


@pytest.mark.parametrize(
    ("test", "why_not"),
    [
        ([(1.0, 30.0)], "two qualities"),
        ([(1.0, 40.0), (2.0, 41.0)], "share no range"),
        ([(1.0, 30.0), (2.0, 29.0)], "better with every bit"),
        ([(1.0, 30.0), (2.0, math.inf)], "infinite"),
        ([(1.0, 30.0), (2.0, math.nan)], "undefined"),
    ],
)
def test_curves_that_cannot_be_compared_give_the_reason(test, why_not):
    rate = bd_rate([(1.0, 29.0), (2.0, 33.0)], test)
    assert rate.percent is None
    assert why_not in rate.why_not
