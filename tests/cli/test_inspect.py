import json

import numpy as np
import pytest
from PIL import Image
from toy_models import toy_predictor_folder

from artgan_hf.cli.main import main
from artgan_hf.hub import shipped


@pytest.fixture(autouse=True)
def cards(tmp_path, monkeypatch):
    """An empty folder of shipped models: what `inspect` says of pixels does not depend on what is shipped today."""
    monkeypatch.setattr(shipped, "_shipped_root", lambda: tmp_path / "cards")
    return tmp_path / "cards"


@pytest.fixture
def gradient():
    pixels = np.linspace(0, 255, 40 * 30 * 3).reshape(30, 40, 3).astype(np.uint8)
    return Image.fromarray(pixels)


def test_a_jpeg_tells_its_quality_and_layout(gradient, tmp_path, capsys):
    path = tmp_path / "a.jpg"
    gradient.save(path, quality=37, progressive=True, subsampling="4:2:0")
    assert main(["inspect", str(path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "file": str(path),
        "format": "JPEG",
        "width": 40,
        "height": 30,
        "mode": "RGB",
        "bytes": path.stat().st_size,
        "quality": 37,
        "quality_is_exact": True,
        "subsampling": "4:2:0",
        "progressive": True,
    }
    assert main(["inspect", str(path)]) == 0
    text = capsys.readouterr().out
    assert "JPEG, 40x30, mode RGB" in text
    assert "quality 37 (exactly libjpeg's tables), chroma 4:2:0, progressive" in text


def test_foreign_tables_give_the_nearest_quality(gradient, tmp_path, capsys):
    path = tmp_path / "a.jpg"
    gradient.save(path, qtables=[[9] * 64, [12] * 64])
    assert main(["inspect", str(path)]) == 0
    assert "the nearest" in capsys.readouterr().out


def test_another_format_has_no_quality(gradient, tmp_path, capsys):
    path = tmp_path / "a.png"
    gradient.convert("L").save(path)
    assert main(["inspect", str(path)]) == 0
    text = capsys.readouterr().out
    assert text.startswith("PNG, 40x30, mode L")
    assert "quality" not in text


def test_with_a_shipped_predictor_the_pixels_of_any_picture_are_judged(gradient, cards, tmp_path, capsys):
    toy_predictor_folder(cards / "qf-predictor")
    gradient.save(tmp_path / "a.jpg", quality=37)
    gradient.save(tmp_path / "a.png")
    for name in ("a.jpg", "a.png"):
        assert main(["inspect", str(tmp_path / name)]) == 0
        text = capsys.readouterr().out
        assert "by the pixels: quality 12 (nearest class 10: 100%)\n" in text
        assert ("saved again, it seems: restore it for quality 12" in text) == (name == "a.jpg")
    assert main(["inspect", str(tmp_path / "a.png"), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert (facts["predicted_quality"], facts["restore_for"]) == (12, 12)
    assert facts["probabilities"]["10"] == 1
    assert set(facts["probabilities"]) == {"5", "10", "20", "30", "40", "60"}


def test_a_picture_too_small_to_be_judged_still_shows_its_header(gradient, cards, tmp_path, capsys):
    toy_predictor_folder(cards / "qf-predictor")
    gradient.crop((0, 0, 15, 20)).save(tmp_path / "a.jpg", quality=37)
    assert main(["inspect", str(tmp_path / "a.jpg")]) == 0
    text = capsys.readouterr().out
    assert "quality 37 (exactly" in text
    assert "by the pixels: no quality (the picture has 15x20 pixels" in text


@pytest.mark.parametrize("name", ["nothing.jpg", "text.jpg", "."])
def test_what_is_no_picture_is_one_line_and_exit_code_1(name, tmp_path, capsys):
    (tmp_path / "text.jpg").write_text("hello")
    assert main(["inspect", str(tmp_path / name)]) == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("artgan: error: ")
