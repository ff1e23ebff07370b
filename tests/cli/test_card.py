import argparse
import json
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from artgan_hf.cli import card
from artgan_hf.errors import DataError, OptionError
from artgan_hf.hub import ModelConfig, save_model
from artgan_hf.networks import UnshuffleGenerator
from tests.toy_models import toy_predictor_folder, toy_shelf


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    config = ModelConfig(
        architecture="unshuffle",
        options={"channels": 8, "blocks": 1},
        codec="jpeg",
        quality=(10, 10),
        description="A toy.",
    )
    save_model(tmp_path / "toy", UnshuffleGenerator(8, 1), config)
    return tmp_path / "toy"


def run(*words: object) -> int:
    parser = argparse.ArgumentParser()
    card.add_parser(parser.add_subparsers())
    arguments = parser.parse_args(["card", *map(str, words)])
    return arguments.run(arguments)


def test_the_command_writes_the_card_and_prints_its_path(folder, tmp_path, capsys):
    row = {"model": "someone/toy", "quality": 10, "psnr": 27.0, "ssim": 0.8, "psnr_b": 26.0}
    scores = tmp_path / "scores.json"
    scores.write_text(json.dumps({"dataset": "LIVE1", "images": 29, "codec": "JPEG 4:2:0", "rows": [row]}))
    assert run(folder, "--scores", scores, "--id", "someone/toy") == 0
    assert capsys.readouterr().out == f"{folder / 'README.md'}\n"
    assert "`someone/toy` | 27.00" in (folder / "README.md").read_text()


def test_scores_that_cannot_be_read_are_named(folder):
    with pytest.raises(DataError, match=r"gone\.json cannot be read"):
        run(folder, "--scores", folder / "gone.json")


def opened(path: Path) -> Image.Image:
    with Image.open(path) as sheet:
        sheet.load()
    return sheet


def test_crops_show_jpeg_parent_model_and_original(tmp_path, monkeypatch):
    monkeypatch.chdir(toy_shelf(tmp_path))
    assert run(Path("toys/gan"), "--id", "toys/gan", "--crops") == 0
    sheet = opened(Path("toys/gan/crops.avif"))
    assert sheet.size == (4 * 320 + 5 * 12, 34 + 3 * 332)
    assert Path("toys/gan/crops.avif").stat().st_size < 60_000
    assert "(crops.avif)" in Path("toys/gan/README.md").read_text()
    columns = [np.asarray(sheet, float)[34:, 12 + 332 * i : 332 + 332 * i] for i in range(4)]
    assert all(np.abs(one - other).mean() > 1 for one, other in pairwise(columns))


def test_crops_of_an_ensemble_need_no_parent(tmp_path, monkeypatch):
    monkeypatch.chdir(toy_shelf(tmp_path))
    assert run(Path("toys/auto"), "--id", "toys/auto", "--crops") == 0
    assert opened(Path("toys/auto/crops.avif")).width == 3 * 320 + 4 * 12


def test_a_predictor_has_no_crops(tmp_path):
    with pytest.raises(OptionError, match="is a quality-predictor: it restores no pictures to show crops of"):
        run(toy_predictor_folder(tmp_path / "eye"), "--crops")
    assert not (tmp_path / "eye" / "README.md").exists()


def test_crops_of_a_model_for_video_are_frames_of_its_codec(folder):
    pytest.importorskip("av", reason="needs the [video] extra")
    config = json.loads((folder / "config.json").read_text()) | {"codec": "h264", "quality": [25, 44]}
    (folder / "config.json").write_text(json.dumps(config))
    assert run(folder, "--id", "toys/live", "--crops") == 0
    assert opened(folder / "crops.avif").width == 3 * 320 + 4 * 12


def test_crops_of_other_models_take_the_place_of_the_parents(tmp_path, monkeypatch):
    monkeypatch.chdir(toy_shelf(tmp_path))
    assert (
        run(Path("toys/gan"), "--id", "toys/gan", "--crops", "--beside", "toys/pixel", "toys/pixel", "./toys/gan") == 0
    )
    sheet = opened(Path("toys/gan/crops.avif"))
    assert sheet.width == 5 * 320 + 6 * 12  # two names, one of them twice


def test_a_comparison_of_losses_is_kept_without_its_single_pictures(folder, tmp_path):
    row = {"model": "runs/mse", "quality": 10, "psnr": 27.5, "ssim": 0.8, "psnr_b": 26.0}
    table = {"dataset": "LIVE1", "images": 29, "codec": "JPEG 4:2:0", "rows": [row], "per_image": [row] * 29}
    (tmp_path / "compared.json").write_text(json.dumps(table))
    assert run(folder, "--id", "someone/toy", "--compared", tmp_path / "compared.json") == 0
    assert "per_image" not in json.loads((folder / "comparison.json").read_text())
    assert run(folder, "--id", "someone/toy") == 0
    assert "`runs/mse` | 27.50" in (folder / "README.md").read_text()
