"""Flicker: what changes from frame to frame where nothing should. Used by evaluation/video."""

from torch import Tensor
from torch.nn import functional as F

from artgan_hf.errors import ShapeError
from artgan_hf.functional.checks import check_same_shape

STILL = 2.0 / 255
NEIGHBOURHOOD_PX = 9


def flicker(frames: Tensor, reference: Tensor) -> Tensor:
    """Returns how much each frame differs from the one before it where the reference stands still.

    Still is where no channel of the reference changes by more than two levels within four pixels around.

    Args:
        frames: float in [0, 1], shape (T, C, H, W), consecutive, T >= 2.
        reference: same shape: the clean clip, or the input of a restoration if there is no clean one.

    Returns:
        Shape (T - 1,), mean absolute difference in levels of 255; lower is steadier. NaN where nothing stands still.

    Raises:
        ShapeError: if the shapes differ or there is only one frame.

    Source:
        Ours.

    Example:
        >>> import torch
        >>> clip = torch.zeros(2, 1, 8, 8)
        >>> flicker(clip + torch.tensor([0.0, 0.02]).view(2, 1, 1, 1), clip).round(decimals=1)
        tensor([5.1000])
    """
    check_same_shape(frames, reference)
    if len(frames) < 2:
        raise ShapeError("flicker needs two frames or more; one was given.")
    motion = reference.diff(dim=0).abs().amax(1, keepdim=True)
    around = F.max_pool2d(motion, NEIGHBOURHOOD_PX, stride=1, padding=NEIGHBOURHOOD_PX // 2)
    is_still = around <= STILL + 1e-6  # levels are not exact in floating point
    change = 255 * frames.diff(dim=0).abs().mean(1, keepdim=True)
    return (change * is_still).flatten(1).sum(1) / is_still.flatten(1).sum(1)


def relative_flicker(restored: Tensor, degraded: Tensor) -> Tensor:
    """Returns how many times a restored clip flickers as much as its input; above 1 the restoration adds flicker.

    Args:
        restored: float in [0, 1], shape (T, C, H, W), consecutive, T >= 2.
        degraded: same shape: the input, which also says what stands still.

    Returns:
        A scalar: of the means over all frames; NaN where nothing stands still or nothing changes.

    Raises:
        ShapeError: as `flicker`.

    Example:
        >>> import torch
        >>> degraded = torch.tensor([0.5, 0.504]).view(2, 1, 1, 1).expand(2, 1, 8, 8)
        >>> relative_flicker(0.5 + (degraded - 0.5) * 3, degraded).round(decimals=2)
        tensor(3.)
    """
    return flicker(restored, degraded).nanmean() / flicker(degraded, degraded).nanmean()
