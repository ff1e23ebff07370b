"""`artgan evaluate-quality` prints a table for aligned and one for shifted grids."""

import json

import pytest
from tiny import photos
from toy_models import toy_folder, toy_predictor_folder

from artgan_hf.cli.main import main


@pytest.fixture
def arguments(tmp_path):
    toy_predictor_folder(tmp_path / "toy")
    return ["evaluate-quality", "--model", str(tmp_path / "toy"), "--data", str(photos(tmp_path / "photos"))]


def test_the_tables_have_a_row_for_each_true_quality(arguments, tmp_path, capsys):
    report = tmp_path / "new" / "report.json"
    assert main([*arguments, "--crop-px", "32", "--json", str(report)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("4 crops of 32x32")
    assert [line.split(":")[0] for line in lines if "mean absolute error" in line] == ["aligned", "shifted"]
    assert "    60    0.0  100.0    0.0    0.0    0.0    0.0" in lines
    assert json.loads(report.read_text())["crops"] == 4


def test_a_restorer_a_missing_folder_and_a_silly_size_are_one_line(arguments, tmp_path, capsys):
    toy_folder(tmp_path / "generator")
    for changes, message in (
        (["--model", str(tmp_path / "generator")], "is a generator, but a quality-predictor was asked for"),
        (["--data", str(tmp_path / "nowhere")], "nowhere does not exist"),
        (["--crop-px", "8"], "crop_px is 8"),
    ):
        assert main([*arguments, *changes]) != 0
        (line,) = capsys.readouterr().err.splitlines()
        assert message in line
