"""One ONNX graph computes what the network computes, for any number of pictures of any size."""

import numpy as np
import pytest
import torch
from toy_models import toy_network
from toy_onnx import toy_onnx

from artgan_hf.networks import GENERATORS
from artgan_hf.networks.onnx import EXAMPLE, INPUT, AnySize

onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnxscript")

TINY = {
    "residual": {"channels": 8, "blocks": 1},
    "two-scale": {"channels": 8, "blocks": 2, "deep_channels": 8, "deep_blocks": 1},
    "unshuffle": {"channels": 8, "blocks": 1},
    "inverted-residual": {"channels": 8, "blocks": 1},
}


def test_onnxruntime_agrees_with_torch_whatever_the_size_and_the_number_of_pictures():
    session = onnxruntime.InferenceSession(toy_onnx(), providers=["CPUExecutionProvider"])
    network = toy_network()
    for shape in [(1, 3, 64, 96), (3, 3, 33, 50), (1, 3, 5, 7)]:
        pictures = torch.rand(shape)
        [restored] = session.run(None, {INPUT: pictures.numpy()})
        expected = network(pictures).clamp(0, 1).detach().numpy()
        assert restored.shape == shape
        assert np.abs(restored - expected).max() < 0.1 / 255
        assert np.abs(expected - pictures.numpy()).max() > 5 / 255  # the network does something


@pytest.mark.parametrize("architecture", GENERATORS)
def test_the_form_for_export_is_the_network_for_every_architecture(architecture):
    network = GENERATORS[architecture](**TINY[architecture]).eval()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(std=0.05)
    pictures = torch.rand(EXAMPLE)
    assert torch.allclose(AnySize(network)(pictures), network(pictures).clamp(0, 1), atol=1e-6)
