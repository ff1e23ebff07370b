"""Figures with a memory: means over the pictures of a validation run, also across processes. For Lightning modules."""

from collections.abc import Callable
from os import PathLike
from typing import Any

import torch
from torch import Tensor

from artgan_hf.functional import blocking_effect, brisque, ms_ssim, niqe, psnr, psnr_b, ssim
from artgan_hf.networks.backbones import TrunkName
from artgan_hf.networks.dists import Dists
from artgan_hf.networks.lpips import Lpips
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


class MeanDistance(MeanFigure):
    """The same for a formula of which lower values are better."""

    higher_is_better = False


def mean_psnr() -> MeanFigure:
    """Returns the mean PSNR in dB; see `artgan_hf.functional.psnr`."""
    return MeanFigure(psnr)


def mean_ssim() -> MeanFigure:
    """Returns the mean SSIM; see `artgan_hf.functional.ssim`."""
    return MeanFigure(ssim)


def mean_psnr_b() -> MeanFigure:
    """Returns the mean PSNR-B in dB, right for batches of any size; see `artgan_hf.functional.psnr_b`."""
    return MeanFigure(psnr_b)


def mean_ms_ssim() -> MeanFigure:
    """Returns the mean MS-SSIM; see `artgan_hf.functional.ms_ssim`."""
    return MeanFigure(ms_ssim)


def mean_lpips(net: TrunkName = "alex", folder: str | PathLike[str] | None = None) -> MeanDistance:
    """Returns the mean LPIPS; arguments and errors as in `artgan_hf.networks.lpips.Lpips`."""
    return MeanDistance(Lpips(net, folder))


def mean_dists(folder: str | PathLike[str] | None = None) -> MeanDistance:
    """Returns the mean DISTS; argument and errors as in `artgan_hf.networks.dists.Dists`."""
    return MeanDistance(Dists(folder))


def mean_niqe() -> MeanDistance:
    """Returns the mean NIQE of the restored pictures; see `artgan_hf.functional.niqe`."""
    return MeanDistance(_of_restored(niqe))


def mean_brisque() -> MeanDistance:
    """Returns the mean BRISQUE of the restored pictures; see `artgan_hf.functional.brisque`."""
    return MeanDistance(_of_restored(brisque))


def mean_blocking_effect() -> MeanDistance:
    """Returns the mean blocking effect of the restored pictures; see `artgan_hf.functional.blocking_effect`."""
    return MeanDistance(_of_restored(blocking_effect))


def _of_restored(formula: Callable[[Tensor], Tensor]) -> Callable[[Tensor, Tensor], Tensor]:
    return lambda restored, clean: formula(restored)
