"""NIQE, a judge without a reference: how far a picture's statistics are from those of natural photographs."""

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from artgan_hf.errors import ShapeError
from artgan_hf.functional.natural_scene import (
    contrast_normalised,
    fit_asymmetric,
    gamma,
    grey_levels,
    halved,
    neighbour_products,
)

MODEL_FILE = Path(__file__).parent / "data" / "niqe_pristine.npz"
BLOCK_PX = 96
FLAT = 1e-6


def niqe(image: Tensor) -> Tensor:
    """Returns the naturalness distance of each picture; lower is better, good photographs have 2 to 5.

    Args:
        image: float in [0, 1], shape (B, 1 or 3, H, W), with room for two blocks of 96x96 pixels. Rounded to 8 bits.

    Returns:
        Shape (B,), float64, 0 or more; NaN for a picture without any texture.

    Raises:
        ShapeError: if the picture is not grey or RGB, or too small.

    Source:
        Mittal, Soundararajan, Bovik, "Making a Completely Blind Image Quality Analyzer", SPL 2013, with the pristine
        model of LIVE's release (data/niqe_notice.txt) and its definitions: blocks that do not overlap, pixels beyond
        the last whole block left out. Grey is "bt601-studio", as in the literature on restoration, rounded to 8 bits;
        what rounding leaves of flat areas is taken for 0.

    Example:
        >>> noise = torch.rand(1, 1, 96, 192, generator=torch.Generator().manual_seed(0))
        >>> bool(niqe(noise) > 10)
        True
    """
    grey = grey_levels(image, "bt601-studio")
    rows, columns = grey.shape[2] // BLOCK_PX, grey.shape[3] // BLOCK_PX
    if rows * columns < 2:
        size = f"{grey.shape[3]}x{grey.shape[2]}"
        raise ShapeError(f"the picture is {size} pixels; NIQE needs two blocks of 96x96, so at least 192x96 or 96x192.")
    grey = grey[..., : rows * BLOCK_PX, : columns * BLOCK_PX]
    return torch.stack([_distance(_features(one[None])) for one in grey])


def _features(grey: Tensor) -> Tensor:
    """Returns 18 numbers per block at full size, then 18 at half size: (blocks, 36)."""
    scales = []
    for block_px in (BLOCK_PX, BLOCK_PX // 2):
        normalised = contrast_normalised(grey, "repeated")[0, 0]
        normalised = torch.where(normalised.abs() < FLAT, 0, normalised)  # of rounding
        blocks = normalised.unfold(0, block_px, block_px).unfold(1, block_px, block_px).flatten(0, 1)
        scales.append(_block_features(blocks))
        grey = halved(grey)
    return torch.cat(scales, 1)


def _block_features(blocks: Tensor) -> Tensor:
    """Returns the 18 numbers of each block: (N, side, side) to (N, 18)."""
    fit = fit_asymmetric(blocks.flatten(1))
    scale = _scale(fit.shape)
    found = [fit.shape, scale * (fit.left_deviation + fit.right_deviation) / 2]
    for products in neighbour_products(blocks):
        fit = fit_asymmetric(products.flatten(1))
        left, right = (_scale(fit.shape) * deviation for deviation in (fit.left_deviation, fit.right_deviation))
        mean = (right - left) * gamma(2 / fit.shape) / gamma(1 / fit.shape)
        found += [fit.shape, mean, left, right]
    return torch.stack(found, 1)


def _scale(shape: Tensor) -> Tensor:
    return (gamma(1 / shape) / gamma(3 / shape)).sqrt()


def _distance(features: Tensor) -> Tensor:
    """Returns the distance of one picture's blocks (N, 36) from the pristine model: a scalar."""
    pristine_mean, pristine_covariance = (part.to(features.device) for part in _pristine())
    # As MATLAB's nanmean and nancov: a number counts for the mean, a block for the covariance if all of it is known.
    mean = features.nanmean(0)
    known = features[~features.isnan().any(1)]
    if len(known) < 2:
        return torch.full((), float("nan"), dtype=torch.float64, device=features.device)
    inverse = torch.linalg.pinv((pristine_covariance + torch.cov(known.T)) / 2)
    difference = pristine_mean - mean
    distance: Tensor = (difference @ inverse @ difference).sqrt()
    return distance


@cache
def _pristine() -> tuple[Tensor, Tensor]:
    with np.load(MODEL_FILE, allow_pickle=False) as model:
        return torch.from_numpy(model["mu_pris_param"][0]), torch.from_numpy(model["cov_pris_param"])
