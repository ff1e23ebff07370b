"""The quantised DCT coefficients of a JPEG file, through Pillow alone. Used by restoring.consistency.

Pillow hands out pixels, not coefficients: rounded to 8 bit, clipped at black and white, chroma smoothed by upsampling.
All three are got out of the way by editing the file's header and leaving its entropy-coded data alone:

- The quantisation tables are replaced by steps of at most 8. Rounding 64 samples by half a level at most moves a
  coefficient by 4 at most, so steps of 8 can be told apart with certainty; and larger steps shrunk to 8 leave the
  samples so near to grey that hardly any is clipped.
- libjpeg scales chroma by the inverse DCT instead of upsampling it, if the picture is asked for at the chroma's own
  size. Where chroma is halved in one direction only, an empty fourth component makes the scale square.
- The size is rounded up to whole blocks, so that blocks across the border are seen whole.
"""

import io
import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from artgan_hf.codecs.jpeg_markers import (
    BASELINE,
    EXTENDED,
    HUFFMAN_TABLES,
    PROGRESSIVE,
    START,
    TABLES,
    ZIGZAG,
    Component,
    JpegHeader,
    read_header,
)
from artgan_hf.errors import ImageError
from artgan_hf.images.files import decode, open_header
from artgan_hf.images.modes import pixels_of

TELLING_STEP = 8
RESTART_INTERVAL = 0xDD
JFIF_SEGMENT = bytes.fromhex("ffe000104a46494600010100000100010000")
LARGEST_SIDE = 65535
FOURTH_IDENTIFIER = 0xAB
READABLE_RATIOS = ((1, 1), (2, 1), (2, 2), (1, 2), (4, 1))


