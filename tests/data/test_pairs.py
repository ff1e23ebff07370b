"""Degradations do what a recipe says of them, and nothing else."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from artgan_hf.codecs.jpeg import degrade
from artgan_hf.data import AnyOf, JpegDegradation
from artgan_hf.errors import OptionError, QualityError


@pytest.fixture
def crop():
    noise = np.random.default_rng(0).integers(0, 256, (80, 80, 3))
    return ((noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1)) // 3).astype(np.uint8)


def test_an_aligned_pair_is_the_codec_applied_to_the_patch(crop):
    degraded, clean, quality = JpegDegradation(10, 10, shifted=0).pair(crop, 16)
    assert quality == 10
    assert np.array_equal(clean, crop[:64, :64])
    assert np.array_equal(degraded[:48, :48], degrade(crop, 10)[:48, :48])


def test_a_shifted_pair_is_cut_from_anywhere_and_stays_a_pair(crop):
    degradation = JpegDegradation(10, 10, shifted=1)
    whole = degrade(crop, 10)
    corners = set()
    for _ in range(20):
        degraded, clean, _ = degradation.pair(crop, 16)
        places = [(y, x) for y in range(17) for x in range(17) if np.array_equal(clean, crop[y : y + 64, x : x + 64])]
        ((y, x),) = places
        assert np.array_equal(degraded, whole[y : y + 64, x : x + 64])
        corners.add((y % 8, x % 8))
    assert len(corners) > 10


def test_clean_pairs_are_untouched_and_grey_pairs_have_no_colour(crop):
    degraded, clean, quality = JpegDegradation(clean=1).pair(crop, 16)
    assert quality == 100
    assert np.array_equal(degraded, clean)
    degraded, clean, _ = JpegDegradation(grey=1).pair(crop, 16)
    assert np.ptp(clean, axis=2).max() == 0
    assert np.ptp(degraded.astype(int), axis=2).max() <= 1


def test_plain_pairs_are_one_even_colour_that_must_not_change(crop):
    degraded, clean, quality = JpegDegradation(10, 10, plain=1).pair(crop, 16)
    assert quality == 10
    assert degraded.shape == (64, 64, 3)
    assert np.array_equal(degraded, clean)
    assert np.ptp(degraded.reshape(-1, 3), axis=0).max() == 0


def test_qualities_cover_the_range_evenly(crop):
    degradation = JpegDegradation(5, 9)
    drawn = [degradation.pair(crop[:32, :32], 16)[2] for _ in range(200)]
    assert sorted(set(drawn)) == [5, 6, 7, 8, 9]


def test_logarithmic_qualities_come_as_often_from_each_octave():
    degradation = JpegDegradation(5, 95, logarithmic=True)
    drawn = torch.tensor([degradation.draw_quality() for _ in range(4000)])
    assert (drawn.min(), drawn.max()) == (5, 95)
    shares = [((drawn >= low) & (drawn < 2 * low)).float().mean().item() for low in (5, 10, 20, 40)]
    assert shares == pytest.approx([0.232] * 4, abs=0.03)  # log 2 / log(95.5 / 4.5) is 0.227
    assert degradation.middle_quality == 22  # the square root of 5 * 95


def test_a_logarithmic_range_may_begin_at_one_or_hold_one_quality():
    assert {JpegDegradation(1, 2, logarithmic=True).draw_quality() for _ in range(50)} == {1, 2}
    assert {JpegDegradation(10, 10, logarithmic=True).draw_quality() for _ in range(50)} == {10}


def test_of_several_degradations_one_is_drawn_for_each_pair(crop):
    some = AnyOf([JpegDegradation(60, 60), JpegDegradation(20, 20), JpegDegradation(90, 90)], shares=[1, 3, 1])
    drawn = [some.pair(crop[:32, :32], 16)[2] for _ in range(100)]
    assert set(drawn) == {20, 60, 90}
    assert drawn.count(20) > 40
    assert (some.lowest_quality, some.middle_quality, some.highest_quality) == (20, 60, 90)
    assert np.array_equal(some.whole(crop), degrade(crop, 60))


def test_degradations_by_several_codecs_go_by_the_first():
    film = SimpleNamespace(codec="h264", lowest_quality=27, middle_quality=34, highest_quality=42)
    some = AnyOf([film, JpegDegradation(5, 95)])
    assert some.codec == "h264"
    assert (some.lowest_quality, some.middle_quality, some.highest_quality) == (27, 34, 42)


def test_the_first_of_two_compressions_is_the_stronger_one(crop, monkeypatch):
    drawn = []
    monkeypatch.setattr(
        "artgan_hf.data.pairs.degrade_twice", lambda whole, first, second, **_: drawn.append((first, second)) or whole
    )
    qualities = [JpegDegradation(5, 95, double=1).pair(crop, 16)[2] for _ in range(20)]
    assert [second for _, second in drawn] == qualities
    assert all(first <= second for first, second in drawn)
    assert any(first < second for first, second in drawn)


def test_double_compression_leaves_other_traces_than_single(crop):
    single, _, _ = JpegDegradation(30, 30, shifted=0).pair(crop, 16)
    twice = [JpegDegradation(30, 30, shifted=0, double=1).pair(crop, 16)[0] for _ in range(5)]
    assert all(double.shape == single.shape for double in twice)
    assert sum(not np.array_equal(single, double) for double in twice) >= 4  # the grids may happen to coincide


def test_the_seed_decides_everything(crop):
    def run(seed):
        torch.manual_seed(seed)
        return JpegDegradation(5, 95, shifted=0.5, grey=0.5).pair(crop, 16)[0]

    assert np.array_equal(run(1), run(1))
    assert not np.array_equal(run(1), run(2))


def test_impossible_settings_are_refused_by_name():
    with pytest.raises(QualityError, match="0 to 10"):
        JpegDegradation(0, 10)
    with pytest.raises(QualityError, match="30 to 10"):
        JpegDegradation(30, 10)
    with pytest.raises(OptionError, match=r"grey is 1\.5"):
        JpegDegradation(grey=1.5)
    for given in (["420"], []):
        with pytest.raises(OptionError, match=rf"subsamplings are \[{str(given)[1:-1]}\]; some of 4:4:4"):
            JpegDegradation(subsamplings=given)
    with pytest.raises(OptionError, match="0 degradations"):
        AnyOf([])
    with pytest.raises(OptionError, match=r"1 degradations have shares \[0\]"):
        AnyOf([JpegDegradation()], shares=[0])
