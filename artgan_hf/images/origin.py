"""Finds the JPEG file behind a PIL image that somebody else has opened. Used by images."""

import io
import os
from pathlib import Path
from typing import BinaryIO

import numpy as np
import PIL.ImageFile

from artgan_hf.errors import ImageError
from artgan_hf.images.files import JPEG_FORMATS, decode, open_header, read_all
from artgan_hf.images.modes import pixels_of

JPEG_MODES = ("L", "RGB", "CMYK")
NAME = "the file behind the PIL image"


def bytes_behind(image: PIL.ImageFile.ImageFile) -> bytes | None:
    """Returns the JPEG file that decodes to exactly this image; None if there is none or it can no longer be found.

    Args:
        image: opened by the caller, decoded or not. One that was edited, resized or drafted has no file behind it.

    Example:
        >>> file = io.BytesIO()
        >>> PIL.Image.new("L", (9, 9)).save(file, "JPEG")
        >>> bytes_behind(PIL.Image.open(file)) == file.getvalue()
        True
    """
    if image.format not in JPEG_FORMATS or image.mode not in JPEG_MODES:
        return None
    handle, is_decoded = getattr(image, "fp", None), not getattr(image, "tile", None)
    try:
        file_bytes = _read_in_place(handle) if handle is not None and not is_decoded else _read_again(image)
        whole = open_header(io.BytesIO(file_bytes), NAME) if file_bytes else None
        if whole is None or (whole.size, whole.mode) != (image.size, image.mode):
            return None
        if is_decoded:
            decode(whole, NAME)
    except (OSError, ValueError, ImageError):  # the bytes are a help, not a must: the pixels are there without them
        return None
    is_same = not is_decoded or np.array_equal(pixels_of(image), pixels_of(whole))
    return file_bytes if is_same else None


def _read_in_place(handle: BinaryIO) -> bytes:
    position = handle.tell()
    handle.seek(0)
    file_bytes = bytes(handle.read())
    handle.seek(position)
    return file_bytes


def _read_again(image: PIL.ImageFile.ImageFile) -> bytes | None:
    path = os.fsdecode(image.filename or "")
    return read_all(path) if path and Path(path).is_file() else None
