import pytest
import torch

from artgan_hf.functional import psnr


def test_psnr_of_uniform_errors_is_minus_twenty_log_of_the_error():
    clean = torch.zeros(3, 1, 4, 4)
    restored = torch.tensor([1.0, 0.1, 0.01]).view(3, 1, 1, 1).expand_as(clean)
    assert psnr(restored, clean).tolist() == pytest.approx([0, 20, 40], abs=1e-4)


def test_colour_error_is_pooled_before_the_logarithm():
    clean = torch.zeros(1, 3, 4, 4)
    restored = clean.clone()
    restored[:, 0] = 0.1  # mean squared error 0.01 / 3
    assert psnr(restored, clean).item() == pytest.approx(20 + 10 * 0.4771213, abs=1e-4)


def test_identical_images_have_infinite_psnr():
    image = torch.rand(2, 3, 4, 4)
    assert psnr(image, image).isposinf().all()
