"""The other way to convolve gives what `nn.Conv2d` gives."""

import pytest
import torch
from torch.nn import functional as F

from artgan_hf.networks.backbones import FeatureTrunk
from artgan_hf.networks.winograd import WinogradConv2d


@pytest.fixture
def layer():
    torch.manual_seed(0)
    return WinogradConv2d(20, 24)


def plain(layer, features):
    return F.conv2d(features, layer.weight, layer.bias, padding=1)


@pytest.mark.parametrize("shape", [(1, 1), (3, 5), (4, 4), (9, 1), (17, 50), (6, 2000)])
@pytest.mark.parametrize("batch", [1, 3])
def test_it_is_a_convolution(layer, shape, batch):
    features = torch.randn(batch, 20, *shape)
    with torch.inference_mode():
        torch.testing.assert_close(layer(features), plain(layer, features), rtol=0, atol=1e-4)
        nhwc = features.to(memory_format=torch.channels_last)
        torch.testing.assert_close(layer(nhwc), plain(layer, features), rtol=0, atol=1e-4)


def test_new_weights_count_at_once(layer):
    features = torch.randn(1, 20, 8, 8)
    with torch.inference_mode():
        layer(features)
        layer.load_state_dict(WinogradConv2d(20, 24).state_dict())
        torch.testing.assert_close(layer(features), plain(layer, features), rtol=0, atol=1e-4)


def test_gradients_and_other_types_take_the_plain_way(layer):
    features = torch.randn(1, 20, 8, 8, requires_grad=True)
    assert torch.equal(layer(features), plain(layer, features))
    layer(features).sum().backward()
    assert features.grad is not None
    with torch.inference_mode():
        half = layer.bfloat16()(features.bfloat16())
    assert half.dtype == torch.bfloat16


def test_the_wide_layers_of_vgg_are_made_of_it():
    torch.manual_seed(0)
    trunk = FeatureTrunk("vgg")
    widths = [layer.in_channels for layer in trunk.features if isinstance(layer, WinogradConv2d)]
    assert widths == [64] * 2 + [128] * 2 + [256] * 3 + [512] * 5
    image = torch.rand(1, 3, 50, 70)
    with torch.no_grad():
        fast = trunk(image)
    for one, other in zip(fast, trunk(image.requires_grad_()), strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=1e-4 * float(other.detach().std()))


def test_it_may_be_made_in_inference_mode():
    with torch.inference_mode():
        layer, features = WinogradConv2d(4, 4), torch.randn(1, 4, 8, 8)
        torch.testing.assert_close(layer(features), plain(layer, features), rtol=0, atol=1e-4)
