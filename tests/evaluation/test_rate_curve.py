"""How many bits the codec alone needs for the same figure: against curves whose answer is known."""

import math

import pytest

from artgan_hf.codecs.video import VideoEncoding
from artgan_hf.evaluation import make_figures
from artgan_hf.evaluation.rate_curve import RateCurve, frontier, rate_at
from artgan_hf.evaluation.video import VideoBenchmark, VideoRow


def measured(kbps, coded, restored, **encoding):
    """A run that found these."""
    values = {"original": None, "h264": coded, "toy": restored}
    return VideoBenchmark(
        clip="a.mp4",
        frames=2,
        width=64,
        height=48,
        fps=25.0,
        encoding=VideoEncoding(**encoding),
        kbps=kbps,
        source_kbps=1000.0,
        figures=tuple(make_figures(["psnr"])),
        rows=tuple(VideoRow(name, {"psnr": value}, None) for name, value in values.items()),
    )


def test_bits_needed_are_read_from_the_codecs_own_curve():
    runs = [
        measured(40.0, 33.0, 34.0),
        measured(10.0, 27.0, 30.0),
        measured(20.0, 30.0, 29.0),
        measured(80.0, 36.0, 40.0),
    ]
    points = RateCurve(tuple(runs)).points()
    assert [point.benchmark.kbps for point in points] == [10.0, 20.0, 40.0, 80.0]
    twice, less, more, beyond = [point.bits_needed for point in points]
    assert twice == pytest.approx(2)
    assert less == pytest.approx(10 * 2 ** (2 / 3) / 20)
    assert more == pytest.approx(2 ** (1 / 3))
    assert beyond is None


def test_a_setting_worse_in_both_does_not_count():
    runs = [measured(10.0, 27.0, 30.0), measured(40.0, 33.0, 33.0), measured(30.0, 20.0, 20.0, crf=24, scale=0.5)]
    curve = RateCurve(tuple(runs))
    assert curve.points()[0].bits_needed == pytest.approx(2)
    assert "crf 24 at 0.5 of the size" in curve.table()
    assert curve.as_dict()["points"][0] == {"model": "toy", "kbps": 10.0, "bits_needed": pytest.approx(2)}


def test_undefined_figures_are_left_out():
    runs = [measured(10.0, None, None), measured(40.0, 33.0, 33.0)]
    assert [point.bits_needed for point in RateCurve(tuple(runs)).points()] == [None, 1.0]


@pytest.mark.parametrize("higher", [True, False])
def test_of_equal_figures_the_cheapest_stays(higher):
    assert frontier([(2.0, 1.0), (1.0, 1.0)], higher_is_better=higher) == [(1.0, 1.0)]


@pytest.mark.parametrize("higher", [True, False])
def test_a_setting_that_two_others_beat_by_turns_does_not_count(higher):
    sign = 1.0 if higher else -1.0
    points = [(rate, sign * figure) for rate, figure in [(1.0, 0.0), (2.0, 0.4), (4.0, 2.0), (8.0, 2.1), (16.0, 3.0)]]
    assert frontier(points, higher_is_better=higher) == [points[0], points[2], points[4]]


def test_what_a_curve_never_reaches_has_no_rate():
    curve = [(1.0, 0.3), (math.e, 0.1)]
    assert rate_at(curve, 0.31, higher_is_better=False) is None
    assert rate_at(curve, 0.09, higher_is_better=False) is None
    assert rate_at(curve, 0.1, higher_is_better=False) == pytest.approx(math.e)
    assert rate_at([], 0.1, higher_is_better=False) is None


def test_a_single_setting_is_shown_as_ever():
    run = measured(10.0, 27.0, 30.0)
    curve = RateCurve((run,))
    assert curve.table() == run.table()
    assert curve.as_dict() == run.as_dict()
