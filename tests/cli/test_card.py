import argparse
import json
from pathlib import Path

import pytest

from artgan_hf.cli import card
from artgan_hf.errors import DataError
from artgan_hf.hub import ModelConfig, save_model
from artgan_hf.networks import UnshuffleGenerator


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
