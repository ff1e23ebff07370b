"""EXIF blocks and orientation. Used by images and metadata.

A block is patched in place, never parsed and written anew, so that maker notes and thumbnails survive byte for byte.
"""

import re
import struct
from collections.abc import Mapping
from typing import Any

import PIL.Image
from PIL.Image import Transpose

EXIF_PREFIX = b"Exif\0\0"
BYTE_ORDERS = {b"II*\0": "<", b"MM\0*": ">"}
ORIENTATION_TAG = 0x0112
EXIF_FOLDER, GPS_FOLDER = 0x8769, 0x8825
DESCRIPTIVE_TAGS = (0x010E, 0x010F, 0x0110, 0x0131, 0x0132, 0x013B, 0x013C, 0x8298)
"""Description, make, model, software, date, artist, host computer, copyright: true of any copy of a picture."""

XMP_ORIENTATION = re.compile(rb'(tiff:Orientation(?:="|>))([1-8])')
TURNS = {
    2: Transpose.FLIP_LEFT_RIGHT,
    3: Transpose.ROTATE_180,
    4: Transpose.FLIP_TOP_BOTTOM,
    5: Transpose.TRANSPOSE,
    6: Transpose.ROTATE_270,
    7: Transpose.TRANSVERSE,
    8: Transpose.ROTATE_90,
}


def exif_of(image: PIL.Image.Image) -> bytes | None:
    """Returns the EXIF block of a PIL image; None where there is none that can be read.

    Args:
        image: from any format. A TIFF has no block of its own: its descriptive tags, camera and place are put into one.

    Returns:
        The block, always with its six-byte prefix "Exif" and two zeros.
    """
    block = image.info.get("exif")
    if not block and "Raw profile type exif" in image.info:  # how ImageMagick writes it into PNG
        digits = "".join(str(image.info["Raw profile type exif"]).split("\n")[3:])
        block = bytes.fromhex(digits) if re.fullmatch(r"([0-9a-fA-F]{2})+", digits) else None
    if not block and image.format == "TIFF":
        block = descriptive_exif(image.getexif())
    if not isinstance(block, bytes):
        return None
    block = block if block.startswith(EXIF_PREFIX) else EXIF_PREFIX + block
    return block if block[len(EXIF_PREFIX) :][:4] in BYTE_ORDERS else None


def descriptive_exif(tags: PIL.Image.Exif) -> bytes | None:
    """Returns a new block with what is true of any copy of the picture: none of its layout, size or orientation.

    Args:
        tags: of any picture.

    Example:
        >>> tags = PIL.Image.Exif()
        >>> tags[0x0110], tags[0x0100] = "Box camera", 640
        >>> copy = PIL.Image.Exif()
        >>> copy.load(descriptive_exif(tags))
        >>> dict(copy)
        {272: 'Box camera'}
    """
    block = PIL.Image.Exif()
    for tag in DESCRIPTIVE_TAGS:
        if tag in tags:
            block[tag] = tags[tag]
    has_folder = False
    for folder in (EXIF_FOLDER, GPS_FOLDER):
        values = tags.get_ifd(folder)
        if values:
            block.get_ifd(folder).update(values)
            has_folder = True
    return block.tobytes() if has_folder or len(block) else None


def orientation_of(info: Mapping[Any, Any]) -> int:
    """Returns the EXIF orientation, 1 to 8, that a PIL image's `info` asks for; 1 where it is absent or damaged.

    Example:
        >>> exif = PIL.Image.Exif()
        >>> exif[ORIENTATION_TAG] = 6
        >>> orientation_of({"exif": exif.tobytes()})
        6
    """
    exif, xmp = info.get("exif"), info.get("xmp")
    slot = _orientation_slot(exif) if isinstance(exif, bytes) else None
    if slot is not None and isinstance(exif, bytes):
        offset, order = slot
        (value,) = struct.unpack_from(order + "H", exif, offset)
    else:
        found = XMP_ORIENTATION.search(xmp) if isinstance(xmp, bytes) else None
        value = int(found.group(2)) if found else 1
    return value if value in TURNS else 1


def upright_exif(exif: bytes) -> bytes:
    """Returns the block with its orientation at 1 and every other byte as it was.

    Example:
        >>> exif = PIL.Image.Exif()
        >>> exif[ORIENTATION_TAG] = 6
        >>> orientation_of({"exif": upright_exif(exif.tobytes())})
        1
    """
    slot = _orientation_slot(exif)
    if slot is None:
        return exif
    offset, order = slot
    return exif[:offset] + struct.pack(order + "H", 1) + exif[offset + 2 :]


def upright_xmp(xmp: bytes) -> bytes:
    """Returns the XMP packet with its orientation at 1.

    Example:
        >>> upright_xmp(b'<x tiff:Orientation="6"/>')
        b'<x tiff:Orientation="1"/>'
    """
    return XMP_ORIENTATION.sub(rb"\g<1>1", xmp)


def turned(image: PIL.Image.Image, orientation: int) -> PIL.Image.Image:
    """Returns the picture as a viewer that obeys the EXIF orientation shows it.

    Args:
        image: as stored.
        orientation: 1 to 8.

    Example:
        >>> turned(PIL.Image.new("L", (3, 2)), 6).size
        (2, 3)
    """
    return image.transpose(TURNS[orientation]) if orientation in TURNS else image


def swaps_sides(orientation: int) -> bool:
    """Returns True if this orientation exchanges width and height."""
    return orientation >= 5


def _orientation_slot(exif: bytes) -> tuple[int, str] | None:
    """Returns where the orientation lies and its byte order; None if it is absent or the block is damaged."""
    start = len(EXIF_PREFIX) if exif.startswith(EXIF_PREFIX) else 0
    order = BYTE_ORDERS.get(exif[start : start + 4])
    if order is None:
        return None
    try:
        folder = start + struct.unpack_from(order + "I", exif, start + 4)[0]
        (count,) = struct.unpack_from(order + "H", exif, folder)
        for entry in range(folder + 2, folder + 2 + 12 * count, 12):
            tag, kind, _, _ = struct.unpack_from(order + "HHIH", exif, entry)
            if tag == ORIENTATION_TAG:
                is_long_big_endian = kind == 4 and order == ">"
                return entry + 8 + 2 * is_long_big_endian, order
    except struct.error:  # the block ends too early: there is no orientation to read
        return None
    return None
