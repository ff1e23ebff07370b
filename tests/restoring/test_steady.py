import numpy as np
import pytest

from artgan_hf.restoring.steady import Steady


class Brighter:
    """Makes each picture brighter than the one before, and remembers its size."""

    def __init__(self):
        self.sizes = []

    def __call__(self, frame):
        self.sizes.append(frame.shape[:2])
        return frame + frame.dtype.type(10 * len(self.sizes))


@pytest.fixture
def frame():
    """Neither side is a multiple of anything."""
    return np.random.default_rng(0).integers(50, 200, (145, 161, 3), dtype=np.uint8)


def test_what_stands_still_stays_as_it_was_restored_and_costs_nothing(frame):
    restore = Brighter()
    steady = Steady(restore)
    assert np.array_equal(steady(frame), frame + 10)
    assert np.array_equal(steady(frame), frame + 10)
    assert len(restore.sizes) == 1


@pytest.mark.parametrize("margin_px", [None, 16])
def test_a_pixel_that_moves_is_shown_anew_with_those_around_it(frame, margin_px):
    steady = Steady(Brighter(), margin_px)
    steady(frame)
    moved = frame.copy()
    moved[20, 30, 1] += 3
    moved[0, 160, 2] -= 3
    shown = steady(moved)
    is_new = (shown == moved + 20).all(2)
    assert is_new[19:22, 29:32].all()
    assert is_new[:2, 159:].all()
    assert is_new.sum() == 9 + 4
    assert (shown == frame + 10).all(2).sum() == is_new.size - 13


def test_only_what_has_moved_is_restored_with_a_margin_and_in_whole_blocks(frame):
    restore = Brighter()
    steady = Steady(restore, margin_px=20)
    steady(frame)
    moved = frame.copy()
    moved[60:64, 70:75] += 50
    steady(moved)
    # Rows 59 to 64 have moved, with the margin 39 to 84, in whole blocks 32 to 95; columns 48 to 95.
    assert restore.sizes == [(145, 161), (64, 48)]


def test_small_steps_add_up_until_they_are_seen(frame):
    steady = Steady(lambda degraded: degraded + 20)
    steady(frame)
    assert np.array_equal(steady(frame + 2), frame + 20)
    assert np.array_equal(steady(frame + 3), frame + 23)
    assert np.array_equal(steady(frame + 1), frame + 23)


def test_levels_of_16_bits_are_those_of_8():
    frame = np.full((16, 16, 3), 30_000, np.uint16)
    steady = Steady(Brighter())
    steady(frame)
    assert np.array_equal(steady(frame + 514), frame + 10)
    assert np.array_equal(steady(frame + 515), frame + 515 + 20)


def test_frames_of_another_size_start_anew(frame):
    steady = Steady(Brighter(), margin_px=16)
    steady(frame)
    assert np.array_equal(steady(frame[:30, :30]), frame[:30, :30] + 20)


def test_frames_may_be_written_over_by_their_owner(frame):
    steady, kept = Steady(Brighter()), frame.copy()
    steady(frame)
    frame[:] = 0
    assert np.array_equal(steady(kept), kept + 10)
