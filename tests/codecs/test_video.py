"""Clips after a round trip through real codecs."""

from fractions import Fraction

import numpy as np
import pytest
from video_files import moving_picture

from artgan_hf.codecs.video import VideoEncoding, degrade_clip
from artgan_hf.errors import OptionError, ShapeError


def clip(count=6, height=64, width=80):
    return [moving_picture(time, height, width) for time in range(count)]


def error(clip, degraded):
    return np.mean([np.abs(a.astype(int) - b).mean() for a, b in zip(clip, degraded, strict=True)])


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_frames_come_back_in_order_and_worse_at_a_higher_crf(codec):
    clean = clip()
    good, bad = (degrade_clip(clean, VideoEncoding(codec, crf, preset="ultrafast")) for crf in (12, 40))
    assert len(good.frames) == len(clean)
    for number, frame in enumerate(good.frames):
        nearest = min(range(len(clean)), key=lambda other: np.abs(clean[other].astype(int) - frame).mean())
        assert nearest == number
    assert error(clean, good.frames) < error(clean, bad.frames)
    assert good.bytes > 2 * bad.bytes
    assert good.kbps == pytest.approx(good.bytes * 8 * 25 / len(clean) / 1000)


def test_level_and_hue_do_not_drift():
    clean = clip()
    degraded = degrade_clip(clean, VideoEncoding(crf=5)).frames
    drift = np.mean([b.astype(float) - a for a, b in zip(clean, degraded, strict=True)], axis=(0, 1, 2))
    assert np.abs(drift).max() < 0.3


def test_odd_sizes_and_a_smaller_transmitted_size_come_back_at_the_clips_size():
    clean = clip(height=51, width=67)
    for scale in (1.0, 0.5):
        degraded = degrade_clip(clean, VideoEncoding(crf=20, scale=scale)).frames
        assert degraded[0].shape == (51, 67, 3)
        assert error(clean, degraded) < 8
    assert degrade_clip(clean, VideoEncoding(scale=0.5)).bytes < degrade_clip(clean, VideoEncoding()).bytes


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_tune_for_a_figure_spends_less_than_one_for_the_eye(codec):
    noise = list(np.random.default_rng(0).integers(0, 255, (4, 64, 64, 3), dtype=np.uint8))
    eye, figure = (degrade_clip(noise, VideoEncoding(codec, 30, tune=tune)) for tune in (None, "ssim"))
    assert figure.bytes < eye.bytes


def test_a_bitrate_is_roughly_kept_and_follows_the_frame_rate():
    noise = list(np.random.default_rng(0).integers(0, 255, (50, 64, 64, 3), dtype=np.uint8))
    slow, fast = (
        degrade_clip(noise, VideoEncoding(bitrate_kbps=300, preset="veryfast", fps=Fraction(fps))) for fps in (10, 50)
    )
    assert slow.kbps == pytest.approx(300, rel=0.5)
    assert slow.bytes > 2 * fast.bytes


def test_impossible_settings_and_frames_are_refused_by_name():
    for bad, message in [
        ({"codec": "mpeg2"}, "codec is 'mpeg2'"),
        ({"crf": 52}, "crf is 52"),
        ({"bitrate_kbps": 0}, "bitrate_kbps is 0"),
        ({"preset": "quick"}, "preset is 'quick'"),
        ({"tune": "vmaf"}, "tune is 'vmaf'; known to h264: film"),
        ({"codec": "h265", "tune": "film"}, "tune is 'film'; known to h265: animation"),
        ({"gop": 0}, "gop is 0"),
        ({"scale": 1.5}, r"scale is 1\.5"),
    ]:
        with pytest.raises(OptionError, match=message):
            VideoEncoding(**bad)
    with pytest.raises(ShapeError, match="no frame"):
        degrade_clip([], VideoEncoding())
    with pytest.raises(ShapeError, match="float64"):
        degrade_clip([np.zeros((8, 8, 3))], VideoEncoding())
    with pytest.raises(ShapeError, match="one size"):
        degrade_clip([np.zeros((8, 8, 3), np.uint8), np.zeros((8, 9, 3), np.uint8)], VideoEncoding())
