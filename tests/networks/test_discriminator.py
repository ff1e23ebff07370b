"""The sub-patch discriminator judges each sub-patch by itself, next to its own input."""

import pytest
import torch

from artgan_hf.errors import ShapeError
from artgan_hf.networks import SubPatchDiscriminator, WholePatchDiscriminator
from artgan_hf.networks.discriminator import sub_patches


def test_a_patch_of_128_becomes_64_sub_patches_in_reading_order():
    candidate, degraded = torch.rand(2, 3, 128, 128), torch.rand(2, 3, 128, 128)
    cut = sub_patches(candidate, degraded)
    assert cut.shape == (128, 6, 16, 16)
    assert torch.allclose((cut[1, :3] + 1) / 2, candidate[0, :, :16, 16:32])
    place = (1, slice(None), slice(16, 32), slice(0, 16))
    assert torch.allclose(cut[64 + 8, 3:], 10 * (candidate[place] - degraded[place]))


def test_a_change_in_one_sub_patch_changes_only_its_own_logit():
    judge = SubPatchDiscriminator(channels=4)
    candidate, degraded = torch.rand(1, 3, 64, 64), torch.rand(1, 3, 64, 64)
    touched = candidate.clone()
    touched[..., 20, 40] += 0.5
    changed = (judge(touched, degraded) != judge(candidate, degraded)).nonzero().flatten()
    assert changed.tolist() == [1 * 4 + 2]


def test_the_judgement_depends_on_the_input_beside_it():
    judge = SubPatchDiscriminator(channels=4)
    candidate = torch.rand(1, 3, 32, 32)
    assert not torch.allclose(judge(candidate, candidate), judge(candidate, torch.zeros_like(candidate)))


def test_the_whole_patch_discriminator_gives_one_logit_a_patch():
    assert WholePatchDiscriminator(channels=4)(torch.rand(3, 3, 64, 64), torch.rand(3, 3, 64, 64)).shape == (3,)


def test_sides_that_are_not_multiples_of_16_are_refused():
    with pytest.raises(ShapeError, match="sides of 16"):
        SubPatchDiscriminator(channels=4)(torch.rand(1, 3, 24, 32), torch.rand(1, 3, 24, 32))
