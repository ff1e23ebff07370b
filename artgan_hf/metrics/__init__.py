"""Figures with a memory, for validation during training. Needs torchmetrics, of the [eval] extra."""

from artgan_hf.metrics.mean_figure import MeanFigure, mean_psnr, mean_psnr_b, mean_ssim

__all__ = ["MeanFigure", "mean_psnr", "mean_psnr_b", "mean_ssim"]
