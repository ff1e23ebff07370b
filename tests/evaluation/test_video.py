"""A clip's scores: the codec's own beside each model's, the same whoever computes them."""

import json

import numpy as np
import pytest
import torch
from video_files import write_video

from artgan_hf.codecs.video import VideoEncoding, degrade_clip
from artgan_hf.codecs.video_file import read_clip
from artgan_hf.errors import OptionError, VideoError
from artgan_hf.evaluation import make_figures
from artgan_hf.evaluation.clean_pictures import to_tensor
from artgan_hf.evaluation.video import run_video_benchmark
from artgan_hf.functional import psnr
from artgan_hf.functional.flicker import flicker
from artgan_hf.restoring.steady import Steady

ENCODING = VideoEncoding(crf=38, preset="veryfast")


class Still:
    """Gives the first frame for ever: no flicker, and wrong where something moves."""

    name = "still"
    first = None

    def __call__(self, frame):
        self.first = frame if self.first is None else self.first
        return self.first


@pytest.fixture
def clip(tmp_path):
    return write_video(tmp_path / "a.mp4", times=range(6), options={"crf": "1"})


def test_the_rows_are_means_over_frames_and_unchanged_frames_are_only_steadied(clip, untrained):
    figures = make_figures(["psnr", "blockiness"])
    benchmark = run_video_benchmark([untrained, Still()], clip, ENCODING, figures=figures)
    original, decoded, same, still = benchmark.rows
    clean = read_clip(clip).frames
    degraded = degrade_clip(clean, ENCODING)
    expected = np.mean([float(psnr(to_tensor(b), to_tensor(a))) for a, b in zip(clean, degraded.frames, strict=True)])
    assert decoded.values["psnr"] == pytest.approx(expected)
    steadied = list(map(Steady(lambda frame: frame), degraded.frames))
    expected = np.mean([float(psnr(to_tensor(b), to_tensor(a))) for a, b in zip(clean, steadied, strict=True)])
    assert same.values["psnr"] == pytest.approx(expected)
    assert same.flicker < decoded.flicker
    assert original.values["psnr"] is None
    assert original.values["blockiness"] is not None
    assert still.flicker == 0
    assert still.values["psnr"] < decoded.values["psnr"] - 1
    assert benchmark.kbps == degraded.kbps
    assert same.seconds > 0
    assert decoded.seconds is None


def test_table_and_json_say_what_was_measured(clip, untrained):
    benchmark = run_video_benchmark([untrained], clip, ENCODING, figures=make_figures(["psnr"]), limit=4)
    head, rate, columns, *rows = benchmark.table().splitlines()
    assert head == "a.mp4: 4 frames of 64x48, 25 fps"
    assert "h264 crf 38, preset veryfast" in rate
    assert columns.split() == ["version", "PSNR", "flicker", "seconds"]
    assert [row.split()[0] for row in rows] == ["original", "h264", "untrained"]
    content = json.loads(json.dumps(benchmark.as_dict(), allow_nan=False))
    assert content["rows"][2]["relative_flicker"] == pytest.approx(1)
    assert content["encoding"]["crf"] == 38


def test_flicker_is_that_of_the_formula(clip):
    row = run_video_benchmark([], clip, ENCODING, figures=make_figures(["psnr"])).rows[1]
    clean = read_clip(clip).frames
    degraded = degrade_clip(clean, ENCODING).frames
    frames, still = (torch.cat([to_tensor(frame) for frame in version]) for version in (degraded, clean))
    assert row.flicker == pytest.approx(float(flicker(frames, still).nanmean()), rel=1e-5)


def test_clips_and_names_that_cannot_be_scored_are_refused(clip, untrained, tmp_path):
    single = write_video(tmp_path / "one.mp4", times=range(1))
    with pytest.raises(VideoError, match="a single frame"):
        run_video_benchmark([], single, ENCODING)
    with pytest.raises(OptionError, match="a name of its own"):
        run_video_benchmark([untrained, untrained], clip, ENCODING)
    with pytest.raises(OptionError, match="figures of JPEG files"):
        run_video_benchmark([], clip, ENCODING, figures=make_figures(["coefficients"]))
