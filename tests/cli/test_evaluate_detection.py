import argparse
import json

import numpy as np
import PIL.Image
from toy_models import toy_folder

from artgan_hf.cli import evaluate_detection

JUDGE = """
import numpy as np
from types import SimpleNamespace
from artgan_hf.evaluation.detection import Detections

class Judge:
    name, classes = "mine", ("dog",)

    def __call__(self, image):
        return Detections(np.array([[0.0, 0.0, 8.0, 8.0]]), np.ones(1), ("dog",))
"""


def test_the_table_is_printed_and_the_report_written(tmp_path, monkeypatch, capsys):
    PIL.Image.fromarray(np.zeros((24, 24, 3), np.uint8)).save(tmp_path / "a.png")
    boxes = {
        "images": [{"id": 1, "file_name": "a.png"}],
        "categories": [{"id": 1, "name": "dog"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 8, 8]}],
    }
    (tmp_path / "boxes.json").write_text(json.dumps(boxes))
    (tmp_path / "judge_of_the_command_test.py").write_text(JUDGE)
    monkeypatch.chdir(tmp_path)
    model = toy_folder(tmp_path / "toy")
    parser = argparse.ArgumentParser()
    evaluate_detection.add_parser(parser.add_subparsers())
    words = f"evaluate-detection --models {model} --data . --annotations boxes.json --quality 10 20 -o out --device cpu"
    parsed = parser.parse_args([*words.split(), "--detector", "judge_of_the_command_test:Judge"])
    assert parsed.run(parsed) == 0
    printed = capsys.readouterr().out.splitlines()
    assert printed[1].split() == ["quality", "version", "AP", "AP50"]
    assert len(printed) == 2 + 5 + 2
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "detection.json", "detection.md", "gain-10.svg", "gain-20.svg"
    ]  # fmt: skip
    assert json.loads((tmp_path / "out" / "detection.json").read_text())["images"] == 1
