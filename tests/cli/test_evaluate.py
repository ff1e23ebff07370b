import argparse
import json

import numpy as np
import PIL.Image
import pytest

from artgan_hf.cli import evaluate
from artgan_hf.hub import ModelConfig, save_model
from artgan_hf.networks import UnshuffleGenerator


@pytest.fixture
def arguments(tmp_path):
    """Parses what follows `artgan`."""
    parser = argparse.ArgumentParser()
    evaluate.add_parser(parser.add_subparsers())
    return lambda *words: parser.parse_args(["evaluate", *map(str, words)])


@pytest.fixture
def clean(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (2, 24, 24, 3), dtype=np.uint8)
    (tmp_path / "clean").mkdir()
    for name, pixels in zip("ab", noise, strict=True):
        PIL.Image.fromarray(pixels).save(tmp_path / "clean" / f"{name}.png")
    return tmp_path / "clean"


def test_the_table_is_printed_and_the_json_written(arguments, clean, tmp_path, capsys):
    options = {"channels": 8, "blocks": 1, "fold": 4}
    config = ModelConfig(architecture="unshuffle", options=options, codec="jpeg", quality=(5, 95), description="A toy.")
    save_model(tmp_path / "toy", UnshuffleGenerator(**options), config)
    words = ["--models", tmp_path / "toy", "--data", clean, "--quality", 10, 40, "--json", tmp_path / "out.json"]
    parsed = arguments(*words, "--metrics", "psnr", "--device", "cpu", "--dtype", "float32")
    assert parsed.run(parsed) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[1].split() == ["quality", "model", "PSNR", "better", "bpp", "seconds"]
    assert [line.split()[0] for line in printed[2:]] == ["10", "10", "40", "40"]
    content = json.loads((tmp_path / "out.json").read_text())
    assert content["images"] == 2
    assert len(content["rows"]) == 4
    assert len(content["per_image"]) == 8


def test_without_models_jpeg_alone_is_scored(arguments, clean, capsys):
    parsed = arguments("--data", clean, "--limit", 1, "--grey", "--crop-px", 2)
    assert parsed.run(parsed) == 0
    assert "clean: 1 pictures, JPEG grey" in capsys.readouterr().out
