import struct

import PIL.Image
import pytest

from artgan_hf.exif import EXIF_PREFIX, orientation_of, upright_exif, upright_xmp


def block(order: str, kind: int, value: int) -> bytes:
    packed = struct.pack(order + ("HH" if kind == 3 else "I"), *((value, 0) if kind == 3 else (value,)))
    entry = struct.pack(order + "HHI", 0x0112, kind, 1) + packed
    other = struct.pack(order + "HHII", 0x0100, 4, 1, 640)
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    return EXIF_PREFIX + head + struct.pack(order + "H", 2) + other + entry + bytes(4) + b"maker note"


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("kind", [3, 4])
def test_orientation_is_read_and_reset_in_place_in_either_byte_order(order: str, kind: int) -> None:
    exif = block(order, kind, 8)
    assert orientation_of({"exif": exif}) == 8
    upright = upright_exif(exif)
    assert orientation_of({"exif": upright}) == 1
    assert upright == block(order, kind, 1)
    parsed = PIL.Image.Exif()
    parsed.load(upright)
    assert dict(parsed) == {0x0100: 640, 0x0112: 1}


@pytest.mark.parametrize(
    "exif", [b"", b"Exif\0\0", b"Exif\0\0II*\0\xff\xff\xff\xff", block("<", 3, 6)[:30], block("<", 3, 9)]
)
def test_damaged_blocks_are_upright_and_left_alone(exif: bytes) -> None:
    assert orientation_of({"exif": exif}) == 1
    assert upright_exif(exif) in (exif, block("<", 3, 1))


@pytest.mark.parametrize("xmp", [b'<rdf tiff:Orientation="%d"/>', b"<tiff:Orientation>%d</tiff:Orientation>"])
def test_xmp_speaks_where_exif_is_silent(xmp: bytes) -> None:
    assert orientation_of({"xmp": xmp % 3}) == 3
    assert orientation_of({"xmp": xmp % 3, "exif": block("<", 3, 1)}) == 1
    assert upright_xmp(xmp % 3) == xmp % 1
