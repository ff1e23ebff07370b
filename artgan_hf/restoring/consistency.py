"""Keeps a restored picture among those that would have given the very same JPEG file."""

import numpy as np
from numpy.typing import NDArray


def project(restored: NDArray[np.uint8], jpeg: bytes) -> NDArray[np.uint8]:
    """Returns the picture nearest to `restored` that compresses to the coefficients of `jpeg`.

    Args:
        restored: RGB, shape (H, W, 3), in the stored orientation.
        jpeg: the file that was restored.

    Raises:
        ImageError: if the file is not a JPEG of a kind that can be projected: arithmetic coding, CMYK, odd sampling.
    """
    raise NotImplementedError
