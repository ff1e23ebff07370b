"""Losses against hand-worked values."""

import pytest
import torch

from artgan_hf.losses import (
    CharbonnierLoss,
    LatticeLoss,
    LocalColourLoss,
    MeanSquaredLoss,
    discriminator_loss,
    generator_loss,
)


def test_pixel_losses_of_a_constant_difference():
    clean, restored = torch.zeros(2, 3, 8, 8), torch.full((2, 3, 8, 8), 0.3)
    assert CharbonnierLoss(epsilon=0.4)(restored, clean).item() == pytest.approx(0.5)
    assert MeanSquaredLoss()(restored, clean).item() == pytest.approx(0.09)


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
