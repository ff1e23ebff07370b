import argparse
import json

import numpy as np
import PIL.Image
import pytest
from tiny import photos
from toy_models import toy_folder, toy_predictor_folder

from artgan_hf.cli import evaluate
from artgan_hf.errors import OptionError
from artgan_hf.restoring import Restorer


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


@pytest.fixture
def toy(tmp_path):
    return toy_folder(tmp_path / "toy")


def test_the_table_is_printed_and_the_json_written(arguments, clean, toy, tmp_path, capsys):
    words = ["--models", toy, "--data", clean, "--quality", 10, 40, "--json", tmp_path / "out.json"]
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


def test_with_a_video_codec_the_quality_is_a_crf(arguments, clean, toy, capsys):
    words = ["--models", toy, "--data", clean, "--codec", "h264", "--metrics", "psnr", "--device", "cpu"]
    parsed = arguments(*words)
    assert parsed.run(parsed) == 0
    first, head, codec, model = capsys.readouterr().out.splitlines()
    assert first.startswith("clean: 2 pictures, H.264 4:2:0 by libx264")
    assert head.split() == ["CRF", "model", "PSNR", "better", "bpp", "seconds"]
    assert (codec.split()[:2], model.split()[:2]) == (["37", "h264"], ["37", str(toy)])


def test_what_only_jpeg_files_have_is_refused_at_once_with_a_video_codec(arguments, tmp_path):
    words = ["--consistent", "--predictor", "--subsampling", "4:4:4", "--metrics", "psnr", "coefficients"]
    parsed = arguments("--data", tmp_path, "--codec", "h265", *words)
    expected = "--consistent, --metrics coefficients, --predictor, --subsampling 4:4:4: for JPEG files alone; leave"
    with pytest.raises(OptionError, match=expected):
        parsed.run(parsed)


def test_consistent_adds_a_row_that_gives_the_files_coefficients_back(arguments, clean, toy, capsys):
    parsed = arguments("--models", toy, "--data", clean, "--consistent", "--metrics", "psnr", "--device", "cpu")
    assert parsed.run(parsed) == 0
    head, _, free, bound = (line.split() for line in capsys.readouterr().out.splitlines()[1:])
    assert head == ["quality", "model", "PSNR", "coefficients", "%", "worst", "%", "better", "bpp", "seconds"]
    assert free[1] == str(toy)
    assert bound[1:3] == [f"{toy},", "consistent"]
    assert 99 < float(bound[4]) <= 100
    assert float(free[3]) < float(bound[4])
    assert float(bound[5]) <= float(bound[4])


def test_a_report_is_a_page_and_is_written_again_from_its_cache(arguments, clean, toy, tmp_path, capsys, monkeypatch):
    out = tmp_path / "out"
    words = ["--models", toy, "--data", clean, "--quality", 10, 40, "--report", out, "--device", "cpu"]
    parsed = arguments(*words)
    assert parsed.run(parsed) == 0
    first = (out / "index.html").read_text()
    assert capsys.readouterr().out.splitlines()[-1] == f"report: {out / 'index.html'}"
    monkeypatch.setattr(Restorer, "restore", None)  # not needed again
    assert parsed.run(parsed) == 0
    assert (out / "index.html").read_text() == first


def test_a_cache_of_its_own_place_serves_without_a_report(arguments, clean, toy, tmp_path):
    parsed = arguments("--models", toy, "--data", clean, "--cache", tmp_path / "kept", "--device", "cpu")
    assert parsed.run(parsed) == 0
    assert len(list((tmp_path / "kept").rglob("*.json"))) == 4


def test_the_report_shows_how_well_a_predictor_does(arguments, tmp_path):
    data = photos(tmp_path / "photos", count=1, side=150)
    predictor = toy_predictor_folder(tmp_path / "predictor")
    parsed = arguments("--data", data, "--report", tmp_path / "out", "--predictor", predictor)
    assert parsed.run(parsed) == 0
    assert json.loads((tmp_path / "out" / "scores.json").read_text())["quality_predictor"]["model"] == str(predictor)
    assert "Quality predictor" in (tmp_path / "out" / "index.html").read_text()
