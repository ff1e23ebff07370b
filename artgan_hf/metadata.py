"""What a picture file carries beside its pixels, and how a restored picture is written with it. Called by restoring/ and cli/."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import PIL.Image


@dataclass(frozen=True)
class Metadata:
    """What a picture file carries beside its pixels; None where it carries none.

    Args:
        exif: the EXIF block, beginning with b"Exif\\0\\0"; its orientation is always 1.
        icc_profile: the colour profile, byte for byte.
        dpi: horizontal and vertical resolution.
        xmp: the XMP packet.
        comment: the JPEG comment.
    """

    exif: bytes | None = None
    icc_profile: bytes | None = None
    dpi: tuple[float, float] | None = None
    xmp: bytes | None = None
    comment: bytes | None = None

    @classmethod
    def of(cls, image: PIL.Image.Image) -> "Metadata":
        """Returns the metadata of a PIL image."""
        raise NotImplementedError


def save_picture(
    image: PIL.Image.Image,
    path: str | PathLike[str],
    *,
    metadata: Metadata | None = None,
    format: str | None = None,
    quality: int = 95,
    overwrite: bool = False,
) -> Path:
    """Writes a picture whole or not at all, with its metadata, and returns the path.

    Args:
        image: as `Restorer` returns it.
        path: the file to write; missing folders are made.
        metadata: what to write beside the pixels; None takes what the image itself carries.
        format: "PNG", "JPEG", "WebP", "TIFF" or "AVIF"; None goes by the suffix of `path`.
        quality: 1 to 100, for JPEG, WebP and AVIF.
        overwrite: True to replace an existing file.
    """
    raise NotImplementedError
