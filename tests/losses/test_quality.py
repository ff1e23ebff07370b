"""The predictor's loss knows that qualities lie on a line."""

import pytest
import torch

from artgan_hf.losses import quality_loss


@pytest.mark.parametrize("quality", [1, 3, 50, 100])
def test_the_loss_is_least_for_the_bell_around_the_true_quality(quality):
    distance = torch.arange(1, 101) - quality
    bell = (-((distance / 1.5) ** 2) / 2)[None].requires_grad_()
    quality_loss(bell, torch.tensor([quality])).backward()
    assert bell.grad.abs().max() < 1e-6


def test_a_near_miss_costs_less_than_a_far_one():
    logits = torch.zeros(4, 100)
    logits[:, 29] = 10  # says 30
    losses = [quality_loss(logits[:1], torch.tensor([quality])).item() for quality in (30, 31, 33, 40)]
    assert losses == sorted(losses)


def test_a_batch_costs_the_mean_of_its_pictures():
    logits = torch.randn(2, 100)
    each = [quality_loss(logits[i : i + 1], torch.tensor([q])).item() for i, q in enumerate((5, 95))]
    assert quality_loss(logits, torch.tensor([5, 95])).item() == pytest.approx(sum(each) / 2, rel=1e-5)
