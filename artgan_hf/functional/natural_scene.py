"""Natural scene statistics: what NIQE and BRISQUE share. Everything in float64 and on MATLAB's scale of 0 to 255.

A natural picture, divided by its local contrast, has nearly Gaussian pixels; what a codec or a network does to it shows
in the shape of that distribution.
"""

import math
from functools import cache
from typing import Literal, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from artgan_hf.functional.checks import check_image
from artgan_hf.functional.colour import GreyConversion, to_grey

WINDOW_PX = 7
SIGMA_PX = 7 / 6
NEIGHBOURS = ((0, 1), (1, 0), (1, 1), (-1, 1))
# MATLAB's bicubic kernel (a = -0.5), stretched to twice its width against aliasing, at the 8 pixels around a new one.
HALVING = (-0.01171875, -0.03515625, 0.11328125, 0.43359375, 0.43359375, 0.11328125, -0.03515625, -0.01171875)


class AsymmetricGaussian(NamedTuple):
    """Asymmetric generalised Gaussians fitted to sets of numbers, one set per row: each field has shape (N,).

    Args:
        shape: 2 for a Gaussian, smaller for heavier tails; 0.2 to 10.
        left_deviation: root mean square of the negative numbers.
        right_deviation: of the positive numbers.
    """

    shape: Tensor
    left_deviation: Tensor
    right_deviation: Tensor


def grey_levels(image: Tensor, conversion: GreyConversion) -> Tensor:
    """Returns a picture as grey of 8 bits: whole numbers from 0 to 255.

    Args:
        image: float in [0, 1], shape (B, 1 or 3, H, W); rounded to 8 bits before, too.
        conversion: as in `to_grey`; of no account for pictures that are grey already.

    Returns:
        Shape (B, 1, H, W), float64.

    Raises:
        ShapeError: if the image is not grey or RGB.
    """
    check_image(image, channels=(1, 3))
    levels = (255 * image.double()).round()
    return (255 * to_grey(levels / 255, conversion) + 0.5).floor() if image.shape[1] == 3 else levels


def contrast_normalised(grey: Tensor, border: Literal["repeated", "black"]) -> Tensor:
    """Returns (grey - local mean) / (local deviation + 1); same shape.

    What rounding leaves where a picture is flat, around 1e-14, has a sign; whoever counts signs must decide about it.

    Args:
        grey: shape (B, 1, H, W), float64, 0 to 255.
        border: what lies beyond it.

    Source:
        Mittal, Moorthy, Bovik, "No-Reference Image Quality Assessment in the Spatial Domain", TIP 2012, eq. 1-3.
    """
    edge = WINDOW_PX // 2
    padded = F.pad(grey, (edge,) * 4, mode="replicate") if border == "repeated" else F.pad(grey, (edge,) * 4)
    mean = _windowed_mean(padded)
    deviation = (_windowed_mean(padded.square()) - mean.square()).abs().sqrt()
    return (grey - mean) / (deviation + 1)


def halved(grey: Tensor) -> Tensor:
    """Returns a picture at half its size, rounded up, as MATLAB's imresize(picture, 0.5) makes it.

    Example:
        >>> halved(torch.full((1, 1, 5, 8), 7.0))
        tensor([[[[7., 7., 7., 7.],
                  [7., 7., 7., 7.],
                  [7., 7., 7., 7.]]]])
    """
    kernel = torch.tensor(HALVING, dtype=grey.dtype, device=grey.device)
    for dim in (2, 3):
        size = grey.shape[dim]
        places = torch.arange(-3, size + 3 + size % 2, device=grey.device)
        places = places % (2 * size)  # borders are mirrored, the last row itself included
        mirrored = grey.index_select(dim, torch.minimum(places, 2 * size - 1 - places))
        grey = mirrored.unfold(dim, len(HALVING), 2) @ kernel
    return grey


