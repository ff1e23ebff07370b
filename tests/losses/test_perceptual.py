"""Feature losses on a trunk with random weights: what they do does not depend on ImageNet."""

import pytest
import torch
from safetensors.torch import save_file

from artgan_hf.errors import ModelNotFoundError
from artgan_hf.losses import FeatureLoss, LpipsLoss, SsimLoss
from artgan_hf.losses.perceptual import random_crop
from artgan_hf.networks.backbones import FeatureTrunk


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backbones")
    save_file(FeatureTrunk("vgg").state_dict(), folder / "vgg16_features.safetensors")
    return str(folder)


@pytest.mark.parametrize("kind", [FeatureLoss, LpipsLoss])
def test_identical_pictures_cost_nothing_and_worse_ones_cost_more(kind, folder):
    loss = kind(folder=folder)
    clean = torch.rand(2, 3, 32, 32)
    noise = torch.rand_like(clean) - 0.5
    assert loss(clean, clean).item() == pytest.approx(0, abs=1e-6)
    near, far = (loss((clean + share * noise).clamp(0, 1), clean).item() for share in (0.1, 0.8))
    assert 0 < near < far


@pytest.mark.parametrize("kind", [FeatureLoss, LpipsLoss])
def test_the_gradient_reaches_the_picture_but_not_the_trunk(kind, folder):
    loss = kind(folder=folder, crop_px=16)
    restored = torch.rand(1, 3, 32, 32, requires_grad=True)
    loss(restored, torch.rand(1, 3, 32, 32)).backward()
    assert 0 < (restored.grad != 0).float().mean() <= 0.3  # a crop of 16 is a quarter of the picture
    assert all(parameter.grad is None for parameter in loss.parameters())


def test_crops_are_the_same_place_of_both():
    both = torch.rand(1, 3, 40, 24)
    for _ in range(5):
        first, second = random_crop(both, both, 16)
        assert first.shape == (1, 3, 16, 16)
        assert first.equal(second)
    assert random_crop(both, both, None)[0] is both


def test_missing_weights_are_an_error_that_names_the_folder(tmp_path):
    with pytest.raises(ModelNotFoundError, match=str(tmp_path)):
        FeatureLoss(folder=str(tmp_path))


def test_the_structural_loss_is_one_minus_ssim():
    clean = torch.rand(2, 3, 24, 24)
    assert SsimLoss()(clean, clean).item() == pytest.approx(0, abs=1e-5)
    assert SsimLoss()(1 - clean, clean).item() > 1
