"""JPEG with a gradient, for training through the codec. Never for a score: scores come from `codecs.degrade`.

Needs kornia, which comes with the [train] extra and is asked for at the first call.
"""

import torch
from torch import Tensor
from torch.nn import functional as F

from artgan_hf.errors import QualityError, ShapeError
from artgan_hf.optional import require

MCU_PX = 16


def soft_jpeg(clean: Tensor, quality: Tensor) -> Tensor:
    """Returns a differentiable approximation of a 4:2:0 JPEG round trip, clamped to [0, 1].

    Args:
        clean: float in [0, 1], RGB, shape (B, 3, H, W), any size. The grid starts at its origin.
        quality: shape (B,), 1 to 100, one for each image; fractions are allowed, and a gradient may be asked for.

    Returns:
        Same shape and dtype; 34 to 48 dB from what Pillow gives, as it rounds softly and upsamples chroma simply.

    Raises:
        ShapeError: if the shapes are not (B, 3, H, W) and (B,), or `clean` is not float.
        QualityError: if a quality is outside 1 to 100.
        MissingExtraError: if kornia is not installed.

    Source:
        Reich et al., "Differentiable JPEG: The Devil is in the Details", WACV 2024, as kornia has it. The clamp and the
        padding by repeated borders are ours.

    Example:
        >>> soft_jpeg(torch.rand(2, 3, 17, 30), torch.tensor([10, 80])).shape
        torch.Size([2, 3, 17, 30])
    """
    if clean.ndim != 4 or clean.shape[1] != 3 or clean.numel() == 0 or not clean.is_floating_point():
        raise ShapeError(f"got {clean.dtype} of shape {tuple(clean.shape)}; float of shape (B, 3, H, W) was expected.")
    if quality.shape != clean.shape[:1]:
        raise ShapeError(
            f"quality has shape {tuple(quality.shape)}; one per image, {tuple(clean.shape[:1])}, was expected."
        )
    if not bool(((quality >= 1) & (quality <= 100)).all()):
        raise QualityError(f"quality is {quality.tolist()}; JPEG qualities are from 1 to 100 (10 = strong artifacts).")
    kornia = require("kornia", extra="train")
    height, width = clean.shape[-2:]
    padded = F.pad(clean.float(), (0, -width % MCU_PX, 0, -height % MCU_PX), mode="replicate")
    with torch.autocast(clean.device.type, enabled=False):
        coded: Tensor = kornia.enhance.jpeg_codec_differentiable(padded, quality.to(clean.device, torch.float32))
    return coded[..., :height, :width].clamp(0, 1).to(clean.dtype)
