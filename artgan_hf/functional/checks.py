"""What every figure asks of its images, in one place, so that each bad input meets the same clear line."""

from torch import Tensor

from artgan_hf.errors import ShapeError


def check_image(image: Tensor, *, channels: tuple[int, ...] = (), least_side_px: int = 1) -> None:
    """Checks one batch of images.

    Args:
        image: float in [0, 1], shape (B, C, H, W). The range is the caller's word: reading it would stall a GPU.
        channels: the channel counts allowed; any if empty.
        least_side_px: the smallest height and width allowed.

    Raises:
        ShapeError: if it is not a float tensor of that shape.

    Example:
        >>> import torch
        >>> check_image(torch.zeros(3, 8, 8))
        Traceback (most recent call last):
        ...
        artgan_hf.errors.ShapeError: the image has shape (3, 8, 8); (B, C, H, W) was expected: use image[None].
    """
    shape = tuple(image.shape)
    if not image.is_floating_point():
        raise ShapeError(
            f"the image is of type {image.dtype}; floats in [0, 1] were expected: divide 8-bit values by 255."
        )
    if image.ndim == 3:
        raise ShapeError(f"the image has shape {shape}; (B, C, H, W) was expected: use image[None].")
    if image.ndim != 4 or 0 in shape:
        raise ShapeError(f"the image has shape {shape}; (B, C, H, W) was expected, none of them 0.")
    if channels and shape[1] not in channels:
        allowed = " or ".join(str(count) for count in channels)
        raise ShapeError(
            f"the image has {shape[1]} channels (shape {shape}); {allowed} expected, second in (B, C, H, W)."
        )
    if min(shape[-2:]) < least_side_px:
        message = (
            f"the image is {shape[-1]}x{shape[-2]} pixels; this figure needs at least {least_side_px}x{least_side_px}."
        )
        raise ShapeError(message)


def check_same_shape(restored: Tensor, clean: Tensor) -> None:
    """Checks that two batches of images can be compared pixel by pixel.

    Args:
        restored: float in [0, 1], shape (B, C, H, W).
        clean: same shape and range.

    Raises:
        ShapeError: if either is no batch of images, or their shapes differ.

    Example:
        >>> import torch
        >>> check_same_shape(torch.zeros(1, 3, 8, 8), torch.zeros(1, 3, 8, 9))
        Traceback (most recent call last):
        ...
        artgan_hf.errors.ShapeError: restored has shape (1, 3, 8, 8), clean (1, 3, 8, 9); they must be the same.
    """
    check_image(restored)
    check_image(clean)
    if restored.shape != clean.shape:
        message = f"restored has shape {tuple(restored.shape)}, clean {tuple(clean.shape)}; they must be the same."
        raise ShapeError(message)


def crop_border(image: Tensor, crop_px: int) -> Tensor:
    """Returns the image without its border.

    Args:
        image: shape (B, C, H, W).
        crop_px: pixels taken off every side; 0 keeps the image as it is.

    Returns:
        Shape (B, C, H - 2 crop_px, W - 2 crop_px).

    Raises:
        ShapeError: if crop_px is negative or nothing would be left.

    Example:
        >>> import torch
        >>> crop_border(torch.zeros(1, 3, 8, 9), 2).shape
        torch.Size([1, 3, 4, 5])
    """
    height, width = image.shape[-2:]
    if crop_px < 0 or 2 * crop_px >= min(height, width):
        message = (
            f"crop_px is {crop_px}, for an image of {width}x{height} pixels; 0 to {(min(height, width) - 1) // 2} fits."
        )
        raise ShapeError(message)
    return image[..., crop_px : height - crop_px, crop_px : width - crop_px]