def neighbour_products(normalised: Tensor) -> list[Tensor]:
    """Returns each pixel times its right, lower, lower right and upper right neighbour, the picture being a torus.

    Args:
        normalised: shape (N, H, W).

    Returns:
        Four tensors of that shape.
    """
    return [normalised * normalised.roll(shift, dims=(1, 2)) for shift in NEIGHBOURS]


def fit_asymmetric(numbers: Tensor) -> AsymmetricGaussian:
    """Returns the asymmetric generalised Gaussian of each row, by matching moments.

    Args:
        numbers: shape (N, count), float64.

    Source:
        Lasmar, Stitou, Berthoumieu, "Multiscale Skewed Heavy Tailed Model for Texture Analysis", ICIP 2009, with shapes
        from 0.2 to 10 in steps of 0.001 as in LIVE's releases.
    """
    squares = numbers.square()
    left = (squares * (numbers < 0)).sum(1) / (numbers < 0).sum(1)
    right = (squares * (numbers > 0)).sum(1) / (numbers > 0).sum(1)
    left, right = left.sqrt(), right.sqrt()
    skew = left / right
    peak = numbers.abs().mean(1).square() / squares.mean(1)
    peak = peak * (skew**3 + 1) * (skew + 1) / (skew.square() + 1).square()
    shapes, ratios = _shape_table()
    nearest = (ratios.to(numbers.device) - peak[:, None]).abs().argmin(1)
    return AsymmetricGaussian(shapes.to(numbers.device)[nearest], left, right)


def fit_symmetric(numbers: Tensor) -> tuple[Tensor, Tensor]:
    """Returns the shape and the variance of the generalised Gaussian of each row: two tensors (N,).

    Args:
        numbers: shape (N, count), float64.

    Source:
        Sharifi and Leon-Garcia, "Estimation of Shape Parameter for Generalized Gaussian Distributions in Subband
        Decompositions of Video", TCSVT 1995, with the same table of shapes.
    """
    variance = numbers.square().mean(1)
    shapes, ratios = _shape_table()
    wanted = variance / numbers.abs().mean(1).square()
    nearest = (1 / ratios.to(numbers.device) - wanted[:, None]).abs().argmin(1)
    return shapes.to(numbers.device)[nearest], variance


def gamma(value: Tensor) -> Tensor:
    """Returns the gamma function of positive numbers.

    Example:
        >>> gamma(torch.tensor([1.0, 5.0])).round()
        tensor([ 1., 24.])
    """
    return value.lgamma().exp()


@cache
def _shape_table() -> tuple[Tensor, Tensor]:
    """Returns the shapes, and E|x|^2 / E x^2 of the generalised Gaussian of each shape."""
    shapes = 0.2 + 0.001 * torch.arange(9801, dtype=torch.float64)
    return shapes, gamma(2 / shapes).square() / (gamma(1 / shapes) * gamma(3 / shapes))


def _windowed_mean(padded: Tensor) -> Tensor:
    """Returns the Gaussian mean of each 7x7 window: (B, 1, H + 6, W + 6) to (B, 1, H, W)."""
    height, width = padded.shape[2] - WINDOW_PX + 1, padded.shape[3] - WINDOW_PX + 1
    mean = torch.zeros_like(padded[..., :height, :width])
    # Pixel by pixel in one order, not as a convolution: flat areas then round alike on every machine.
    for (row, column), weight in _window().items():
        mean += weight * padded[..., row : row + height, column : column + width]
    return mean


@cache
def _window() -> dict[tuple[int, int], float]:
    """Returns the weight of each row and column of the 7x7 window."""
    places = [(row, column) for row in range(WINDOW_PX) for column in range(WINDOW_PX)]
    middle = WINDOW_PX // 2
    weights = [math.exp(-((row - middle) ** 2 + (column - middle) ** 2) / (2 * SIGMA_PX**2)) for row, column in places]
    return {place: weight / math.fsum(weights) for place, weight in zip(places, weights, strict=True)}
