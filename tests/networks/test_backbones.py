import sys
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import save_file

from artgan_hf.errors import IncompatibleModelError, ModelNotFoundError, OptionError, ShapeError
from artgan_hf.networks.backbones import FILE_NAMES, FOLDER_VARIABLE, FeatureTrunk, load_trunk


def weights_of(trunk: FeatureTrunk) -> dict[str, torch.Tensor]:
    return dict(trunk.state_dict())


@pytest.fixture(autouse=True)
def _nothing_installed(monkeypatch, tmp_path):
    monkeypatch.delenv(FOLDER_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setitem(sys.modules, "torchvision", None)


@pytest.fixture
def alex() -> FeatureTrunk:
    return FeatureTrunk("alex")


def test_parameters_have_torchvisions_names_and_shapes(alex):
    assert {name.split(".")[1] for name in weights_of(alex)} == {"0", "3", "6", "8", "10"}
    vgg = weights_of(FeatureTrunk("vgg"))
    places = {int(name.split(".")[1]) for name in vgg}
    assert places == {0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28}
    assert vgg["features.28.weight"].shape == (512, 512, 3, 3)
    assert sum(value.numel() for value in vgg.values()) == 14_714_688


def test_vgg_stages_halve_the_image_and_fewer_stages_are_the_first_ones():
    trunk = FeatureTrunk("vgg")
    image = torch.rand(1, 3, 32, 32)
    five, two = trunk(image), trunk.stages(image, count=2)
    assert [tuple(stage.shape[1:]) for stage in five] == [
        (64, 32, 32),
        (128, 16, 16),
        (256, 8, 8),
        (512, 4, 4),
        (512, 2, 2),
    ]
    assert len(two) == 2
    torch.testing.assert_close(two[1], five[1])


def test_a_trunk_is_frozen_but_lets_gradients_reach_the_image(alex):
    image = torch.rand(1, 3, 31, 31, requires_grad=True)
    sum(stage.sum() for stage in alex.train()(image)).backward()
    assert not alex.training
    assert all(parameter.grad is None for parameter in alex.parameters())
    assert image.grad.abs().sum() > 0


def test_the_image_is_normalised_by_imagenets_mean(alex):
    mean = torch.tensor([0.485, 0.456, 0.406]).view(1, 3, 1, 1).expand(1, 3, 40, 40)
    bias = weights_of(alex)["features.0.bias"]
    centre = alex.stages(mean, count=1)[0][0, :, 4, 4]
    torch.testing.assert_close(centre, bias.relu(), atol=1e-5, rtol=0)


@pytest.mark.parametrize("bad", [torch.rand(1, 1, 40, 40), torch.rand(3, 40, 40), torch.rand(1, 3, 30, 40)])
def test_a_picture_too_small_or_not_rgb_is_refused(alex, bad):
    with pytest.raises(ShapeError, match="at least 31x31"):
        alex(bad)


def test_options_outside_their_range_are_refused(alex):
    with pytest.raises(OptionError, match="1 to 5 stages"):
        alex.stages(torch.rand(1, 3, 32, 32), count=6)
    with pytest.raises(OptionError, match="'resnet'; alex or vgg"):
        load_trunk("resnet")


def test_weights_come_from_the_folder_then_the_variable_then_the_cache(alex, tmp_path, monkeypatch):
    marks = {"argument": 1.0, "variable": 2.0, "cache/artgan_hf/backbones": 3.0}
    for place, mark in marks.items():
        (tmp_path / place).mkdir(parents=True)
        weights = {name: torch.full_like(value, mark) for name, value in weights_of(alex).items()}
        save_file(weights, tmp_path / place / FILE_NAMES["alex"])

    def found(folder=None) -> float:
        return weights_of(load_trunk("alex", folder))["features.0.bias"][0].item()

    assert found() == 3.0
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path / "variable"))
    assert found() == 2.0
    assert found(tmp_path / "argument") == 1.0


def test_torchvision_is_asked_last_and_its_classifier_left_out(alex, monkeypatch):
    given = {**weights_of(alex), "classifier.1.weight": torch.zeros(2)}

    def get_model(name: str, weights: str) -> SimpleNamespace:
        assert (name, weights) == ("alexnet", "IMAGENET1K_V1")
        return SimpleNamespace(state_dict=lambda: given)

    monkeypatch.setitem(sys.modules, "torchvision", SimpleNamespace(models=SimpleNamespace(get_model=get_model)))
    torch.testing.assert_close(weights_of(load_trunk("alex")), weights_of(alex))


def test_without_weights_the_message_says_what_to_do(tmp_path):
    with pytest.raises(ModelNotFoundError, match=r"pip install torchvision.*vgg16_features.*ARTGAN_BACKBONES"):
        load_trunk("vgg")
    with pytest.raises(ModelNotFoundError, match=r"nowhere.*cannot be read; pass the folder"):
        load_trunk("vgg", tmp_path / "nowhere")


def test_a_broken_or_foreign_file_is_refused(alex, tmp_path):
    path = tmp_path / FILE_NAMES["alex"]
    path.write_bytes(b"not a safetensors file")
    with pytest.raises(IncompatibleModelError, match="does not hold the weights of alexnet"):
        load_trunk("alex", tmp_path)
    save_file({"features.0.weight": torch.zeros(2)}, path)
    with pytest.raises(IncompatibleModelError, match="does not hold the weights of alexnet"):
        load_trunk("alex", tmp_path)


def test_two_trunks_share_their_first_stage_and_see_the_same_as_before():
    one, other = FeatureTrunk("vgg"), FeatureTrunk("vgg")
    other.load_state_dict(one.state_dict())
    images = [torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 24)]
    expected = [other(image) for image in images]
    other.share_first_stage(one)
    with torch.no_grad():
        for image, stages in zip(images, expected, strict=True):
            first, second = one(image), other(image)
            assert first[0] is second[0]
            torch.testing.assert_close(second, stages)
    wanted = images[0].clone().requires_grad_()
    other(wanted)[0].sum().backward()
    assert wanted.grad is not None
