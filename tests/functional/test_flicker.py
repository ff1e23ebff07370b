"""Flicker counts change where nothing moves, and nothing else."""

import pytest
import torch

from artgan_hf.errors import ShapeError
from artgan_hf.functional.flicker import flicker, relative_flicker


def test_a_moving_part_does_not_count_and_a_flickering_still_part_does():
    clean = torch.full((3, 3, 32, 64), 0.5)
    clean[1, :, :, 48:] = 0.9
    clean[2, :, :, 48:] = 0.1
    restored = clean.clone()
    assert flicker(restored, clean).tolist() == [0, 0]
    restored[1, :, :, :20] += 10 / 255
    first, second = flicker(restored, clean).tolist()
    still = 48 - 4  # four pixels beside the moving part count as moving
    assert first == pytest.approx(10 * 20 / still, rel=1e-4)
    assert second == pytest.approx(first, rel=1e-4)


def test_steady_errors_are_no_flicker():
    clean = torch.rand(1, 3, 16, 16).expand(4, 3, 16, 16)
    assert flicker((clean * 0.5).contiguous(), clean).tolist() == [0, 0, 0]


def test_a_clip_in_which_all_moves_has_no_answer():
    clean = torch.stack([torch.zeros(1, 16, 16), torch.ones(1, 16, 16)])
    assert flicker(clean, clean).isnan().all()


def test_a_smoother_restoration_flickers_less_than_its_input():
    degraded = 0.5 + torch.randint(0, 2, (5, 3, 16, 16)) / 255
    assert relative_flicker(0.5 + (degraded - 0.5) / 4, degraded).item() == pytest.approx(0.25, rel=1e-3)
    assert relative_flicker(degraded, degraded).item() == 1


def test_one_frame_is_refused_by_name():
    with pytest.raises(ShapeError, match="two frames or more"):
        flicker(torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 8))
