import argparse
import json
from dataclasses import replace

import pytest
from tiny import photos
from toy_models import toy_config, toy_network, toy_predictor_folder

from artgan_hf.cli import report
from artgan_hf.errors import ModelNotFoundError, OptionError
from artgan_hf.evaluation.published import BEGIN, END
from artgan_hf.hub import save_model, shipped
from artgan_hf.restoring import Restorer

JUDGE = """
import numpy as np
from artgan_hf.evaluation.detection import Detections

class Judge:
    name, classes = "mine", ("dog",)

    def __call__(self, image):
        return Detections(np.array([[0.0, 0.0, 8.0, 8.0]]), np.ones(1), ("dog",))
"""


def run(*words):
    parser = argparse.ArgumentParser()
    report.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["report", *map(str, words)])
    return arguments.run(arguments)


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout with two toys, a predictor and pictures, as the working folder; no peer is installed."""
    cards = tmp_path / "model_cards"
    save_model(cards / "one", toy_network(), toy_config())
    save_model(cards / "five", toy_network(), replace(toy_config(), quality=(5, 5)))
    toy_predictor_folder(cards / "qf-predictor")
    monkeypatch.setattr(shipped, "_shipped_root", lambda: cards)
    monkeypatch.setenv("PATH", "")
    (tmp_path / "README.md").write_text(f"{BEGIN}\n{END}\n")
    photos(tmp_path / "clean", count=2, side=150)
    boxes = {
        "images": [{"id": 1, "file_name": "0.png"}],
        "categories": [{"id": 1, "name": "dog"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 8, 8]}],
    }
    (tmp_path / "clean" / "instances.json").write_text(json.dumps(boxes))
    (tmp_path / "judge_of_the_report_test.py").write_text(JUDGE)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    return tmp_path


def test_one_command_measures_everything_and_updates_the_checkout(checkout, capsys, monkeypatch):
    words = ["--data", "clean", "--coco", "clean", "--detector", "judge_of_the_report_test:Judge", "--quality", 5, 10]
    words += ["--metrics", "psnr", "blockiness", "-o", "out", "--device", "cpu", "--update", "."]
    assert run(*words) == 0
    printed = capsys.readouterr().out
    assert "jpegqs: not measured: no jpegqs on the PATH" in printed
    content = json.loads((checkout / "out" / "scores.json").read_text())
    assert [(row["model"], row["quality"]) for row in content["rows"]] == [
        ("original", None), ("jpeg", 5), ("artgan/five", 5), ("jpeg", 10), ("artgan/one", 10)
    ]  # fmt: skip
    assert [(row["model"], row["quality"]) for row in content["detection"]["rows"]] == [
        ("original", None), ("jpeg", 5), ("artgan/five", 5), ("jpeg", 10), ("artgan/one", 10)
    ]  # fmt: skip
    assert content["quality_predictor"]["model"] == "artgan/qf-predictor"
    assert content["quoted"][0]["rows"][1][0] == "DnCNN-3 (0.67 M)"
    page = (checkout / "out" / "index.html").read_text()
    for heading in ("Scores", "Object detection", "Published figures (quoted, not measured here)", "Quality predictor"):
        assert f"<h2>{heading}</h2>" in page
    notes = (checkout / "out" / "scores.md").read_text()
    assert "# Object detection" in notes
    assert "Quoted: LIVE1" in notes
    readme = (checkout / "README.md").read_text()
    assert "[`artgan/five`](model_cards/five/README.md)" in readme
    assert "AP of mine" in readme
    assert "`artgan/one` |" in (checkout / "model_cards" / "one" / "README.md").read_text()

    monkeypatch.setattr(Restorer, "restore", None)  # not needed again
    assert run(*words) == 0
    assert (checkout / "out" / "index.html").read_text() == page


def test_without_data_the_checkout_is_written_anew_from_its_own_scores(checkout):
    rows = [{"model": name, "quality": 10, "psnr": 26.0, "better": 2} for name in ("jpeg", "artgan/one")]
    content = {"dataset": "LIVE1", "images": 2, "codec": "JPEG 4:2:0", "rows": rows}
    (checkout / "model_cards" / "scores.json").write_text(json.dumps(content))
    assert run("--update", checkout) == 0
    assert "| 26.00 | 2/2 |" in (checkout / "README.md").read_text()


def test_nothing_to_do_and_halves_of_pairs_are_refused(checkout):
    with pytest.raises(OptionError, match="pass --data"):
        run()
    with pytest.raises(OptionError, match="belong together"):
        run("--data", "clean", "--coco", "clean")


def test_a_detector_that_is_not_there_is_said_before_the_long_run(checkout, monkeypatch):
    monkeypatch.setattr("artgan_hf.evaluation.run_benchmark", None)
    with pytest.raises(ModelNotFoundError, match=r"gone\.onnx does not exist"):
        run("--data", "clean", "--coco", "clean", "--detector", "gone.onnx", "--metrics", "psnr")
