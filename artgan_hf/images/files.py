"""Opens picture files and turns whatever can go wrong into one clear line. Used by images and codecs.

Pillow's own limit on picture size is a setting of the whole process, which is the user's. It is neither asked nor
changed here: files are opened through Pillow's registry of formats, and the header is checked against `max_pixels`.
"""

import io
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import PIL.Image
import PIL.ImageFile
from PIL.JpegImagePlugin import JpegImageFile

from artgan_hf.errors import ImageError
from artgan_hf.types import ImageFile

JPEG_START = b"\xff\xd8\xff"
JPEG_FORMATS = ("JPEG", "MPO")
LAYERED_FORMATS = ("MPO", "PSD")
"""Formats whose further frames are previews or layers of the one picture."""
PROGRAM_FORMATS = ("EPS", "WMF")
"""Formats that are drawn by another program: never opened, for safety."""


def name_of(source: ImageFile) -> str:
    """Returns what an error calls the source.

    Example:
        >>> name_of("photos/a.jpg"), name_of(b"...")
        ('photos/a.jpg', 'the picture (bytes)')
    """
    if isinstance(source, str | os.PathLike):
        return os.fspath(source)
    if isinstance(source, bytes | bytearray | memoryview):
        return "the picture (bytes)"
    name = getattr(source, "name", None)
    return name if isinstance(name, str) else "the picture (file object)"


@contextmanager
def opened(source: ImageFile) -> Iterator[tuple[BinaryIO, str]]:
    """Yields a seekable file at its beginning, and its name for errors; closes only what it opened itself.

    Raises:
        ImageError: if there is no such file, or it is a folder, a web address, empty, or not binary.
    """
    name = name_of(source)
    if isinstance(source, str | os.PathLike):
        with _open_path(os.fspath(source)) as handle:
            yield _rewound(handle, name), name
    elif isinstance(source, bytes | bytearray | memoryview):
        yield _rewound(io.BytesIO(source), name), name
    elif hasattr(source, "read"):
        yield _rewound(source, name), name
    else:
        kind = type(source).__name__
        raise ImageError(f"got {kind}; a picture is a path, bytes, a binary file, a PIL image, an array or a tensor.")


def read_all(source: ImageFile) -> bytes:
    """Returns the bytes of a file.

    Raises:
        ImageError: as `opened`.

    Example:
        >>> read_all(io.BytesIO(b"abc"))
        b'abc'
    """
    with opened(source) as (handle, name):
        return _guarded_read(handle, name)


def open_header(handle: BinaryIO, name: str) -> PIL.ImageFile.ImageFile:
    """Returns a PIL image whose pixels are not decoded yet.

    Args:
        handle: seekable; must stay open until the pixels are decoded.
        name: for errors.

    Raises:
        ImageError: if it is not a picture in a format that Pillow reads.
    """
    handle.seek(0)
    prefix = handle.read(16)
    if prefix.startswith(JPEG_START):  # a phone's MPO, too: its first picture is a plain JPEG
        return _opened_as("JPEG", JpegImageFile, handle, name)
    PIL.Image.init()
    reasons = []
    for kind in (kind for kind in PIL.Image.ID if kind not in PROGRAM_FORMATS):
        factory, accepts = PIL.Image.OPEN[kind]
        try:
            verdict = accepts(prefix) if accepts else True
        except (IndexError, struct.error):  # too short for this format
            continue
        if isinstance(verdict, str):
            reasons.append(verdict)
        elif verdict:
            handle.seek(0)
            try:
                return factory(handle, name)
            except (SyntaxError, IndexError, TypeError, struct.error):  # how a format says "not mine"
                continue
            except Exception as error:
                raise _damaged(name, error) from error
    why = f" ({reasons[0]})" if reasons else ""
    raise ImageError(f"{name} is not a picture that can be read{why}; JPEG, PNG, WebP, TIFF and AVIF can.")


