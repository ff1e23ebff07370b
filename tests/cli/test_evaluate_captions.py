import argparse
import json

import PIL.Image
import pytest
from toy_models import toy_folder

from artgan_hf.cli import evaluate_captions
from artgan_hf.errors import OptionError


@pytest.fixture
def parse(tmp_path, monkeypatch):
    """Parses what follows `artgan`, in a folder with one captioned picture and a captioner of one's own."""
    PIL.Image.new("RGB", (24, 24), "red").save(tmp_path / "a.png")
    content = {"images": [{"id": 1, "file_name": "a.png"}], "annotations": [{"image_id": 1, "caption": "all red"}]}
    (tmp_path / "captions.json").write_text(json.dumps(content))
    (tmp_path / "captioner_of_the_command_test.py").write_text("def say(image):\n    return 'all red'\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shutil.which", lambda _: None)  # without Java, whose start is slow
    parser = argparse.ArgumentParser()
    evaluate_captions.add_parser(parser.add_subparsers())
    words = "evaluate-captions --data . --annotations captions.json --captioner captioner_of_the_command_test:say"
    return lambda more: parser.parse_args([*words.split(), *more.split()])


def test_the_table_is_printed_and_the_report_written(parse, tmp_path, capsys):
    model = toy_folder(tmp_path / "toy")
    parsed = parse(f"--models {model} --scores rouge --quality 10 20 -o out --device cpu")
    assert parsed.run(parsed) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[1].split() == ["quality", "version", "ROUGE-L"]
    assert [line.split()[-1] for line in printed[2:7]] == ["1.000"] * 5
    assert json.loads((tmp_path / "out" / "captions.json").read_text())["images"] == 1
    assert (tmp_path / "out" / "captions.md").read_text().startswith("# Captions")


def test_half_of_what_vifidel_needs_is_misuse(parse):
    parsed = parse("--detector torchvision")
    with pytest.raises(OptionError, match="both --detector and --word-vectors"):
        parsed.run(parsed)
