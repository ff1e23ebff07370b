"""Real JPEG through Pillow: degrade pictures for training and tests, and read what a file says of its own compression."""

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from artgan_hf.types import ImageFile, JpegInfo


def encode(
    image: NDArray[np.uint8], quality: int, *, subsampling: str = "4:2:0", progressive: bool = False
) -> bytes:
    """Returns the bytes of a JPEG file."""
    raise NotImplementedError


def degrade(
    clean: NDArray[np.uint8], quality: int, *, subsampling: str = "4:2:0", progressive: bool = False
) -> NDArray[np.uint8]:
    """Returns the picture after a JPEG round trip, same shape."""
    raise NotImplementedError


def degrade_twice(
    clean: NDArray[np.uint8],
    first_quality: int,
    second_quality: int,
    *,
    shift_px: tuple[int, int] = (4, 4),
    subsampling: str = "4:2:0",
) -> NDArray[np.uint8]:
    """Returns the picture after two JPEG round trips whose grids are apart by `shift_px` = (dy, dx), same shape."""
    raise NotImplementedError


def read_jpeg_info(source: ImageFile | PIL.Image.Image) -> JpegInfo:
    """Returns what a JPEG file says of its own compression.

    Raises:
        ImageError: if the source is not a JPEG, or its tables are no longer known.
    """
    raise NotImplementedError


def quantisation_tables(quality: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Returns libjpeg's luma and chroma tables at a quality, 64 values each, row by row."""
    raise NotImplementedError
