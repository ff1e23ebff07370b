import numpy as np
import pytest

from artgan_hf.restoring.steady import Steady


@pytest.fixture
def clip():
    """A frame and what a network made of it; neither side is a multiple of the block."""
    frame = np.random.default_rng(0).integers(50, 200, (45, 61, 3), dtype=np.uint8)
    return frame, frame + 20


def test_what_stands_still_stays_as_it_was_restored(clip):
    frame, restored = clip
    steady = Steady()
    assert steady(frame, restored) is restored
    assert np.array_equal(steady(frame, restored + 5), restored)


def test_a_pixel_that_moves_is_shown_anew_with_those_around_it(clip):
    frame, restored = clip
    steady = Steady()
    steady(frame, restored)
    moved = frame.copy()
    moved[20, 30, 1] += 3
    moved[0, 60, 2] -= 3
    shown = steady(moved, restored + 5)
    is_new = (shown == restored + 5).all(2)
    assert is_new[19:22, 29:32].all()
    assert is_new[:2, 59:].all()
    assert is_new.sum() == 9 + 4
    assert (shown == restored).all(2).sum() == is_new.size - 13


def test_small_steps_add_up_until_they_are_seen(clip):
    frame, restored = clip
    steady = Steady()
    steady(frame, restored)
    assert np.array_equal(steady(frame + 2, restored + 2), restored)
    assert np.array_equal(steady(frame + 3, restored + 3), restored + 3)
    assert np.array_equal(steady(frame + 1, restored + 1), restored + 3)


def test_levels_of_16_bits_are_those_of_8():
    frame = np.full((16, 16, 3), 30_000, np.uint16)
    steady = Steady()
    steady(frame, frame)
    assert np.array_equal(steady(frame + 514, frame + 9), frame)
    assert np.array_equal(steady(frame + 515, frame + 9), frame + 9)


def test_frames_of_another_size_start_anew(clip):
    frame, restored = clip
    steady = Steady()
    steady(frame, restored)
    smaller = frame[:30, :30]
    assert np.array_equal(steady(smaller, smaller + 7), smaller + 7)


def test_the_first_frame_may_be_written_over_by_its_owner(clip):
    frame, restored = clip
    steady, kept = Steady(), frame.copy()
    steady(frame, restored)
    frame[:] = 0
    assert np.array_equal(steady(kept, restored + 5), restored)
