import argparse
import json

import PIL.Image
from toy_models import toy_folder

from artgan_hf.cli import evaluate_identity


def test_the_table_is_printed_and_the_report_written(tmp_path, monkeypatch, capsys):
    (tmp_path / "faces").mkdir()
    for name, colour in {"a": "red", "b": "blue"}.items():
        PIL.Image.new("RGB", (24, 24), colour).save(tmp_path / "faces" / f"{name}.png")
    (tmp_path / "recogniser_of_the_command_test.py").write_text(
        "def embed(versions):\n    return [one.mean((0, 1)) for one in versions]\n"
    )
    monkeypatch.chdir(tmp_path)
    model = toy_folder(tmp_path / "toy")
    parser = argparse.ArgumentParser()
    evaluate_identity.add_parser(parser.add_subparsers())
    words = f"evaluate-identity --models {model} --data faces --quality 10 20 -o out --device cpu"
    parsed = parser.parse_args([*words.split(), "--embedder", "recogniser_of_the_command_test:embed"])
    assert parsed.run(parsed) == 0
    assert "2/2" in capsys.readouterr().out
    assert json.loads((tmp_path / "out" / "identity.json").read_text())["faces"] == 2
    assert (tmp_path / "out" / "identity.md").read_text().startswith("# Identity")
