"""`artgan restore` takes videos, too."""

import json
import signal
import subprocess
import sys
import time

import pytest
from toy_models import toy_folder
from video_files import frame_times, write_video

from artgan_hf.cli.main import main


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
    assert main(["restore", source, *out, "--consistent"]) == 2
    assert "--consistent is for JPEG files" in capsys.readouterr().err
    assert main(["restore", source, source, *out]) == 2
    assert "more than one video" in capsys.readouterr().err


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
