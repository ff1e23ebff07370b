"""Real JPEG through Pillow: degrade pictures, and read what a file says of its own compression.

Called by data/, evaluation/ and restoring/. Scores come from these functions, never from `soft_jpeg`.
"""

import io
from collections.abc import Sequence

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile

from artgan_hf.codecs.jpeg_markers import PROGRESSIVE_FRAMES, Component, read_header
from artgan_hf.codecs.jpeg_tables import check_quality, quality_of, quantisation_tables
from artgan_hf.errors import ImageError, OptionError, ShapeError
from artgan_hf.images.files import JPEG_FORMATS, name_of, read_all
from artgan_hf.types import ImageFile, JpegInfo

__all__ = ["degrade", "degrade_twice", "encode", "quantisation_tables", "read_jpeg_info"]

SUBSAMPLINGS = ("4:4:4", "4:2:2", "4:2:0")
SUBSAMPLING_NAMES = {(1, 1): "4:4:4", (2, 1): "4:2:2", (2, 2): "4:2:0", (1, 2): "4:4:0", (4, 1): "4:1:1"}


def encode(image: NDArray[np.uint8], quality: int, *, subsampling: str = "4:2:0", progressive: bool = False) -> bytes:
    """Returns the bytes of a JPEG file.

    Args:
        image: uint8, RGB of shape (H, W, 3) or grey of shape (H, W).
        quality: 1 to 100 on libjpeg's scale; 10 shows strong artifacts.
        subsampling: "4:4:4", "4:2:2" or "4:2:0"; of no account for grey.
        progressive: True for a progressive file.

    Raises:
        QualityError: if `quality` is not an integer from 1 to 100.
        OptionError: if `subsampling` is unknown.
        ShapeError: if the image is not uint8 of one of those shapes.

    Example:
        >>> encode(np.zeros((8, 8, 3), np.uint8), 10)[:3].hex()
        'ffd8ff'
    """
    quality = check_quality(quality)
    if subsampling not in SUBSAMPLINGS:
        raise OptionError(f"subsampling is {subsampling!r}; one of {', '.join(SUBSAMPLINGS)} was expected.")
    _check_image(image)
    file = io.BytesIO()
    picture = PIL.Image.fromarray(np.ascontiguousarray(image))
    picture.save(file, "JPEG", quality=quality, subsampling=subsampling, progressive=progressive)
    return file.getvalue()


def degrade(
    clean: NDArray[np.uint8], quality: int, *, subsampling: str = "4:2:0", progressive: bool = False
) -> NDArray[np.uint8]:
    """Returns the picture after a JPEG round trip: same shape, uint8.

    Args:
        clean: uint8, RGB of shape (H, W, 3) or grey of shape (H, W).
        quality: as in `encode`, as are the others.
        subsampling: likewise.
        progressive: likewise; it changes the file, not the pixels.

    Raises:
        QualityError: as `encode`.
        OptionError: as `encode`.
        ShapeError: as `encode`.

    Example:
        >>> degrade(np.full((5, 7, 3), 90, np.uint8), 10).shape
        (5, 7, 3)
    """
    file = io.BytesIO(encode(clean, quality, subsampling=subsampling, progressive=progressive))
    return np.array(PIL.Image.open(file, formats=["JPEG"]))


