import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from artgan_hf.codecs import encode
from artgan_hf.errors import ModelNotFoundError, OptionError
from artgan_hf.evaluation import make_figures
from artgan_hf.evaluation.figures import Comparison
from artgan_hf.networks.backbones import FILE_NAMES, FeatureTrunk
from artgan_hf.networks.dists import Dists
from artgan_hf.networks.lpips import Lpips


def test_figures_come_in_the_order_asked_and_once():
    assert [figure.key for figure in make_figures(["psnr-b", "psnr", "psnr-b"])] == ["psnr_b", "psnr"]


def test_an_unknown_figure_names_the_known_ones():
    with pytest.raises(OptionError, match=r"vmaf; known: psnr, ssim, ms-ssim, psnr-b, lpips"):
        make_figures(["psnr", "vmaf"])
    with pytest.raises(OptionError, match="none; known"):
        make_figures([])


def compared(restored, degraded, clean=None, **file):
    clean = degraded if clean is None else clean
    return Comparison(restored, clean, degraded, file.get("pixels"), file.get("jpeg", b""))


def test_a_figure_scores_one_picture():
    (figure,) = make_figures(["psnr"])
    black = torch.zeros(1, 1, 8, 8)
    assert figure.score(compared(black + 0.1, black)) == pytest.approx({"psnr": 20}, abs=1e-4)


def test_blockiness_is_on_the_scale_of_its_paper():
    (figure,) = make_figures(["blockiness"])
    image = torch.zeros(1, 1, 16, 16)
    image[..., 8:] = 10 / 255  # see the test of blocking_effect for the count of pairs
    assert figure.judges_alone
    assert figure.score(compared(image, image))["blockiness"] == pytest.approx(3 / 4 * 16 * 100 / 62, rel=1e-4)


def test_drift_weighs_pictures_by_their_flat_blocks_and_takes_the_channel_that_moved_most():
    (figure,) = make_figures(["drift"])
    small, large = torch.full((1, 3, 16, 16), 0.5), torch.full((1, 3, 16, 48), 0.5)
    shift = torch.tensor([1.0, 0.0, -2.0]).view(3, 1, 1) / 255
    scores = [figure.score(compared(small + shift, small)), figure.score(compared(large, large))]
    assert scores[0] == pytest.approx({"drift": 2, "drift_r": 1, "drift_g": 0, "drift_b": -2, "drift_blocks": 1})
    row = figure.summarise({key: np.array([score[key] for score in scores]) for key in figure.keys})
    expected = {"drift": 0.5, "drift_r": 0.25, "drift_g": 0, "drift_b": -0.5, "drift_blocks": 4}
    assert {key: float(value) for key, value in row.items()} == pytest.approx(expected, abs=1e-4)


def test_pictures_without_flat_blocks_do_not_spoil_the_drift_of_others():
    (figure,) = make_figures(["drift"])
    flat, busy = torch.full((1, 1, 16, 16), 0.5), torch.rand(1, 1, 16, 16)
    scores = [figure.score(compared(flat + 1 / 255, flat)), figure.score(compared(busy, busy))]
    row = figure.summarise({key: np.array([score[key] for score in scores]) for key in figure.keys})
    assert row["drift"] == pytest.approx(1, abs=1e-4)
    assert np.isnan(scores[1]["drift"])


def test_coefficients_are_in_percent_with_the_worst_picture_beside_the_mean():
    (figure,) = make_figures(["coefficients"])
    grey = np.tile(np.arange(0, 240, 10, np.uint8), (16, 1))
    tensor = torch.zeros(1, 1, 16, 24)
    assert figure.score(compared(tensor, tensor, pixels=grey, jpeg=encode(grey, 10))) == {"coefficients": 100}
    row = figure.summarise({"coefficients": np.array([100, 99.0])})
    assert (row["coefficients"], row["coefficients_worst"]) == (99.5, 99)


@pytest.mark.parametrize("name", ["lpips", "lpips-vgg", "dists"])
def test_a_learned_distance_without_weights_says_how_to_get_them(name, tmp_path):
    with pytest.raises(ModelNotFoundError, match="cannot be read; pass the folder"):
        make_figures([name], backbones=tmp_path)


@pytest.mark.parametrize(("name", "net"), [("lpips", "alex"), ("dists", "vgg")])
def test_a_learned_distance_follows_the_clean_picture(name, net, tmp_path):
    save_file(FeatureTrunk(net).state_dict(), tmp_path / FILE_NAMES[net])
    (figure,) = make_figures([name], backbones=tmp_path)
    first, second, other = torch.rand(3, 1, 3, 33, 32).unbind(0)
    distance = Lpips(net, tmp_path) if name == "lpips" else Dists(tmp_path)
    for restored, clean in (
        (other, first),
        (second, first),
        (other, second),
        (other[..., :32, :], second[..., :32, :]),
    ):
        expected = pytest.approx(float(distance(restored, clean)), abs=1e-6)
        assert figure.score(compared(restored, clean))[name] == expected
