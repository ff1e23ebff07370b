"""Figures with a memory: means over the pictures of a validation run, also across processes. For Lightning modules."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from artgan_hf.functional import psnr, psnr_b, ssim
from artgan_hf.optional import require

Metric: Any = require("torchmetrics", extra="eval").Metric


class MeanFigure(Metric):  # type: ignore[misc] # an optional dependency
    """The mean of a figure over every picture it has seen, each counted once, whatever the batches.

    Args:
        formula: takes restored and clean, float in [0, 1], (B, C, H, W); returns shape (B,), the higher the better.
        **options: as in `torchmetrics.Metric`.

    Example:
        >>> figure = MeanFigure(lambda restored, clean: (restored - clean).abs().flatten(1).mean(1))
        >>> figure.update(torch.zeros(3, 1, 2, 2), torch.ones(3, 1, 2, 2))
        >>> figure.update(torch.zeros(1, 1, 2, 2), torch.zeros(1, 1, 2, 2))
        >>> figure.compute()
        tensor(0.7500)
    """

    higher_is_better = True
    full_state_update = False
    is_differentiable = False
    total: Tensor
    count: Tensor

    def __init__(self, formula: Callable[[Tensor, Tensor], Tensor], **options: Any) -> None:
        super().__init__(**options)
        self.formula = formula
        self.add_state("total", torch.tensor(0.0, dtype=torch.float64), dist_reduce_fx="sum")
        self.add_state("count", torch.tensor(0), dist_reduce_fx="sum")

    def update(self, restored: Tensor, clean: Tensor) -> None:
        """Takes a batch in; both float in [0, 1], shape (B, C, H, W).

        Raises:
            ShapeError: if the shapes differ or do not suit the figure.
        """
        values = self.formula(restored.detach(), clean)
        self.total = self.total + values.double().sum()
        self.count = self.count + len(values)

    def compute(self) -> Tensor:
        """Returns the mean so far, a float32 scalar; NaN before the first picture."""
        return (self.total / self.count).float()


def mean_psnr() -> MeanFigure:
    """Returns the mean PSNR in dB; see `artgan_hf.functional.psnr`."""
    return MeanFigure(psnr)


def mean_ssim() -> MeanFigure:
    """Returns the mean SSIM; see `artgan_hf.functional.ssim`."""
    return MeanFigure(ssim)


def mean_psnr_b() -> MeanFigure:
    """Returns the mean PSNR-B in dB, right for batches of any size; see `artgan_hf.functional.psnr_b`."""
    return MeanFigure(psnr_b)
