"""`artgan export` writes the file and says how well it agrees."""

import numpy as np
import PIL.Image
import pytest
from toy_models import toy_folder
from toy_onnx import toy_onnx

from artgan_hf.cli.main import main
from artgan_hf.export import onnx

pytest.importorskip("onnxscript")
pytest.importorskip("onnxruntime")


@pytest.mark.parametrize("int8", [False, True])
def test_a_model_becomes_a_file_named_after_it(tmp_path, capsys, monkeypatch, int8):
    monkeypatch.setattr(onnx, "to_onnx", toy_onnx)
    monkeypatch.chdir(tmp_path)
    toy_folder(tmp_path / "toy")
    (tmp_path / "pictures").mkdir()
    PIL.Image.fromarray(np.random.default_rng(0).integers(0, 255, (33, 40, 3), dtype=np.uint8)).save("pictures/a.png")
    more = ["--int8", "--calibration", "pictures"] if int8 else []
    assert main(["export", "toy", *more]) == 0
    assert "toy.onnx: 0." in (out := capsys.readouterr().out)
    assert "differs from torch by" in out
    assert main(["export", "toy"]) == 1
    assert "there already" in capsys.readouterr().err
    assert main(["export", "toy", "--to", "coreml", "--size", "big"]) == 2
