"""Figures as pure formulas: tensors (B, C, H, W) in [0, 1] in, one number per image out. No state."""

from artgan_hf.functional.brisque import brisque
from artgan_hf.functional.colour import to_grey
from artgan_hf.functional.niqe import niqe
from artgan_hf.functional.psnr import psnr
from artgan_hf.functional.psnr_b import blocking_effect, psnr_b
from artgan_hf.functional.ssim import ssim

__all__ = ["blocking_effect", "brisque", "niqe", "psnr", "psnr_b", "ssim", "to_grey"]
