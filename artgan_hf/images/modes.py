"""PIL modes to planes and back. Used by images and metadata."""

from typing import Any

import numpy as np
import PIL.Image

from artgan_hf.errors import ImageError
from artgan_hf.images.planes import Planes, strips

KEPT_MODES = ("L", "LA", "RGB", "RGBA", "CMYK", "F")
TURNED_MODES = {
    "1": "L",
    "La": "LA",
    "RGBa": "RGBA",
    "RGBX": "RGB",
    "P": "RGB",
    "PA": "RGBA",
    "YCbCr": "RGB",
    "HSV": "RGB",
}
WITH_ALPHA = {"1": "LA", "L": "LA", "P": "RGBA", "RGB": "RGBA"}
DEEP_MODES = ("I", "I;16B", "I;16L", "I;16N")


def in_plain_mode(image: PIL.Image.Image, name: str) -> PIL.Image.Image:
    """Returns the image in a mode that planes are made of: L, LA, RGB, RGBA, CMYK, I;16 or F.

    Args:
        image: any mode with a meaning in grey, RGB or CMYK. A transparent colour becomes alpha.
        name: for errors.

    Raises:
        ImageError: if the mode has no such meaning, or holds integers that do not fit 16 bit.

    Example:
        >>> in_plain_mode(PIL.Image.new("P", (2, 2)), "the picture").mode
        'RGB'
    """
    mode = image.mode
    if mode in WITH_ALPHA and image.has_transparency_data:
        return image.convert(WITH_ALPHA[mode])
    if mode in KEPT_MODES or mode == "I;16":
        return image
    if mode in TURNED_MODES:
        return image.convert(TURNED_MODES[mode])
    if mode in DEEP_MODES:
        values = np.asarray(image)
        if values.min() >= 0 and values.max() <= 0xFFFF:
            return PIL.Image.fromarray(values.astype(np.uint16))
        raise ImageError(f"{name} holds {values.min()} to {values.max()}; 0 to 65535 was expected: scale it first.")
    raise ImageError(f"{name} is not a picture of grey, RGB or CMYK; convert it to RGB first.")


def pixels_of(image: PIL.Image.Image) -> Planes:
    """Returns the planes of a PIL image, copied strip by strip: `np.asarray` takes three times the memory on the way.

    Args:
        image: of mode L, LA, RGB, RGBA, CMYK, I;16 or F.

    Example:
        >>> pixels_of(PIL.Image.new("LA", (3, 2))).shape
        (2, 3, 2)
    """
    kind: type[Any] = {"I;16": np.uint16, "F": np.float32}.get(image.mode, np.uint8)
    planes = np.empty((image.height, image.width, len(image.getbands())), kind)
    for rows in strips(planes):
        strip = image.crop((0, rows.start, image.width, rows.stop))
        planes[rows] = np.asarray(strip).reshape(planes[rows].shape)
    return planes


def image_of(planes: Planes, mode: str) -> PIL.Image.Image:
    """Returns the PIL image of planes.

    Args:
        planes: shape (H, W, C), as many as the mode has.
        mode: L, LA, RGB, RGBA, CMYK, I;16 or F.

    Example:
        >>> image_of(np.zeros((2, 3, 4), np.uint8), "CMYK").mode
        'CMYK'
    """
    if mode == "CMYK":
        return PIL.Image.frombytes(mode, (planes.shape[1], planes.shape[0]), planes)
    return PIL.Image.fromarray(planes[..., 0] if planes.shape[2] == 1 else planes)
