"""Decoded video frames to RGB pixels and back, with no shift in level or hue. Called by codecs/video and restoring/.

FFmpeg's fast conversion darkens a picture by a level each time; the exact one is used here.
"""

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from artgan_hf.optional import require

if TYPE_CHECKING:
    from av import VideoFrame

RGB, UNSAID, BT709, BT601 = 0, 2, 1, 6
"""Matrices by their numbers in ITU-T H.273."""
LIMITED, FULL = 1, 2
"""Ranges by FFmpeg's numbers: luma from 16 to 235, or from 0 to 255."""
CONVERSIONS = {1: 1, 4: 4, 5: 5, 6: 5, 7: 7, 9: 9}
"""The converter's own number for each matrix that it knows."""
HD_LINES = 720
EIGHT_BITS = ("yuv420p", "yuv422p", "yuv444p")
EVEN_SIZES_ONLY = ("libx264", "libx265")


class Colour(NamedTuple):
    """What the numbers of a clip mean; each as in ITU-T H.273, 2 for what the file does not say.

    Args:
        matrix: from RGB to luma and chroma: 1 is BT.709, 5 and 6 are BT.601, 9 is BT.2020.
        range: 1 for limited, 2 for full, 0 for not said.
        primaries: of the display.
        transfer: its curve.
    """

    matrix: int
    range: int
    primaries: int
    transfer: int

    @classmethod
    def of(cls, frame: "VideoFrame") -> "Colour":
        """Returns what a frame says of itself; for RGB frames, what they are to be stored as."""
        matrix, range_ = int(frame.colorspace), int(frame.color_range)
        if frame.format.name.startswith("yuvj"):
            range_ = FULL
        if matrix not in CONVERSIONS and matrix != UNSAID:
            matrix, range_ = _usual_matrix(frame.height), LIMITED if frame.format.is_rgb else range_
        return cls(matrix, range_, int(frame.color_primaries), int(frame.color_trc))

    def conversion(self, height: int) -> dict[str, int]:
        """Returns the converter's number of the matrix and the range; what is not said is guessed as players do."""
        matrix = _usual_matrix(height) if self.matrix == UNSAID else self.matrix
        return {"colorspace": CONVERSIONS[matrix], "color_range": FULL if self.range == FULL else LIMITED}


def to_rgb(frame: "VideoFrame", *, size: tuple[int, int] | None = None) -> NDArray[Any]:
    """Returns the pixels of a frame.

    Args:
        frame: in any pixel format.
        size: (height, width) to enlarge or shrink to; None keeps it.

    Returns:
        Shape (H, W, 3): uint8, or uint16 over its whole range if the frame has more than 8 bits.
    """
    is_deep = frame.format.components[0].bits > 8
    height, width = size or (frame.height, frame.width)
    source = Colour.of(frame).conversion(frame.height)
    rgb = frame.reformat(
        width=width,
        height=height,
        format="rgb48le" if is_deep else "rgb24",
        src_colorspace=source["colorspace"],
        src_color_range=FULL if frame.format.is_rgb else source["color_range"],
        dst_color_range=FULL,
        # FFmpeg's bilinear conversion of 4:2:0 to 16 bits takes red and green from the wrong places.
        interpolation=_exact(is_resized=size is not None or is_deep),
        threads=1,
    )
    return rgb.to_ndarray()


def side_data(frame: "VideoFrame") -> dict[str, bytes]:
    """Returns what a frame carries besides its pixels, by FFmpeg's names, e.g. "DISPLAYMATRIX"."""
    try:
        entries: Any = frame.side_data
    except ValueError:  # PyAV gives up on all of them where it does not know one
        return {}
    return {entry.type.name: bytes(entry) for entry in entries}


