"""Peak signal-to-noise ratio. Used by metrics/, evaluation/ and the tests' golden rows."""

from torch import Tensor

from artgan_hf.functional.checks import check_same_shape, crop_border


def psnr(restored: Tensor, clean: Tensor, *, crop_px: int = 0) -> Tensor:
    """Returns the PSNR of each image in dB; infinite for identical images.

    Args:
        restored: float in [0, 1], shape (B, C, H, W).
        clean: same shape and range.
        crop_px: border left out on every side, in pixels.

    Returns:
        Shape (B,), dB; higher is better. One value per image: averaging is the caller's choice.

    Raises:
        ShapeError: if the shapes differ, or nothing is left after the crop.

    Source:
        Rec. ITU-T J.247, with a peak of 1. Over all channels at once ("RGB PSNR"), as the colour JPEG literature
        reports it.

    Example:
        >>> import torch
        >>> psnr(torch.zeros(1, 3, 8, 8), torch.full((1, 3, 8, 8), 0.1)).round(decimals=2)
        tensor([20.])
    """
    check_same_shape(restored, clean)
    error = crop_border(restored - clean, crop_px)
    return -10 * error.square().flatten(1).mean(1).log10()
