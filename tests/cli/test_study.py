import argparse
import json

import numpy as np
import PIL.Image
import pytest
from toy_models import toy_folder

from artgan_hf.cli import study
from artgan_hf.errors import OptionError
from artgan_hf.evaluation.study import Rating, Ratings, open_study


@pytest.fixture
def artgan(tmp_path, monkeypatch):
    """Runs what follows `artgan`, in a folder with two clean pictures and a toy model."""
    (tmp_path / "clean").mkdir()
    for name, pixels in zip("ab", np.random.default_rng(0).integers(0, 256, (2, 16, 16, 3), np.uint8), strict=True):
        PIL.Image.fromarray(pixels).save(tmp_path / "clean" / f"{name}.png")
    toy_folder(tmp_path / "toy")
    monkeypatch.chdir(tmp_path)
    parser = argparse.ArgumentParser()
    study.add_parser(parser.add_subparsers())

    def run(words):
        parsed = parser.parse_args(words.split())
        return parsed.run(parsed)

    return run


def test_a_study_is_made_and_reported(artgan, tmp_path, capsys):
    assert artgan("study new judged --data clean --models ./toy --methods same=clean --seed 4 --device cpu") == 0
    assert "5 questions on original, jpeg, anchor, ./toy, same" in capsys.readouterr().out.replace(str(tmp_path), ".")
    made = open_study("judged")
    for rater in ("Anna", "Bob"):
        for stimulus in made.stimuli:
            score = {"original": 90, "same": 90, "jpeg": 30, "anchor": 5}.get(stimulus.method, 60)
            Ratings(made.ratings_file).add(Rating(rater, stimulus.picture, stimulus.method, score, 1.0))
    assert artgan("study report judged") == 0
    assert "2 raters, 5 questions each" in capsys.readouterr().out
    written = json.loads((tmp_path / "judged" / "report" / "report.json").read_text())
    assert {one["method"]: one["mos"] for one in written["opinions"]}["jpeg"] == 30
    assert (tmp_path / "judged" / "report" / "opinions.svg").read_text().startswith("<svg")
    assert "opinions.svg" in (tmp_path / "judged" / "report" / "report.md").read_text()


def test_a_method_without_a_folder_is_misuse(artgan):
    with pytest.raises(OptionError, match="NAME=FOLDER was expected"):
        artgan("study new judged --data clean --methods ours")
