"""What a picture file carries beside its pixels, and how a restored picture is written with it.

Called by restoring/ and cli/. The metadata of a restored file travels in `PIL.Image.Image.info`.
"""

import os
import secrets
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from math import isfinite
from os import PathLike
from pathlib import Path
from typing import Any, BinaryIO

import PIL.features
import PIL.Image
from PIL.PngImagePlugin import PngInfo

from artgan_hf.errors import ImageError, QualityError
from artgan_hf.exif import descriptive_exif, exif_of, orientation_of, swaps_sides, turned, upright_exif, upright_xmp
from artgan_hf.images.files import decode
from artgan_hf.images.modes import DEEP_MODES, in_plain_mode

SUFFIXES = {
    ".png": "PNG",
    ".jpg": "JPEG",
    ".jpeg": "JPEG",
    ".jpe": "JPEG",
    ".jfif": "JPEG",
    ".webp": "WEBP",
    ".tif": "TIFF",
    ".tiff": "TIFF",
    ".avif": "AVIF",
}
MODES = {
    "PNG": ("1", "L", "LA", "P", "RGB", "RGBA", "I;16"),
    "JPEG": ("L", "RGB", "CMYK"),
    "WEBP": ("RGB", "RGBA"),
    "TIFF": ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "F"),
    "AVIF": ("L", "RGB", "RGBA"),
}
XMP_TAG = 700
ONLY_IN = {"I;16": "PNG or TIFF", "F": "TIFF"}
PROFILE_SPACES = {"L": b"GRAY", "LA": b"GRAY", "1": b"GRAY", "I;16": b"GRAY", "F": b"GRAY", "CMYK": b"CMYK"}


@dataclass(frozen=True)
class Metadata:
    """What a picture file carries beside its pixels; None where it carries none.

    Args:
        exif: the EXIF block with its prefix; its orientation is 1, every other byte is the file's.
        icc_profile: the colour profile, byte for byte.
        dpi: horizontal and vertical resolution of the upright picture, in dots per inch.
        xmp: the XMP packet; its orientation is 1.
        comment: the JPEG comment.
    """

    exif: bytes | None = None
    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None
    xmp: bytes | None = None
    comment: bytes | None = None

    @classmethod
    def of(cls, image: PIL.Image.Image) -> "Metadata":
        """Returns the metadata of a PIL image, as an upright picture has it.

        Args:
            image: opened from a file, or restored.

        Example:
            >>> image = PIL.Image.new("RGB", (2, 2))
            >>> image.info["dpi"] = (300, 300)
            >>> Metadata.of(image).dpi
            (300.0, 300.0)
        """
        exif, info = exif_of(image), image.info
        dpi = _sound_dpi(info.get("dpi"))
        if dpi and swaps_sides(_turn_left(image)):
            dpi = dpi[::-1]
        profile, xmp, comment = (_bytes_or_none(info.get(name)) for name in ("icc_profile", "xmp", "comment"))
        return cls(upright_exif(exif) if exif else None, profile, dpi, upright_xmp(xmp) if xmp else None, comment)


def save_picture(
    image: PIL.Image.Image,
    path: str | PathLike[str],
    *,
    metadata: Metadata | None = None,
    format: str | None = None,
    quality: int = 95,
    overwrite: bool = False,
) -> Path:
    """Writes a picture whole or not at all, with its metadata, and returns its path.

    The file stands upright: a turn that the image's own EXIF asks for is carried out, and the tag is 1. The picture is
    written beside its place under another name and then moved, so that no crash leaves half a file. A colour profile is
    left out where it speaks of other channels than the file has, as when CMYK becomes RGB in a PNG.

    Args:
        image: as a restorer returns it. JPEG drops an alpha that is opaque everywhere; WebP and AVIF are 8 bit.
        path: the file to write; missing folders are made.
        metadata: what to write beside the pixels, as far as the format can hold it; None takes what the image carries.
        format: "PNG", "JPEG", "WebP", "TIFF" or "AVIF"; None goes by the suffix of `path`.
        quality: 1 to 100, for JPEG (without chroma subsampling), WebP and AVIF.
        overwrite: True to replace an existing file.

    Returns:
        The path.

    Raises:
        ImageError: if the file exists, the format is unknown or cannot hold the picture, or the disk refuses.
        QualityError: if `quality` is not an integer from 1 to 100.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_picture(PIL.Image.new("RGB", (4, 4)), f"{folder}/new/restored.png").name
        'restored.png'
    """
    path = Path(path)
    kind = _format_of(path, format)
    if isinstance(quality, bool) or not isinstance(quality, int) or not 1 <= quality <= 100:
        raise QualityError(f"quality is {quality!r}; a picture is written at an integer from 1 to 100 (95 = fine).")
    _check_free(path, overwrite)
    decode(image, "the picture to save")
    metadata = Metadata.of(image) if metadata is None else metadata
    upright = _in_mode_for(kind, turned(image, _turn_left(image)))
    options = _save_options(kind, _fitting(metadata, upright.mode), quality)
    with _whole_or_not_at_all(path, overwrite) as file:
        upright.save(file, kind, **options)
    return path


def _turn_left(image: PIL.Image.Image) -> int:
    """Returns the orientation still to be applied. Pillow itself turns TIFF pixels, and leaves other formats alone."""
    return 1 if image.format == "TIFF" else orientation_of({**image.info, "exif": exif_of(image)})


