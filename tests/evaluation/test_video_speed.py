"""Speed from file to file, in turns with ffmpeg's filter where there is one."""

import json
import sys

import pytest
from toy_models import toy_folder
from video_files import write_video

from artgan_hf.errors import OptionError
from artgan_hf.evaluation.video_speed import SPP, measure_video_speed

FAKE = """#!{python}
import shutil, sys
if "-filters" in sys.argv:
    print(" T.. {filter} V->V Apply something.")
else:
    assert sys.argv[sys.argv.index("-vf") + 1] == "spp=6:qp=9"
    shutil.copy(sys.argv[sys.argv.index("-i") + 1], sys.argv[-1])
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Makes a stand-in for ffmpeg that has one filter."""

    def make(filter):
        place = tmp_path / "bin"
        place.mkdir(exist_ok=True)
        (place / "ffmpeg").write_text(FAKE.format(python=sys.executable, filter=filter))
        (place / "ffmpeg").chmod(0o755)
        monkeypatch.setenv("PATH", str(place))

    return make


@pytest.fixture
def measured(tmp_path):
    toy_folder(tmp_path / "toy")
    clip = write_video(tmp_path / "a.mp4", times=range(3))

    def measure(**knobs):
        models = [str(tmp_path / "toy")]
        return measure_video_speed(clip, models, sizes=[(64, 48), (32, 32)], frames=4, repeats=1, **knobs)

    return measure


def test_every_size_has_a_row_for_each_model_and_for_the_filter(measured, program):
    program("spp")
    report = measured(backends=["torch"])
    assert [(row.width, row.model == SPP) for row in report.rows] == [(64, False), (64, True), (32, False), (32, True)]
    assert all(row.fps > 0 for row in report.rows)
    assert "64x48" in report.table()
    assert json.loads(json.dumps(report.as_dict()))["frames"] == 4


def test_a_missing_filter_is_said_in_the_table(measured, program, monkeypatch, tmp_path):
    program("deblock")
    assert "was built without this filter" in measured().table()
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    report = measured()
    assert report.rows[1].fps is None
    assert "no ffmpeg on the PATH" in report.table()


def test_nothing_to_time_is_refused(tmp_path):
    with pytest.raises(OptionError, match="frames are 0"):
        measure_video_speed(tmp_path / "a.mp4", [], frames=0)
