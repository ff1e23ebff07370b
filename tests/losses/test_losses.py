"""Losses against hand-worked values."""

import math

import pytest
import torch

from artgan_hf.losses import (
    CharbonnierLoss,
    LatticeLoss,
    LocalColourLoss,
    MeanSquaredLoss,
    PsnrLoss,
    discriminator_loss,
    generator_loss,
)


def test_pixel_losses_of_a_constant_difference():
    clean, restored = torch.zeros(2, 3, 8, 8), torch.full((2, 3, 8, 8), 0.3)
    assert CharbonnierLoss(epsilon=0.4)(restored, clean).item() == pytest.approx(0.5)
    assert MeanSquaredLoss()(restored, clean).item() == pytest.approx(0.09)


def test_the_psnr_loss_counts_decibels_and_bears_a_perfect_picture():
    clean = torch.zeros(2, 3, 8, 8)
    error = torch.tensor([0.2, 0.002]).view(2, 1, 1, 1)
    loss = PsnrLoss(floor=0)
    tenths = [(loss(error * 0.1**i + clean, clean) - loss(error + clean, clean)).item() for i in (1, 2)]
    assert tenths == pytest.approx([math.log(0.01), math.log(0.0001)], rel=1e-5)
    restored = clean.clone().requires_grad_()
    PsnrLoss()(restored, clean).backward()
    assert restored.grad.isfinite().all()


def test_the_local_colour_loss_sees_a_tint_but_no_texture():
    clean = torch.full((1, 3, 32, 32), 0.5)
    texture = clean.clone()
    texture[..., ::2] += 0.1
    texture[..., 1::2] -= 0.1
    assert LocalColourLoss()(texture, clean).item() == pytest.approx(0, abs=1e-6)
    assert LocalColourLoss()(clean + 0.02, clean).item() == pytest.approx(0.02)


def test_the_lattice_loss_sees_what_repeats_but_no_noise():
    clean = torch.full((1, 3, 64, 64), 0.5)
    noise = 0.1 * torch.randn(1, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    lattice = noise[..., :8, :8].tile(8, 8)
    assert LatticeLoss()(clean + lattice, clean) == pytest.approx(lattice.abs().mean().item(), rel=1e-3)
    assert LatticeLoss()(clean + noise, clean) < 0.2 * lattice.abs().mean()


def test_adversarial_losses_reward_what_they_should():
    sure = torch.full((4,), 20.0)
    assert discriminator_loss(sure, -sure).item() == pytest.approx(0, abs=1e-6)
    assert discriminator_loss(-sure, sure).item() == pytest.approx(20)
    assert generator_loss(sure).item() == pytest.approx(0, abs=1e-6)
    assert generator_loss(-sure).item() == pytest.approx(20)
    both = torch.cat([sure, -sure])  # four patches of each of two pictures
    assert generator_loss(both, torch.tensor([2.0, 0.0])).item() == pytest.approx(0, abs=1e-6)
    assert generator_loss(both, torch.tensor([0.0, 2.0])).item() == pytest.approx(20)
