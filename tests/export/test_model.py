"""Exported files compute what the network computes, and appear only when they do."""

import numpy as np
import pytest
from toy_models import toy_folder
from toy_onnx import toy_onnx
from video_files import moving_picture

from artgan_hf.errors import ArtganError, IncompatibleModelError, OptionError
from artgan_hf.export import Parity, export_model
from artgan_hf.export import onnx as onnx_files

pytest.importorskip("onnxscript")


@pytest.fixture(autouse=True)
def _converted_once(monkeypatch):
    monkeypatch.setattr(onnx_files, "to_onnx", toy_onnx)


@pytest.fixture
def model(tmp_path):
    return toy_folder(tmp_path / "toy")


def test_onnx_is_one_file_that_agrees_with_torch(model, tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime")
    exported = export_model(model, tmp_path / "out" / "toy.onnx")
    assert exported.parity.largest < 0.5
    assert exported.bytes == exported.path.stat().st_size
    session = onnxruntime.InferenceSession(str(exported.path), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape[1] == 3
    assert all(isinstance(side, str) for side in np.array(session.get_inputs()[0].shape)[[0, 2, 3]])
    assert [path.name for path in exported.path.parent.iterdir()] == ["toy.onnx"]


def test_openvino_is_two_files_and_can_be_written_again(model, tmp_path):
    pytest.importorskip("openvino")
    for overwrite in (False, True):
        exported = export_model(model, tmp_path / "out" / "toy.xml", format="openvino", overwrite=overwrite)
    assert exported.parity.largest < 1
    assert sorted(path.name for path in exported.path.parent.iterdir()) == ["toy.bin", "toy.xml"]


def test_weights_beside_an_openvino_model_are_not_written_over(model, tmp_path):
    (tmp_path / "toy.bin").write_bytes(b"precious")
    with pytest.raises(ArtganError, match=r"toy\.bin is there already"):
        export_model(model, tmp_path / "toy.xml", format="openvino")
    assert (tmp_path / "toy.bin").read_bytes() == b"precious"


def test_eight_bits_are_smaller_and_nearly_the_same(model, tmp_path):
    pytest.importorskip("onnxruntime")
    pictures = [moving_picture(time) for time in range(3)]
    exported = export_model(model, tmp_path / "toy.onnx", int8=True, calibration=pictures)
    assert 0.01 < exported.parity.mean < 4


def test_a_file_that_computes_something_else_never_appears(model, tmp_path, monkeypatch):
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(onnx_files, "EXACT", Parity(-1.0, 1.0))
    (tmp_path / "toy.onnx").write_bytes(b"old")
    with pytest.raises(IncompatibleModelError, match=r"toy\.onnx differs from the network"):
        export_model(model, tmp_path / "toy.onnx", overwrite=True)
    assert (tmp_path / "toy.onnx").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["toy", "toy.onnx"]


def test_arguments_that_make_no_sense_are_refused(model, tmp_path):
    for knobs, message in [
        ({"format": "tflite"}, "format is 'tflite'"),
        ({"format": "openvino"}, r"must end in \.xml"),
        ({"int8": True}, "needs degraded pictures"),
        ({"size": (8, 64)}, "size is 8x64"),
    ]:
        with pytest.raises(OptionError, match=message):
            export_model(model, tmp_path / "toy.onnx", **knobs)
    (tmp_path / "toy.onnx").touch()
    with pytest.raises(ArtganError, match="there already"):
        export_model(model, tmp_path / "toy.onnx")
