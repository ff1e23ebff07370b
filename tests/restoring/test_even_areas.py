"""Even areas keep the input's colour; everything else keeps what the network made of it."""

import torch

from artgan_hf.restoring.even_areas import keep_even_areas


def test_an_even_half_is_kept_and_a_busy_half_is_restored():
    degraded = torch.full((1, 3, 64, 192), 0.4)
    degraded[..., 96:] = torch.rand(1, 3, 64, 96)
    restored = degraded + 0.02
    result = keep_even_areas(degraded, restored)
    assert torch.equal(result[..., :64], degraded[..., :64])
    assert torch.equal(result[..., 88:], restored[..., 88:])
    share = (result - degraded)[0, 0, 32, 60:96] / 0.02
    assert (share.diff() >= -1e-3).all()
    assert share.diff().max() < 0.2  # no edge where one passes into the other


def test_a_step_of_banding_is_restored():
    degraded = torch.full((1, 3, 64, 64), 100 / 255)
    degraded[..., 32:] = 106 / 255
    restored = degraded + 0.01
    assert torch.equal(keep_even_areas(degraded, restored)[..., 20:44], restored[..., 20:44])


def test_the_codecs_rounding_is_not_a_picture():
    degraded = torch.full((1, 3, 48, 48), 100 / 255) + torch.randint(0, 2, (1, 3, 48, 48)) / 255
    assert torch.equal(keep_even_areas(degraded, degraded + 0.02), degraded)


def test_any_size_keeps_its_shape():
    for height, width in [(1, 1), (7, 9), (8, 8), (33, 17)]:
        degraded = torch.zeros(2, 3, height, width)
        assert torch.equal(keep_even_areas(degraded, degraded + 0.1), degraded)
