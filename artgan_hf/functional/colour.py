"""From colour to grey, under the names of the conventions: published grey figures differ by 0.7 dB between them."""

from typing import Literal

import torch
from torch import Tensor

from artgan_hf.errors import OptionError
from artgan_hf.functional.checks import check_image

GreyConversion = Literal["bt601-full", "bt601-studio", "matlab-rgb2gray"]

# Each conversion is offset + red, green and blue weights, on a scale of 255.
CONVERSIONS: dict[str, tuple[float, tuple[float, float, float]]] = {
    "bt601-full": (0.0, (76.245, 149.685, 29.07)),
    "bt601-studio": (16.0, (65.481, 128.553, 24.966)),
    "matlab-rgb2gray": (0.0, (76.2195, 149.685, 29.07)),
}


def to_grey(rgb: Tensor, conversion: GreyConversion = "bt601-full") -> Tensor:
    """Returns the grey image by one of the named conventions, not rounded to 8 bits.

    Args:
        rgb: float in [0, 1], shape (B, 3, H, W).
        conversion: "bt601-full" is 0.299 R + 0.587 G + 0.114 B, a JPEG's luma and Pillow's "L". "bt601-studio" is Y of
            MATLAB's rgb2ycbcr, from 16/255 to 235/255: the grey LIVE1 of the literature on JPEG artifacts.
            "matlab-rgb2gray" is 0.2989 R + 0.5870 G + 0.1140 B, as MATLAB's documentation prints it: after rounding to
            8 bits a few pixels differ from "bt601-full".

    Returns:
        Shape (B, 1, H, W), float in [0, 1].

    Raises:
        ShapeError: if the image is not (B, 3, H, W).
        OptionError: if the conversion is none of the names.

    Source:
        Rec. ITU-R BT.601-7, sections 2.5.1 and 2.5.3; MATLAB's documentation of rgb2gray and rgb2ycbcr.

    Example:
        >>> white = torch.ones(1, 3, 1, 1)
        >>> round(to_grey(white).item(), 4), round(255 * to_grey(white, "bt601-studio").item())
        (1.0, 235)
    """
    if conversion not in CONVERSIONS:
        raise OptionError(f"conversion is {conversion!r}; one of {', '.join(CONVERSIONS)} was expected.")
    check_image(rgb, channels=(3,))
    offset, weights = CONVERSIONS[conversion]
    weight = torch.tensor(weights, dtype=rgb.dtype, device=rgb.device).view(3, 1, 1)
    return (rgb * weight).sum(1, keepdim=True) / 255 + offset / 255
