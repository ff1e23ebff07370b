"""Other engines give what torch gives, behind the same call."""

import copy
import pickle

import numpy as np
import pytest
import torch
from toy_models import toy_folder, toy_network
from toy_onnx import toy_onnx
from video_files import moving_picture

from artgan_hf.errors import OptionError
from artgan_hf.networks import InvertedResidualGenerator
from artgan_hf.restoring import backends
from artgan_hf.restoring.backends import ConvertedNetwork, in_backend
from artgan_hf.restoring.video import VideoRestorer

pytest.importorskip("onnxscript")
CPU = torch.device("cpu")
ENGINES = ["onnxruntime", "openvino"]


@pytest.fixture(autouse=True)
def _converted_once(monkeypatch):
    monkeypatch.setattr(backends, "to_onnx", toy_onnx)


@pytest.mark.parametrize("engine", ENGINES)
def test_an_engine_agrees_with_torch_at_every_size(engine):
    pytest.importorskip(engine)
    network = toy_network()
    converted = in_backend(network, engine, device=CPU)
    assert (converted.size_multiple, converted.receptive_radius_px) == (4, network.receptive_radius_px)
    with torch.inference_mode():
        for shape in [(1, 3, 48, 64), (1, 3, 37, 51), (2, 3, 16, 16)]:
            pictures = torch.rand(shape)
            expected = network(pictures).clamp(0, 1)
            assert (converted(pictures) - expected).abs().max() < 1 / 255
            assert (expected - pictures).abs().max() > 5 / 255


@pytest.mark.parametrize("engine", ENGINES)
def test_a_video_restorer_in_another_engine_gives_the_same_frames(engine, tmp_path):
    pytest.importorskip(engine)
    toy_folder(tmp_path / "toy")
    frame = moving_picture(0)
    frames = [
        next(VideoRestorer.from_pretrained(tmp_path / "toy", device="cpu", backend=backend).frames([frame]))
        for backend in ("torch", engine)
    ]
    assert np.abs(frames[0].astype(int) - frames[1]).max() <= 1


def test_a_converted_network_is_shared_by_copies_and_converted_anew_by_pickle():
    pytest.importorskip("onnxruntime")
    converted = in_backend(toy_network(), "onnxruntime", device=CPU)
    assert copy.deepcopy(converted) is converted
    other = pickle.loads(pickle.dumps(converted))
    pictures = torch.rand(1, 3, 16, 16)
    assert torch.equal(other(pictures), converted(pictures))


def test_auto_takes_openvino_only_where_it_pays(monkeypatch):
    pytest.importorskip("openvino")
    plain, depthwise = toy_network(), InvertedResidualGenerator(channels=8, blocks=1)
    assert in_backend(plain, device=CPU) is plain
    assert isinstance(in_backend(depthwise, device=CPU), ConvertedNetwork)
    assert in_backend(depthwise, device=torch.device("cuda")) is depthwise
    monkeypatch.setattr(backends, "_installed", lambda: False)
    assert in_backend(depthwise, device=CPU) is depthwise


def test_engines_and_devices_that_do_not_go_together_are_refused():
    with pytest.raises(OptionError, match="backend is 'tensorrt'; known: auto, torch"):
        in_backend(toy_network(), "tensorrt", device=CPU)
    with pytest.raises(OptionError, match="device is 'cuda'"):
        in_backend(toy_network(), "openvino", device=torch.device("cuda"))
