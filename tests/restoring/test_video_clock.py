"""Broadcast times: from 0, over leaps, all streams together."""

from fractions import Fraction
from types import SimpleNamespace

import av
import pytest

from artgan_hf.restoring.video_clock import Clock

TICK = Fraction(1, 90_000)
VIDEO = SimpleNamespace(index=0, type="video", start_time=90_000, time_base=TICK)
AUDIO = SimpleNamespace(index=1, type="audio", start_time=99_000, time_base=TICK)


def clock(name="mpegts"):
    return Clock(SimpleNamespace(format=av.ContainerFormat(name, "r"), streams=[VIDEO, AUDIO]))


def set_times(clock, *packets):
    """Returns the new times of packets of a tenth of a second, given as (stream, seconds)."""
    times = []
    for stream, seconds in packets:
        ticks = round(seconds * 90_000)
        packet = SimpleNamespace(stream=stream, pts=ticks, dts=ticks, duration=9000, time_base=TICK)
        clock.set(packet)
        times.append(packet.pts / 90_000)
    return times


def test_the_first_stream_begins_at_0_and_a_pause_stays():
    times = set_times(clock(), (VIDEO, 1), (AUDIO, 1.1), (VIDEO, 1.1), (VIDEO, 4))
    assert times == pytest.approx([0, 0.1, 0.1, 3])


@pytest.mark.parametrize("leap", [500, -0.9])
def test_a_leap_is_closed_and_sound_that_comes_late_stays_in_step(leap):
    times = set_times(
        clock(), (VIDEO, 1), (AUDIO, 1), (VIDEO, 1.1 + leap), (AUDIO, 1.1), (VIDEO, 1.2 + leap), (AUDIO, 1.2 + leap)
    )
    assert times == pytest.approx([0, 0, 0.1, 0.1, 0.2, 0.2])


def test_times_of_other_formats_stay_as_they_are():
    assert set_times(clock("matroska"), (VIDEO, 1), (VIDEO, 500), (VIDEO, 3)) == [1, 500, 3]
