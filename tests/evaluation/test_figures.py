import pytest
import torch

from artgan_hf.errors import ModelNotFoundError, OptionError
from artgan_hf.evaluation import make_figures


def test_figures_come_in_the_order_asked_and_once():
    assert [figure.key for figure in make_figures(["psnr-b", "psnr", "psnr-b"])] == ["psnr_b", "psnr"]


def test_an_unknown_figure_names_the_known_ones():
    with pytest.raises(OptionError, match=r"vmaf; known: psnr, ssim, psnr-b, lpips"):
        make_figures(["psnr", "vmaf"])
    with pytest.raises(OptionError, match="none; known"):
        make_figures([])


def test_a_figure_scores_one_picture():
    (figure,) = make_figures(["psnr"])
    assert figure.score(torch.full((1, 1, 8, 8), 0.1), torch.zeros(1, 1, 8, 8)) == pytest.approx(20, abs=1e-4)


def test_lpips_without_weights_says_how_to_get_them(tmp_path):
    with pytest.raises(ModelNotFoundError, match="cannot be read; pass the folder"):
        make_figures(["lpips"], backbones=tmp_path)
