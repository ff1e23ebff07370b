import sys
from importlib import import_module

import pytest
import torch
from safetensors.torch import save_file

from artgan_hf.errors import MissingExtraError
from artgan_hf.functional import brisque, psnr_b
from artgan_hf.metrics import (
    MeanFigure,
    mean_blocking_effect,
    mean_brisque,
    mean_dists,
    mean_lpips,
    mean_psnr,
    mean_psnr_b,
    mean_ssim,
)
from artgan_hf.networks.backbones import FILE_NAMES, FeatureTrunk


@pytest.fixture
def pairs() -> tuple[torch.Tensor, torch.Tensor]:
    clean = torch.rand(5, 3, 24, 24)
    return (clean + 0.1 * torch.randn(clean.shape)).clamp(0, 1), clean


@pytest.mark.parametrize("make", [mean_psnr, mean_ssim, mean_psnr_b, mean_blocking_effect])
def test_batches_of_any_size_give_one_mean(pairs, make):
    restored, clean = pairs
    together, apart = make(), make()
    together.update(restored, clean)
    for part in (slice(0, 1), slice(1, 4), slice(4, 5)):
        apart.update(restored[part], clean[part])
    torch.testing.assert_close(apart.compute(), together.compute())
    torch.testing.assert_close(apart.compute(), make().formula(restored, clean).mean())


def test_psnr_b_of_a_repeated_picture_stays_what_it_is(pairs):
    restored, clean = (one[:1] for one in pairs)
    figure = mean_psnr_b()
    figure.update(restored.expand(16, -1, -1, -1), clean.expand(16, -1, -1, -1))
    torch.testing.assert_close(figure.compute(), psnr_b(restored, clean)[0])


def test_reset_forgets(pairs):
    figure = MeanFigure(lambda restored, clean: restored.flatten(1).mean(1))
    figure.update(torch.ones(2, 1, 4, 4), torch.ones(2, 1, 4, 4))
    figure.reset()
    figure.update(torch.zeros(1, 1, 4, 4), torch.zeros(1, 1, 4, 4))
    assert figure.compute() == 0


def test_processes_are_joined_by_their_sums(pairs):
    restored, clean = pairs
    here, there, together = mean_psnr(), mean_psnr(), mean_psnr()
    here.update(restored[:1], clean[:1])
    there.update(restored[1:], clean[1:])
    together.update(restored, clean)
    here.merge_state(there)
    torch.testing.assert_close(here.compute(), together.compute())


def test_without_torchmetrics_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "torchmetrics", None)
    monkeypatch.delitem(sys.modules, "artgan_hf.metrics.mean_figure")
    with pytest.raises(MissingExtraError, match=r"pip install 'artgan-hf\[eval\]'"):
        import_module("artgan_hf.metrics.mean_figure")


def test_judges_of_the_restored_picture_do_not_look_at_the_clean_one(pairs):
    restored, clean = pairs
    figure = mean_brisque()
    figure.update(restored, clean)
    torch.testing.assert_close(figure.compute(), brisque(restored).mean().float())
    assert not figure.higher_is_better


@pytest.mark.parametrize(("make", "net"), [(mean_lpips, "alex"), (mean_dists, "vgg")])
def test_learned_distances_bring_their_frozen_network(pairs, tmp_path, make, net):
    save_file(FeatureTrunk(net).state_dict(), tmp_path / FILE_NAMES[net])
    figure = make(folder=tmp_path)
    restored, clean = (one.repeat(1, 1, 2, 2) for one in pairs)
    figure.update(restored, clean)
    torch.testing.assert_close(figure.compute(), figure.formula(restored, clean).mean())
    assert not figure.higher_is_better
    assert not [one for one in figure.parameters() if one.requires_grad]
