"""`artgan restore` takes videos, too."""

import json
import signal
import subprocess
import sys
import time

import pytest
from toy_models import toy_folder, toy_shelf
from video_files import frame_times, write_video

from artgan_hf.cli.main import main
from artgan_hf.codecs.video_file import read_clip
from artgan_hf.restoring.video import VideoRestorer


@pytest.fixture
def model(tmp_path):
    return str(toy_folder(tmp_path / "toy"))


def test_a_video_in_makes_a_video_out(tmp_path, model, capsys):
    source = write_video(tmp_path / "a.mp4", times=range(3))
    assert main(["restore", str(source), "-o", str(tmp_path / "b.mkv"), "--model", model, "--device", "cpu"]) == 0
    assert "b.mkv: 3 frames in" in capsys.readouterr().out
    assert frame_times(tmp_path / "b.mkv") == frame_times(source)


def test_many_videos_go_into_a_folder_and_one_bad_one_does_not_stop_the_rest(tmp_path, model, capsys):
    good = write_video(tmp_path / "good.mkv", times=range(2))
    (tmp_path / "bad.avi").write_text("no video")
    command = ["restore", str(tmp_path / "bad.avi"), str(good), "-o", str(tmp_path / "out"), "--model", model, "--json"]
    assert main([*command, "--device", "cpu"]) == 1
    bad, restored = json.loads(capsys.readouterr().out)["files"]
    assert (bad["status"], restored["status"], restored["frames"]) == ("failed", "restored", 2)
    assert "bad.avi cannot be read as a video" in bad["error"]
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["good.mkv"]
    assert main([*command, "--device", "cpu", "--skip-existing"]) == 1
    assert [file["status"] for file in json.loads(capsys.readouterr().out)["files"]] == ["failed", "skipped"]


def test_what_makes_no_sense_for_videos_is_misuse(tmp_path, model, capsys):
    source = str(write_video(tmp_path / "a.mp4", times=range(2)))
    out = ["-o", str(tmp_path / "b.mp4"), "--model", model]
    for option in ("--consistent", "--quality 10", "--max-pixels 99", "--workers 2", "--format png"):
        assert main(["restore", source, *out, *option.split()]) == 2
        assert f"{option.split()[0]} is for pictures" in capsys.readouterr().err
    assert main(["restore", source, source, *out]) == 2
    assert "more than one video" in capsys.readouterr().err


def test_fidelity_goes_back_to_the_parent(tmp_path, monkeypatch):
    monkeypatch.chdir(toy_shelf(tmp_path))
    source = str(write_video(tmp_path / "a.mp4", times=range(2)))
    command = ["restore", source, "--device", "cpu", "--crf", "1", "-o"]
    assert main([*command, "gan.mp4", "--model", "toys/gan", "--fidelity", "1"]) == 0
    assert main([*command, "pixel.mp4", "--model", "toys/pixel"]) == 0
    assert (read_clip("gan.mp4").frames[0] == read_clip("pixel.mp4").frames[0]).all()


@pytest.mark.parametrize(
    ("target", "options", "message"),
    [
        ("b.mp4", "--preset quick", "preset is 'quick', but h264 takes ultrafast"),
        ("b.mp4", "--encoder av1 --preset 14", "av1 takes 0, 1"),
        ("b.webm", "--preset fast", "vp9 takes none"),
        ("b.webm", "--encoder h264", "takes auto, vp9, av1"),
        ("a.mp4", "", "replace the original"),
    ],
)
def test_what_no_video_can_be_is_refused_before_the_model_is_looked_for(tmp_path, capsys, target, options, message):
    source = str(write_video(tmp_path / "a.mp4", times=range(2)))
    command = ["restore", source, "-o", str(tmp_path / target), "--model", str(tmp_path / "none")]
    assert main([*command, *options.split()]) == 2
    assert message in capsys.readouterr().err


def test_a_video_that_cannot_be_is_one_line_and_the_rest_is_restored(tmp_path, model, capsys, monkeypatch):
    names = ("a.webm", "odd.mp4", "c.mkv")
    sources = [str(write_video(tmp_path / name, times=range(2), codec="libx264" if name != "a.webm" else "libvpx",
                               options={"b": "50000"})) for name in names]  # fmt: skip
    restore = VideoRestorer.__call__

    def failing(self, source, *arguments, **options):
        if source.name == "odd.mp4":
            raise ValueError("an odd frame")
        return restore(self, source, *arguments, **options)

    monkeypatch.setattr(VideoRestorer, "__call__", failing)
    command = ["restore", *sources, "-o", str(tmp_path / "out"), "--model", model, "--device", "cpu", "--json"]
    assert main([*command, "--encoder", "h264"]) == 1
    webm, odd, mkv = json.loads(capsys.readouterr().out)["files"]
    assert [webm["status"], odd["status"], mkv["status"]] == ["failed", "failed", "restored"]
    assert ".webm takes auto, vp9, av1" in webm["error"]
    assert "ValueError: an odd frame" in odd["error"]


def test_sigterm_takes_away_the_unfinished_file(tmp_path, model):
    source = write_video(tmp_path / "a.mp4", times=range(1500), options={"crf": "40", "preset": "ultrafast"})
    target = tmp_path / "out" / "b.mp4"
    process = subprocess.Popen(
        [sys.executable, "-m", "artgan_hf", "restore", str(source), "-o", str(target), "--model", model],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not list(tmp_path.glob("out/*.part")):
        assert process.poll() is None, "it was done before it could be stopped: give it more frames"
        time.sleep(0.05)
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 143
    assert not list(target.parent.iterdir())