def from_rgb(
    pixels: NDArray[Any],
    pixel_format: str,
    colour: Colour,
    *,
    size: tuple[int, int] | None = None,
    like: "VideoFrame | None" = None,
) -> "VideoFrame":
    """Returns a frame with these pixels, without a time.

    Args:
        pixels: shape (H, W, 3), uint8 or uint16.
        pixel_format: FFmpeg's name, e.g. "yuv420p".
        colour: what it is to be stored as.
        size: (height, width) to enlarge or shrink to; None keeps it.
        like: a frame whose fields (of interlaced video) and closed captions it takes over.

    Example:
        >>> grey = np.full((4, 6, 3), 128, np.uint8)
        >>> to_rgb(from_rgb(grey, "yuv420p", Colour(BT709, LIMITED, 1, 1)))[0, 0]
        array([128, 128, 128], dtype=uint8)
    """
    height, width = size or pixels.shape[:2]
    target = colour.conversion(height)
    rgb = _rgb_frame(pixels, like)
    # FFmpeg's way to full range in 8 bits lowers chroma by half a level; by way of 12 bits it does not.
    is_full = target["color_range"] == FULL and pixel_format in EIGHT_BITS
    frame: VideoFrame = rgb.reformat(
        width=width,
        height=height,
        format=f"{pixel_format}12le" if is_full else pixel_format,
        src_color_range=FULL,
        dst_colorspace=target["colorspace"],
        dst_color_range=target["color_range"],
        interpolation=_exact(is_resized=size is not None),
        threads=1,
    )
    if is_full:
        frame = frame.reformat(
            format=pixel_format,
            src_colorspace=target["colorspace"],
            src_color_range=FULL,
            dst_colorspace=target["colorspace"],
            dst_color_range=FULL,
            interpolation=_exact(is_resized=False),
            threads=1,
        )
    return frame


def _rgb_frame(pixels: NDArray[Any], like: "VideoFrame | None") -> "VideoFrame":
    rgb_format = "rgb24" if pixels.dtype == np.uint8 else "rgb48le"
    if like is None or not (like.interlaced_frame or "A53_CC" in side_data(like)):
        frame: VideoFrame = require("av", extra="video").VideoFrame.from_ndarray(
            np.ascontiguousarray(pixels), rgb_format
        )
        return frame
    # PyAV gives no other way to such properties than a copy of the frame.
    height, width = pixels.shape[:2]
    frame = like.reformat(width=width, height=height, format=rgb_format, threads=1)
    plane = frame.planes[0]
    rows: NDArray[Any] = np.frombuffer(plane, pixels.dtype).reshape(height, -1)  # type: ignore[call-overload]
    rows[:, : 3 * width] = pixels.reshape(height, -1)
    frame.pict_type = 0  # or the encoder would copy the choice of key frames
    return frame


def choose_pixel_format(encoder: str, source: str, height: int, width: int) -> str:
    """Returns the pixel format to encode in: the source's own if the encoder takes it, otherwise the nearest.

    Args:
        encoder: FFmpeg's name, e.g. "libx264".
        source: the decoded frames' pixel format.
        height: of the frames; with an odd side, 4:2:0 becomes 4:4:4 where the encoder needs even sides.
        width: likewise.

    Example:
        >>> choose_pixel_format("libx264", "yuvj420p", 4, 6), choose_pixel_format("libx264", "yuv420p", 5, 6)
        ('yuv420p', 'yuv444p')
    """
    av = require("av", extra="video")
    known = {format.name for format in av.Codec(encoder, "w").video_formats}
    origin = av.VideoFormat(source, 4, 4)
    name = source.replace("yuvj", "yuv")
    deep = "10le" if origin.components[0].bits > 8 else ""
    sparse = (f"yuv420p{deep}", f"yuv422p{deep}", "yuv420p", "yuv422p")
    wishes = [name, sparse[0], f"yuv444p{deep}", "yuv420p", "yuv444p"]
    is_grey = len(origin.components) == 1
    if origin.is_rgb or (origin.chroma_width() == 4 and not is_grey):
        wishes.insert(1, f"yuv444p{deep}")
    elif origin.chroma_height() == 4 and not is_grey:  # 4:2:2 in another order, or 4:1:1
        wishes.insert(1, f"yuv422p{deep}")
    must_be_even = encoder in EVEN_SIZES_ONLY and (height % 2 or width % 2)
    fitting = [wish for wish in wishes if wish in known and wish.startswith("yuv")]
    return next((wish for wish in fitting if not (must_be_even and wish in sparse)), "yuv420p")


def _usual_matrix(height: int) -> int:
    return BT709 if height >= HD_LINES else BT601


@cache
def _exact(*, is_resized: bool) -> int:
    flags = require("av.video.reformatter", extra="video").Interpolation
    kernel = flags.BICUBIC if is_resized else flags.BILINEAR
    return int(kernel | flags.ACCURATE_RND | flags.FULL_CHR_H_INT | flags.FULL_CHR_H_INP)