def degrade_twice(
    clean: NDArray[np.uint8],
    first_quality: int,
    second_quality: int,
    *,
    shift_px: tuple[int, int] = (4, 4),
    subsampling: str = "4:2:0",
) -> NDArray[np.uint8]:
    """Returns the picture after two JPEG round trips with their grids apart: what a crop and a second upload do.

    Args:
        clean: uint8, RGB of shape (H, W, 3) or grey of shape (H, W).
        first_quality: 1 to 100.
        second_quality: 1 to 100; the hard case for restoration is a first quality below the second.
        shift_px: (dy, dx), how far the first grid lies above and left of the second; 0 or more.
        subsampling: of both, as in `encode`.

    Returns:
        Same shape, uint8. The second grid starts at the origin.

    Raises:
        QualityError: as `encode`.
        OptionError: as `encode`, or if a shift is not an integer of 0 or more.
        ShapeError: as `encode`.

    Example:
        >>> degrade_twice(np.full((20, 30), 90, np.uint8), 10, 30, shift_px=(3, 5)).shape
        (20, 30)
    """
    check_quality(second_quality)
    _check_image(clean)
    down, right = shift_px
    if not all(isinstance(shift, int | np.integer) and shift >= 0 for shift in (down, right)):
        raise OptionError(f"shift_px is {shift_px!r}; two integers of 0 or more (dy, dx) were expected.")
    margins = [(int(down), 0), (int(right), 0), (0, 0)][: clean.ndim]
    once = degrade(np.pad(clean, margins, mode="edge"), first_quality, subsampling=subsampling)
    return degrade(once[down:, right:], second_quality, subsampling=subsampling)


def read_jpeg_info(source: ImageFile | PIL.Image.Image) -> JpegInfo:
    """Returns what a JPEG file says of its own compression, from its header alone.

    Args:
        source: a path, bytes, an open binary file, or a PIL image as it came from `PIL.Image.open`.

    Returns:
        Size, quality, subsampling and tables. The quality is exact if luma and chroma tables are both libjpeg's.

    Raises:
        ImageError: if the source is not a JPEG, or is a PIL image that was converted or copied since it was opened.

    Example:
        >>> info = read_jpeg_info(encode(np.zeros((8, 9, 3), np.uint8), 35))
        >>> info.quality, info.quality_is_exact, info.subsampling, info.width
        (35, True, '4:2:0', 9)
    """
    if isinstance(source, PIL.Image.Image):
        return _info_of_pil(source)
    header = read_header(read_all(source), name_of(source))
    is_progressive = header.frame in PROGRESSIVE_FRAMES
    return _info(header.width, header.height, header.components, is_progressive, header.is_ycbcr)


def _info_of_pil(image: PIL.Image.Image) -> JpegInfo:
    if image.format not in JPEG_FORMATS or not isinstance(image, JpegImageFile) or not image.quantization:
        kind = image.format or type(image).__name__
        raise ImageError(f"a PIL image ({kind}) is not, or no longer, a JPEG; pass the file, or the image as opened.")
    components = tuple(
        Component(identifier, horizontal, vertical, tuple(image.quantization[table]))
        for identifier, horizontal, vertical, table in image.layer
    )
    is_ycbcr = len(components) == 3 and ("jfif" in image.info or image.info.get("adobe_transform") != 0)
    return _info(image.width, image.height, components, bool(image.info.get("progressive")), is_ycbcr)


def _info(width: int, height: int, components: Sequence[Component], is_progressive: bool, is_ycbcr: bool) -> JpegInfo:
    luma, *chroma = (component.table for component in components)
    has_one_table = not is_ycbcr and all(table == luma for table in chroma)
    tables = (luma,) if has_one_table else (luma, chroma[0])
    quality, is_exact = quality_of(tables)
    is_exact = is_exact and all(table in tables for table in chroma)
    return JpegInfo(width, height, quality, is_exact, _subsampling(components), is_progressive, tables)


def _subsampling(components: Sequence[Component]) -> str:
    """Returns the usual name of the sampling factors; "other" for what has none."""
    if len(components) == 1:
        return "grey"
    luma, *chroma = ((component.horizontal, component.vertical) for component in components)
    if len(components) != 3 or chroma[0] != chroma[1]:
        return "other"
    ratios = (luma[0] / chroma[0][0], luma[1] / chroma[0][1])
    return next((name for factors, name in SUBSAMPLING_NAMES.items() if factors == ratios), "other")


def _check_image(image: NDArray[np.uint8]) -> None:
    is_shaped = image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)
    if image.dtype != np.uint8 or not is_shaped or image.size == 0:
        raise ShapeError(f"got {image.dtype} of shape {image.shape}; uint8 of shape (H, W, 3) or (H, W) was expected.")
