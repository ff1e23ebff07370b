import pytest
import torch

from artgan_hf.functional.natural_scene import (
    contrast_normalised,
    fit_asymmetric,
    fit_symmetric,
    grey_levels,
    halved,
    neighbour_products,
)


def test_halving_spreads_a_dot_by_the_stretched_bicubic_kernel():
    # MATLAB's cubic at 0.25 and 0.75 away from a new pixel, in its own units: 0.8671875 and 0.2265625, halved
    dot = torch.zeros(1, 1, 16, 16, dtype=torch.float64)
    dot[..., 8, 8] = 1
    near, far = 0.8671875 / 2, 0.2265625 / 2
    assert halved(dot)[0, 0, 4, 3:6].tolist() == pytest.approx([near * far, near * near, near * -0.03515625])


def test_halving_mirrors_borders_and_rounds_odd_sizes_up():
    ramp = torch.arange(9, dtype=torch.float64).expand(1, 1, 4, 9)
    half = halved(ramp)
    assert half.shape == (1, 1, 2, 5)
    assert half[0, 0, 0, 2].item() == pytest.approx(4.5)
    # the last new pixel sees 5 6 7 8 | 8 7 6 5
    weights = (-0.01171875, -0.03515625, 0.11328125, 0.43359375)
    assert half[0, 0, 0, 4].item() == pytest.approx(2 * sum(w * v for w, v in zip(weights, (5, 6, 7, 8), strict=True)))
    assert halved(torch.full((1, 1, 1, 1), 3.0)).item() == pytest.approx(3)


def test_shapes_of_known_distributions_are_recovered():
    generator = torch.Generator().manual_seed(0)
    gauss = torch.randn(200_000, generator=generator, dtype=torch.float64)
    uniform = torch.rand(200_000, generator=generator, dtype=torch.float64)
    laplace = gauss.sign() * -uniform.log()
    fit = fit_asymmetric(torch.stack([3 * gauss, laplace]))
    assert fit.shape.tolist() == pytest.approx([2, 1], abs=0.05)
    assert fit.left_deviation.tolist() == pytest.approx([3, 2**0.5], rel=0.02)
    # continuous at 0, a side twice as wide holds twice as many
    is_left = torch.rand(200_000, generator=generator) < 1 / 3
    lopsided = fit_asymmetric(torch.where(is_left, -gauss.abs(), 2 * gauss.abs())[None])
    assert lopsided.shape.item() == pytest.approx(2, abs=0.05)
    assert (lopsided.right_deviation / lopsided.left_deviation).item() == pytest.approx(2, rel=0.02)
    shape, variance = fit_symmetric(torch.stack([3 * gauss, laplace]))
    assert shape.tolist() == pytest.approx([2, 1], abs=0.05)
    assert variance.tolist() == pytest.approx([9, 2], rel=0.03)


def test_contrast_is_normalised_whatever_its_strength():
    noise = torch.rand(1, 1, 32, 32, dtype=torch.float64)
    weak, strong = (contrast_normalised(128 + gain * noise, "repeated") for gain in (1000, 100000))
    torch.testing.assert_close(weak, strong, rtol=0.02, atol=0.02)
    flat = contrast_normalised(torch.full((1, 1, 16, 16), 77.0, dtype=torch.float64), "repeated")
    assert flat.abs().max() < 1e-10
    black = contrast_normalised(torch.full((1, 1, 16, 16), 77.0, dtype=torch.float64), "black")
    assert black[0, 0, 0, 0] > 0.1 and black[0, 0, 8, 8].abs() < 1e-10


def test_neighbours_wrap_around():
    image = torch.arange(1.0, 7).view(1, 2, 3)
    right, below, diagonal, other = neighbour_products(image)
    assert right[0, 0].tolist() == [1 * 3, 2 * 1, 3 * 2]
    assert below[0, 0].tolist() == [1 * 4, 2 * 5, 3 * 6]
    assert diagonal[0, 0].tolist() == [1 * 6, 2 * 4, 3 * 5]
    assert other[0, 0].tolist() == [1 * 6, 2 * 4, 3 * 5]


def test_grey_levels_are_whole_numbers():
    image = torch.rand(1, 3, 8, 8)
    levels = grey_levels(image, "matlab-rgb2gray")
    assert levels.dtype == torch.float64
    torch.testing.assert_close(levels, levels.round(), rtol=0, atol=0)
    torch.testing.assert_close(grey_levels(image[:, :1], "bt601-studio")[0, 0], (255 * image[0, 0]).round().double())
