"""Figures as pure formulas: tensors (B, C, H, W) in [0, 1] in, one number per image out. No state."""

from artgan_hf.functional.block_grids import block_grids
from artgan_hf.functional.brisque import brisque
from artgan_hf.functional.colour import to_grey
from artgan_hf.functional.drift import Drift, flat_drift
from artgan_hf.functional.flicker import flicker, relative_flicker
from artgan_hf.functional.ms_ssim import ms_ssim
from artgan_hf.functional.niqe import niqe
from artgan_hf.functional.psnr import psnr
from artgan_hf.functional.psnr_b import blocking_effect, psnr_b
from artgan_hf.functional.ssim import ssim

__all__ = [
    "Drift",
    "block_grids",
    "blocking_effect",
    "brisque",
    "flat_drift",
    "flicker",
    "ms_ssim",
    "niqe",
    "psnr",
    "psnr_b",
    "relative_flicker",
    "ssim",
    "to_grey",
]