def _bytes_or_none(value: object) -> bytes | None:
    if isinstance(value, str):
        return value.encode()
    return value if isinstance(value, bytes) and value else None


def _sound_dpi(value: Any) -> tuple[float, float] | None:
    try:
        horizontal, vertical = (float(number) for number in value)
    except (TypeError, ValueError, ZeroDivisionError):  # absent, or nonsense in the file
        return None
    is_sound = all(isfinite(number) and number > 0 for number in (horizontal, vertical))
    return (horizontal, vertical) if is_sound else None


def _format_of(path: Path, format: str | None) -> str:
    kind = SUFFIXES.get(path.suffix.lower()) if format is None else format.upper().replace("JPG", "JPEG")
    if kind not in MODES:
        asked = f"the suffix {path.suffix!r}" if format is None else f"the format {format!r}"
        raise ImageError(f"{path}: {asked} is not one that can be written; PNG, JPEG, WebP, TIFF and AVIF can.")
    if kind in ("AVIF", "WEBP") and not PIL.features.check(kind.lower()):
        raise ImageError(f"{path}: this Pillow was built without {kind}; write PNG instead, or install a full Pillow.")
    return kind


def _check_free(path: Path, overwrite: bool) -> None:
    if path.is_dir():
        raise ImageError(f"{path} is a folder; name the file to write.")
    if path.exists() and not overwrite:
        raise ImageError(f"{path} exists already; choose another name, or allow it: overwrite=True or --overwrite.")


def _in_mode_for(kind: str, image: PIL.Image.Image) -> PIL.Image.Image:
    """Returns the image in a mode that the format holds, without loss."""
    mode = image.mode
    if mode in MODES[kind]:
        return image
    if mode in DEEP_MODES:
        return _in_mode_for(kind, in_plain_mode(image, "the picture"))
    if mode in ONLY_IN:
        raise ImageError(f"{kind} cannot hold mode {mode} without loss; write {ONLY_IN[mode]}.")
    has_alpha = image.has_transparency_data
    if kind == "JPEG" and has_alpha:
        lowest, _ = image.convert("RGBA").getchannel("A").getextrema()
        if lowest != 255:
            raise ImageError(
                "JPEG cannot hold transparency; write PNG, WebP, TIFF or AVIF, or flatten the picture first."
            )
        return image.convert("L" if mode == "LA" else "RGB")
    if kind == "JPEG" and mode == "1":
        return image.convert("L")
    return image.convert("RGBA" if has_alpha else "RGB")


def _fitting(metadata: Metadata, mode: str) -> Metadata:
    """Returns the metadata without a colour profile that speaks of other channels than the picture has."""
    fitting = PROFILE_SPACES.get(mode, b"RGB ")
    speaks_of = (metadata.icc_profile or b"")[16:20]
    return replace(metadata, icc_profile=None) if speaks_of in {b"GRAY", b"RGB ", b"CMYK"} - {fitting} else metadata


def _save_options(kind: str, metadata: Metadata, quality: int) -> dict[str, Any]:
    options: dict[str, Any] = {"icc_profile": metadata.icc_profile}
    if metadata.exif and kind != "TIFF":
        options["exif"] = metadata.exif
    if metadata.dpi and kind in ("PNG", "JPEG", "TIFF"):
        options["dpi"] = metadata.dpi
    if metadata.xmp and kind in ("JPEG", "WEBP", "AVIF"):
        options["xmp"] = metadata.xmp
    if kind == "JPEG":
        options |= {"subsampling": "4:4:4", "comment": metadata.comment or b""}
    if kind == "PNG" and metadata.xmp:
        options["pnginfo"] = PngInfo()
        options["pnginfo"].add_itxt("XML:com.adobe.xmp", metadata.xmp.decode("utf-8", "replace"))
    if kind == "TIFF":
        # libtiff, which does the compression, cannot write the folders that EXIF keeps its tags in
        return options | {"exif": _tiff_tags(metadata), "compression": "raw" if metadata.exif else "tiff_deflate"}
    return options | ({} if kind == "PNG" else {"quality": quality})


def _tiff_tags(metadata: Metadata) -> PIL.Image.Exif:
    """Returns what a TIFF may take over: the camera's tags must not overwrite those of its own size and layout."""
    camera, tags = PIL.Image.Exif(), PIL.Image.Exif()
    camera.load(metadata.exif or b"")
    tags.load(descriptive_exif(camera) or b"")
    if metadata.xmp:
        tags[XMP_TAG] = metadata.xmp
    return tags


@contextmanager
def _whole_or_not_at_all(path: Path, overwrite: bool) -> Iterator[BinaryIO]:
    """Yields a file that takes the name `path` once it is written and safe on the disk, and vanishes on any error."""
    draft = path.with_name(f".artgan-{secrets.token_hex(8)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with draft.open("xb+") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        _check_free(path, overwrite)
        draft.replace(path)
        _sync_folder(path.parent)
    except (OSError, ValueError, SyntaxError, KeyError, OverflowError, RuntimeError, struct.error) as error:
        raise ImageError(f"{path} cannot be written: {getattr(error, 'strerror', None) or error}.") from error
    finally:
        if draft.exists():
            draft.unlink()


def _sync_folder(folder: Path) -> None:
    """Makes the new name itself survive a power cut, where the file system can."""
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):  # some network file systems cannot; the file itself is safe by now
            os.fsync(handle)
    finally:
        os.close(handle)
