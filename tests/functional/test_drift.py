import pytest
import torch

from artgan_hf.errors import ShapeError
from artgan_hf.functional import flat_drift

LEVEL = 1 / 255


def test_each_channel_is_measured_by_itself_and_keeps_its_sign():
    flat = torch.full((1, 3, 16, 32), 0.5)
    drift = flat_drift(flat + LEVEL * torch.tensor([0.25, -0.5, 2.0]).view(3, 1, 1), flat)
    assert drift.shift[0].tolist() == pytest.approx([0.25, -0.5, 2.0], abs=1e-4)
    assert drift.blocks.tolist() == [2]


def test_busy_blocks_and_those_cut_by_the_border_do_not_count():
    degraded = torch.full((1, 3, 40, 40), 0.5)
    degraded[:, 1, :16, :16] += 4 * LEVEL * torch.eye(16).cumsum(0)  # busy in one channel is busy
    restored = degraded.clone()
    restored[:, :, :16, :16] += 9 * LEVEL
    restored[:, :, 32:] += 9 * LEVEL
    restored[:, :, 16:32, 16:32] += 3 * LEVEL
    drift = flat_drift(restored, degraded)
    assert drift.blocks.tolist() == [3]
    assert drift.shift[0].tolist() == pytest.approx([1, 1, 1], abs=1e-4)


def test_a_step_of_one_level_is_flat_and_of_two_is_not():
    image = torch.full((2, 1, 16, 16), 0.5)
    image[0, ..., 8:] += LEVEL  # a deviation of half a level
    image[1, ..., 8:] += 2.01 * LEVEL
    assert flat_drift(image, image).blocks.tolist() == [1, 0]


def test_an_image_without_flat_blocks_has_no_drift():
    assert flat_drift(torch.rand(1, 3, 16, 16), torch.rand(1, 3, 16, 16)).shift.isnan().all()


def test_images_of_a_batch_are_apart():
    degraded = torch.full((2, 3, 16, 16), 0.5)
    restored = degraded + LEVEL * torch.tensor([1.0, 4.0]).view(2, 1, 1, 1)
    assert flat_drift(restored, degraded).shift[:, 0].tolist() == pytest.approx([1, 4], abs=1e-4)


def test_an_image_without_a_whole_block_is_refused():
    with pytest.raises(ShapeError, match="at least 16x16"):
        flat_drift(torch.rand(1, 3, 16, 15), torch.rand(1, 3, 16, 15))