@dataclass(frozen=True)
class CoefficientPlane:
    """The coefficients of one component, worked out when asked for, so that a large picture needs a byte per sample.

    Args:
        table: the file's quantisation steps, shape (8, 8).
        samples: uint8, shape (8 * block rows, 8 * block columns); not the picture's own, see above.
        steps: the steps that lead from the coefficients to `samples`, shape (8, 8).
    """

    table: NDArray[np.float32]
    samples: NDArray[np.uint8]
    steps: NDArray[np.float32]

    def levels(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """Returns quantised coefficients, whole numbers; that of frequency (u, v) is at row u, column v of its block.

        Args:
            rows: of samples, in multiples of 8.
            columns: likewise.
        """
        samples = self.samples[rows, columns].astype(np.float32) - 128
        blocks = dct(samples).reshape(_blocks_shape(samples))
        levels: NDArray[np.float32] = np.rint(blocks / self.steps[:, None, :]).reshape(samples.shape)
        return levels

    def doubts(self, rows: slice, columns: slice) -> NDArray[np.float32]:
        """Returns by how many steps each of `levels` may be off: 0 or 1, same shape.

        1 stands for every coefficient of a block with a clipped sample, and for means told in steps of less than 8.
        """
        samples = self.samples[rows, columns]
        blocks = samples.reshape(_blocks_shape(samples))
        is_clipped = ((blocks == 0) | (blocks == 255)).any(axis=(1, 3), keepdims=True)
        doubts = np.broadcast_to(is_clipped, blocks.shape).astype(np.float32)
        if self.steps[0, 0] < TELLING_STEP:
            doubts[:, 0, :, 0] = 1
        return doubts.reshape(samples.shape)


@dataclass(frozen=True)
class JpegCoefficients:
    """All coefficients of a file.

    Args:
        width: of the picture, in pixels.
        height: likewise.
        horizontal: how many times luma is wider than chroma: 1, 2 or 4.
        vertical: how many times it is higher.
        planes: Y alone for grey; otherwise Y, Cb and Cr.
    """

    width: int
    height: int
    horizontal: int
    vertical: int
    planes: tuple[CoefficientPlane, ...]


def _blocks_shape(samples: NDArray[Any]) -> tuple[int, int, int, int]:
    return samples.shape[0] // 8, 8, samples.shape[1] // 8, 8


def _dct_matrix() -> NDArray[np.float32]:
    frequency, position = np.mgrid[:8, :8]
    matrix = np.cos((2 * position + 1) * frequency * np.pi / 16) / 2
    matrix[0] /= np.sqrt(2)
    return np.asarray(matrix, np.float32)


DCT = _dct_matrix()


def dct(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the DCT of each 8x8 block, in place of the block.

    Args:
        samples: shape (..., H, W), both multiples of 8, centred on 0.

    Source:
        Rec. ITU-T T.81, A.3.3.

    Example:
        >>> float(dct(np.full((8, 8), 10, np.float32))[0, 0].round(3))
        80.0
    """
    return _on_blocks(samples, DCT)


def inverse_dct(coefficients: NDArray[np.float32]) -> NDArray[np.float32]:
    """Returns the samples whose `dct` is given, same shape.

    Example:
        >>> samples = np.arange(128, dtype=np.float32).reshape(8, 16)
        >>> np.allclose(inverse_dct(dct(samples)), samples, atol=1e-3)
        True
    """
    return _on_blocks(coefficients, np.ascontiguousarray(DCT.T))


def _on_blocks(samples: NDArray[np.float32], matrix: NDArray[np.float32]) -> NDArray[np.float32]:
    down = np.matmul(matrix, samples.reshape(-1, 8, samples.shape[-1]))
    across: NDArray[np.float32] = (down.reshape(-1, 8) @ matrix.T).reshape(samples.shape)
    return across


def read_coefficients(jpeg: bytes) -> JpegCoefficients:
    """Returns the quantised DCT coefficients of a JPEG file.

    Exact where the file's steps are 8 or more, as they are up to quality 75. Finer steps approach the rounding that
    Pillow's samples suffer; a few of their coefficients come out one off, about one in twenty at quality 100.

    Args:
        jpeg: the whole file: Huffman coded, 8 bit, grey or YCbCr.

    Raises:
        ImageError: if the file is of another kind, cut short or damaged.
    """
    header = read_header(jpeg)
    horizontal, vertical = _ratios(jpeg, header)
    if horizontal == vertical == 1:
        samples = _decoded(jpeg, header, "L" if len(header.components) == 1 else "YCbCr", 1)
        components = [samples[..., index] for index in range(samples.shape[2])]
    else:
        luma = _decoded(jpeg, header, "L", 1)
        chroma = _decoded(jpeg, header, "YCbCr" if horizontal == vertical else "CMYK", max(horizontal, vertical))
        components = [luma[..., 0], chroma[..., 1], chroma[..., 2]]
    planes = tuple(_plane(header, index, samples) for index, samples in enumerate(components))
    return JpegCoefficients(header.width, header.height, horizontal, vertical, planes)


def _ratios(jpeg: bytes, header: JpegHeader) -> tuple[int, int]:
    """Returns how many times luma is wider and higher than chroma.

    Raises:
        ImageError: if the file is of a kind whose coefficients cannot be read.
    """
    why = None
    luma, *chroma = header.components
    if header.frame not in (BASELINE, EXTENDED, PROGRESSIVE) or header.precision != 8:
        why = "it is arithmetic-coded, lossless or deeper than 8 bit"
    elif chroma and not header.is_ycbcr:
        why = "its colours are not YCbCr"
    elif b"\xff\xdb" in jpeg[header.scan_begin : jpeg.find(b"\xff\xd9", header.scan_begin)]:
        why = "its tables change between scans"
    ratios = (1, 1)
    if chroma and not why:
        wide, high = chroma[0].horizontal, chroma[0].vertical
        is_even = wide and high and luma.horizontal % wide == luma.vertical % high == 0
        ratios = (luma.horizontal // wide, luma.vertical // high) if is_even else (0, 0)
        is_same = (chroma[1].horizontal, chroma[1].vertical) == (wide, high)
        why = None if is_same and ratios in READABLE_RATIOS else "its chroma subsampling is unusual"
    if why:
        raise ImageError(f"the coefficients of this JPEG cannot be read: {why}; restore it without consistency.")
    return ratios


def _plane(header: JpegHeader, index: int, samples: NDArray[np.uint8]) -> CoefficientPlane:
    """Returns the plane of one component, cut to the blocks that hold some of the picture."""
    component = header.components[index]
    most_wide, most_high = _largest_factors(header)
    columns = -(-header.width * component.horizontal // (most_wide * 8)) * 8
    rows = -(-header.height * component.vertical // (most_high * 8)) * 8
    samples = samples[:rows, :columns]
    missing = [(0, rows - samples.shape[0]), (0, columns - samples.shape[1])]
    if missing != [(0, 0), (0, 0)]:  # progressive, with an odd number of luma blocks: libjpeg hides half a chroma block
        samples = np.pad(samples, missing, mode="edge")
    table = np.array(component.table, np.float32).reshape(8, 8)
    return CoefficientPlane(table, samples, np.minimum(table, TELLING_STEP))


def _decoded(jpeg: bytes, header: JpegHeader, mode: str, scale: int) -> NDArray[np.uint8]:
    """Returns samples of whole blocks, shape (H, W, components), at one over `scale` of the luma's size.

    Args:
        jpeg: the file.
        header: its header.
        mode: "L" for luma, "YCbCr" for all, "CMYK" for all and an empty fourth that makes the scale square.
        scale: 1, 2 or 4.
    """
    name = "the JPEG to be consistent with"
    image = open_header(io.BytesIO(_retabled(jpeg, header, has_fourth=mode == "CMYK", scale=scale)), name)
    image.draft("YCbCr" if mode == "CMYK" else mode, (image.width // scale, image.height // scale))
    decode(image, name)
    samples = pixels_of(image)
    return 255 - samples if mode == "CMYK" else samples  # Pillow takes four components for inverted inks


def _largest_factors(header: JpegHeader) -> tuple[int, int]:
    wide = max(component.horizontal for component in header.components)
    return wide, max(component.vertical for component in header.components)


def _retabled(jpeg: bytes, header: JpegHeader, *, has_fourth: bool, scale: int) -> bytes:
    """Returns the file with telling steps, of whole blocks, and with an empty fourth component if asked for."""
    most_wide, most_high = _largest_factors(header)
    components = list(header.components)
    is_one_scan = len(components) > 1 and jpeg[header.scan_begin + 4] == len(components) and header.frame != PROGRESSIVE
    width, height = (
        -(-side // unit) * unit
        for side, unit in (
            (header.width, 8 * most_wide if is_one_scan else 8),
            (header.height, 8 * most_high if is_one_scan else 8),
        )
    )
    if has_fourth:
        wide, high = scale * components[1].horizontal, scale * components[1].vertical
        width, height = width * wide // most_wide, height * high // most_high
        components.append(Component(FOURTH_IDENTIFIER, wide, high, components[0].table))
    if max(width, height) > LARGEST_SIDE:
        raise ImageError(
            f"the coefficients of a JPEG of {header.width} x {header.height} pixels cannot be read: too large."
        )
    parts = [bytes([0xFF, START]), b"" if has_fourth else JFIF_SEGMENT]
    for index, component in enumerate(components):
        telling = (min(component.table[place], TELLING_STEP) for place in ZIGZAG)
        parts.append(struct.pack(">BBHB64B", 0xFF, TABLES, 67, index, *telling))
    parts.append(_frame_segment(header.frame, width, height, components))
    for segment in header.segments:
        if segment.marker in (HUFFMAN_TABLES, RESTART_INTERVAL):
            parts.append(jpeg[segment.begin : segment.end])
    return b"".join([*parts, jpeg[header.scan_begin :]])


def _frame_segment(frame: int, width: int, height: int, components: list[Component]) -> bytes:
    body = struct.pack(">BHHB", 8, height, width, len(components))
    for index, component in enumerate(components):
        body += bytes([component.identifier, component.horizontal << 4 | component.vertical, index])
    return struct.pack(">BBH", 0xFF, frame, len(body) + 2) + body
