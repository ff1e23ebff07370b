"""Figures with a memory, for validation during training. Needs torchmetrics, of the [eval] extra."""

from artgan_hf.metrics.mean_figure import (
    MeanDistance,
    MeanFigure,
    mean_blocking_effect,
    mean_brisque,
    mean_dists,
    mean_lpips,
    mean_ms_ssim,
    mean_niqe,
    mean_psnr,
    mean_psnr_b,
    mean_ssim,
)

__all__ = [
    "MeanDistance",
    "MeanFigure",
    "mean_blocking_effect",
    "mean_brisque",
    "mean_dists",
    "mean_lpips",
    "mean_ms_ssim",
    "mean_niqe",
    "mean_psnr",
    "mean_psnr_b",
    "mean_ssim",
]