def check_header(image: PIL.Image.Image, name: str, max_pixels: int | None) -> None:
    """Checks from the header alone that a picture may be decoded.

    Args:
        image: not decoded yet.
        name: for errors.
        max_pixels: None for no limit.

    Raises:
        ImageError: if it has too many pixels, or more than one frame.
    """
    width, height = image.size
    if max_pixels is not None and width * height > max_pixels:
        raise ImageError(
            f"{name} is {width} x {height} = {width * height} pixels; the limit is {max_pixels}. "
            f"If you trust the file, raise it: max_pixels= in Python, --max-pixels on the command line."
        )
    if image.format in LAYERED_FORMATS:
        return
    try:
        frames = getattr(image, "n_frames", 1)
    except Exception as error:
        raise _damaged(name, error) from error
    if frames > 1:
        raise ImageError(f"{name} is animated or has pages ({frames} frames); pass one frame.")


def decode(image: PIL.Image.Image, name: str) -> None:
    """Decodes the pixels in place.

    Raises:
        ImageError: if the file is cut short or damaged.
    """
    try:
        _allocate_past_own_limit(image)
        image.load()
    except MemoryError:
        raise
    except Exception as error:
        raise _damaged(name, error) from error


def _open_path(path: str) -> BinaryIO:
    if path.startswith(("http://", "https://")):
        raise ImageError(f"{path} is a web address; download it first, then pass the path or the bytes.")
    if Path(path).is_dir():
        raise ImageError(f"{path} is a folder; pass one picture file.")
    try:
        return Path(path).open("rb")
    except FileNotFoundError as error:
        raise ImageError(f"{path} does not exist; check the path.") from error
    except (OSError, ValueError) as error:
        raise ImageError(f"{path} cannot be opened: {_one_line(error)}.") from error


def _rewound(handle: BinaryIO, name: str) -> BinaryIO:
    try:
        handle.seek(0)
    except (AttributeError, OSError):  # a pipe
        handle = io.BytesIO(_guarded_read(handle, name))
    except ValueError as error:
        raise ImageError(f"{name} cannot be read: {_one_line(error)}.") from error
    first: Any = handle.read(1)
    if isinstance(first, str):
        raise ImageError(f"{name} is open as text; open it in binary mode ('rb').")
    if not first:
        raise ImageError(f"{name} is empty; it was perhaps not written or downloaded to the end.")
    handle.seek(0)
    return handle


def _guarded_read(handle: BinaryIO, name: str) -> bytes:
    try:
        content: Any = handle.read()
    except (OSError, ValueError) as error:
        raise ImageError(f"{name} cannot be read: {_one_line(error)}.") from error
    if isinstance(content, str):
        raise ImageError(f"{name} is open as text; open it in binary mode ('rb').")
    return bytes(content)


def _opened_as(kind: str, factory: type[JpegImageFile], handle: BinaryIO, name: str) -> PIL.ImageFile.ImageFile:
    handle.seek(0)
    try:
        return factory(handle, name)
    except Exception as error:
        raise ImageError(f"{name} begins like a {kind} but is damaged or unusual: {_one_line(error)}.") from error


def _allocate_past_own_limit(image: PIL.Image.Image) -> None:
    """Gives a large TIFF its memory: Pillow would first compare its size with the limit of the whole process."""
    limit = PIL.Image.MAX_IMAGE_PIXELS
    if image.format == "TIFF" and limit is not None and image.width * image.height > limit:
        stored_size = getattr(image, "_tile_size", image.size)
        image.im = PIL.Image.new(image.mode, stored_size).im


def _damaged(name: str, error: Exception) -> ImageError:
    if isinstance(error, PIL.Image.DecompressionBombError):  # WebP asks while it reads the header
        return ImageError(f"{name} is beyond Pillow's own limit; if you trust it, raise PIL.Image.MAX_IMAGE_PIXELS.")
    return ImageError(f"{name} is cut short or damaged: {_one_line(error)}.")


def _one_line(error: Exception) -> str:
    text = (getattr(error, "strerror", None) or str(error)).strip() or type(error).__name__
    return text.splitlines()[0].rstrip(".")
