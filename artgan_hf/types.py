"""Records that travel between floors, and the names of what a restorer takes."""

from dataclasses import dataclass
from os import PathLike
from typing import Any, BinaryIO, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

Pixels: TypeAlias = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.float32]
"""Colour of shape (H, W, 3), or alpha of shape (H, W). Floats are in [0, 1]; integers use their whole range."""

ImageFile: TypeAlias = str | PathLike[str] | bytes | BinaryIO
"""A path, the bytes of a file, or an open binary file."""

QualitySource: TypeAlias = Literal["tables", "pixels", "asked"]
"""Who says of which quality a JPEG is: the file's quantisation tables, the pixels, or the caller."""


@dataclass(frozen=True)
class JpegInfo:
    """What a JPEG file says of its own compression.

    Args:
        width: in pixels, as stored (before any EXIF rotation).
        height: likewise.
        quality: on libjpeg's scale, 1 to 100.
        quality_is_exact: True if the tables are libjpeg's own at that quality; False if it is the nearest.
        subsampling: "4:4:4", "4:2:2", "4:2:0", "4:4:0", "4:1:1", "grey", or "other".
        progressive: True if the file is a progressive JPEG.
        tables: quantisation tables of luma and chroma, 64 values each, row by row (not zigzag).
    """

    width: int
    height: int
    quality: int
    quality_is_exact: bool
    subsampling: str
    progressive: bool
    tables: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class PredictedQuality:
    """What a picture's pixels say of its last JPEG compression.

    Args:
        quality: the median of the predicted distribution, 1 to 100; from 98 on, hardly compressed, if at all.
        probabilities: of the qualities 5, 10, 20, 30, 40 and 60, each standing for all qualities nearest to it.
        expected: the mean of the predicted distribution.
    """

    quality: int
    probabilities: dict[int, float]
    expected: float


@dataclass(frozen=True)
class Restored:
    """A restored picture and how it came about.

    Args:
        image: the same kind as the input: PIL image, numpy array or tensor; a PIL image for files.
        quality: the JPEG quality it was restored for, 1 to 100; of a single network, which has no choice, the one in
            the file's tables. None where nothing tells it.
        model: id or folder of the network that restored it, e.g. "artgan/qf10"; of an ensemble, the chosen expert's.
        seconds: wall time of reading and restoring.
        quality_from: where the quality comes from: "tables" (of the file), "pixels" or "asked" (by the caller); None
            where there is none.
        predicted: what the pixels say, where an ensemble asked them.
    """

    image: Any
    quality: int | None
    model: str
    seconds: float
    quality_from: QualitySource | None = None
    predicted: PredictedQuality | None = None
