"""BRISQUE, a judge without a reference: from natural scene statistics to what people said of distorted photos."""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from artgan_hf.functional.checks import check_image
from artgan_hf.functional.natural_scene import (
    contrast_normalised,
    fit_asymmetric,
    fit_symmetric,
    gamma,
    grey_levels,
    halved,
    neighbour_products,
)

MODEL_FILE = Path(__file__).parent / "data" / "brisque_live2.npz"
LEAST_SIDE_PX = 16


def brisque(image: Tensor) -> Tensor:
    """Returns the BRISQUE of each picture by LIVE's model, release 2: about 0 (good) to 100 (bad), and a little beyond.

    Scores of different trained models cannot be compared: name this one beside the number.

    Args:
        image: float in [0, 1], shape (B, 1 or 3, H, W), at least 16x16 pixels. Rounded to 8 bits.

    Returns:
        Shape (B,), float64; lower is better. NaN for a picture without any texture.

    Raises:
        ShapeError: if the picture is not grey or RGB, or too small.

    Source:
        Mittal, Moorthy, Bovik, "No-Reference Image Quality Assessment in the Spatial Domain", TIP 2012, with the
        support vectors and ranges of LIVE's release (data/brisque_notice.txt), its zeros beyond the border, and
        MATLAB's rgb2gray and imresize. Where a picture is perfectly flat, as strong JPEG makes it, the release counts
        the signs of rounding errors; so do we, in plain double precision. Other implementations round otherwise:
        expect differences of up to 1 at JPEG quality 10, and below 0.05 on photographs.

    Example:
        >>> noise = torch.rand(1, 1, 64, 64, generator=torch.Generator().manual_seed(0))
        >>> bool(brisque(noise) > 30)
        True
    """
    check_image(image, least_side_px=LEAST_SIDE_PX)
    grey = grey_levels(image, "matlab-rgb2gray")
    found = []
    for _ in range(2):
        found.append(_features(contrast_normalised(grey, "black")[:, 0]))
        grey = halved(grey)
    return _regression(torch.cat(found, 1))


def _features(normalised: Tensor) -> Tensor:
    """Returns 18 numbers per picture at one scale: (B, H, W) to (B, 18)."""
    found = list(fit_symmetric(normalised.flatten(1)))
    for products in neighbour_products(normalised):
        fit = fit_asymmetric(products.flatten(1))
        scale = (gamma(1 / fit.shape) / gamma(3 / fit.shape)).sqrt()
        spread = fit.right_deviation - fit.left_deviation
        mean = spread * gamma(2 / fit.shape) / gamma(1 / fit.shape) * scale
        found += [fit.shape, mean, fit.left_deviation.square(), fit.right_deviation.square()]
    return torch.stack(found, 1)


class _Model(NamedTuple):
    support_vectors: Tensor
    coefficients: Tensor
    least: Tensor
    most: Tensor
    gamma: Tensor
    rho: Tensor


def _regression(features: Tensor) -> Tensor:
    """Returns the support vector regression of features (B, 36): shape (B,)."""
    model = _Model(*(part.to(features.device) for part in _model()))
    scaled = 2 * (features - model.least) / (model.most - model.least) - 1
    distances = (scaled[:, None] - model.support_vectors).square().sum(2)
    return (-model.gamma * distances).exp() @ model.coefficients - model.rho


@cache
def _model() -> _Model:
    with np.load(MODEL_FILE, allow_pickle=False) as file:
        return _Model(*(torch.from_numpy(file[name].astype(np.float64)) for name in _Model._fields))
