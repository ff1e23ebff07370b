"""Reads the header of a JPEG file: frame, components, tables. Used by codecs.jpeg and codecs.jpeg_coefficients.

Pillow tells most of it, but not which table belongs to which component, nor anything once an image is decoded.
"""

import re
import struct
from dataclasses import dataclass

from artgan_hf.errors import ImageError

START, SCAN, TABLES, END = 0xD8, 0xDA, 0xDB, 0xD9
HUFFMAN_TABLES, ARITHMETIC, JPG = 0xC4, 0xCC, 0xC8
FRAMES = frozenset(range(0xC0, 0xD0)) - {HUFFMAN_TABLES, ARITHMETIC, JPG}
BASELINE, EXTENDED, PROGRESSIVE = 0xC0, 0xC1, 0xC2
PROGRESSIVE_FRAMES = (0xC2, 0xC6, 0xCA, 0xCE)
STANDALONE = frozenset(range(0xD0, 0xD8)) | {0x01}
JFIF, ADOBE = 0xE0, 0xEE
ADOBE_LENGTH = 12
MARKER = re.compile(rb"\xff[^\x00\xff]")


def _zigzag() -> tuple[int, ...]:
    def path(index: int) -> tuple[int, int]:
        row, column = divmod(index, 8)
        return row + column, row if (row + column) % 2 else column

    return tuple(sorted(range(64), key=path))


ZIGZAG = _zigzag()
"""ZIGZAG[k] is where, row by row, the k-th value of a table in a file belongs."""


@dataclass(frozen=True)
class Component:
    """One colour component of a frame.

    Args:
        identifier: as the scans call it; 1, 2, 3 are Y, Cb, Cr in nearly every file.
        horizontal: sampling factor, 1 to 4.
        vertical: likewise.
        table: its quantisation steps, 64 values row by row.
    """

    identifier: int
    horizontal: int
    vertical: int
    table: tuple[int, ...]


@dataclass(frozen=True)
class Segment:
    """One marker segment before the first scan.

    Args:
        marker: the byte after 0xFF.
        begin: where its 0xFF lies.
        end: where the next segment may begin.
    """

    marker: int
    begin: int
    end: int


@dataclass(frozen=True)
class JpegHeader:
    """Everything before the first scan.

    Args:
        width: in pixels.
        height: likewise.
        precision: bits per sample; 8 in nearly every file.
        frame: the frame's marker: 0xC0 baseline, 0xC2 progressive, 0xC9 and above arithmetic.
        components: in the frame's order.
        adobe_transform: what an Adobe marker says of colour: 0 none, 1 YCbCr, 2 YCCK; None without one.
        is_jfif: True if there is a JFIF marker.
        segments: all segments, in the file's order.
        scan_begin: where the first scan begins.
    """

    width: int
    height: int
    precision: int
    frame: int
    components: tuple[Component, ...]
    adobe_transform: int | None
    is_jfif: bool
    segments: tuple[Segment, ...]
    scan_begin: int

    @property
    def is_ycbcr(self) -> bool:
        """True if the three components are Y, Cb and Cr, by libjpeg's rules."""
        if len(self.components) != 3:
            return False
        if self.is_jfif or self.adobe_transform is None:
            return self.is_jfif or [component.identifier for component in self.components] != [*b"RGB"]
        return self.adobe_transform == 1


def read_header(jpeg: bytes, name: str = "the picture") -> JpegHeader:
    """Returns the header of a JPEG file.

    Args:
        jpeg: the whole file, or at least its beginning up to the first scan.
        name: for errors.

    Raises:
        ImageError: if it is not a JPEG, or the header is damaged.
    """
    if jpeg[:2] != bytes([0xFF, START]):
        raise ImageError(f"{name} is not a JPEG file; only a JPEG has quantisation tables to read.")
    try:
        segments = _segments(jpeg)
        return _header_of(jpeg, segments)
    except (struct.error, IndexError, KeyError, StopIteration) as error:
        raise ImageError(f"{name} begins like a JPEG, but its header is cut short or damaged.") from error


def _segments(jpeg: bytes) -> list[Segment]:
    """Returns the segments up to and with the head of the first scan; stray bytes between them are left out."""
    segments, begin = [], 2
    while True:
        found = MARKER.search(jpeg, begin)
        if found is None:
            raise IndexError("no marker where one must be")
        begin, marker = found.start(), found[0][1]
        if marker == END:
            raise IndexError("the file ends before its first scan")
        length = 0 if marker in STANDALONE else struct.unpack_from(">H", jpeg, begin + 2)[0]
        segments.append(Segment(marker, begin, begin + 2 + length))
        if marker == SCAN:
            return segments
        begin += 2 + length


def _header_of(jpeg: bytes, segments: list[Segment]) -> JpegHeader:
    tables: dict[int, tuple[int, ...]] = {}
    adobe_transform, is_jfif = None, False
    for segment in segments:
        body = jpeg[segment.begin + 4 : segment.end]
        if segment.marker == TABLES:
            tables |= _tables_in(body)
        elif segment.marker == ADOBE and body.startswith(b"Adobe") and len(body) >= ADOBE_LENGTH:
            adobe_transform = body[11]
        elif segment.marker == JFIF and body.startswith(b"JFIF\0"):
            is_jfif = True
    frame = next(segment for segment in segments if segment.marker in FRAMES)
    precision, height, width, count = struct.unpack_from(">BHHB", jpeg, frame.begin + 4)
    components = []
    for offset in range(frame.begin + 10, frame.begin + 10 + 3 * count, 3):
        identifier, sampling, table = struct.unpack_from("BBB", jpeg, offset)
        components.append(Component(identifier, sampling >> 4, sampling & 15, tables[table]))
    return JpegHeader(
        width=width,
        height=height,
        precision=precision,
        frame=frame.marker,
        components=tuple(components),
        adobe_transform=adobe_transform,
        is_jfif=is_jfif,
        segments=tuple(segments),
        scan_begin=segments[-1].begin,
    )


def _tables_in(body: bytes) -> dict[int, tuple[int, ...]]:
    tables, offset = {}, 0
    while offset < len(body):
        is_wide, identifier = body[offset] >> 4, body[offset] & 15
        steps = struct.unpack_from(">64H" if is_wide else ">64B", body, offset + 1)
        by_row = [0] * 64
        for index, step in zip(ZIGZAG, steps, strict=True):
            by_row[index] = step
        tables[identifier] = tuple(by_row)
        offset += 129 if is_wide else 65
    return tables
