"""Real H.264 and H.265 through PyAV, in memory: what a clip becomes when it is compressed. Needs the [video] extra.

Called by data/ for training pairs and by evaluation/.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray

from artgan_hf.codecs.video_frames import LIMITED, UNSAID, Colour, from_rgb, to_rgb
from artgan_hf.errors import OptionError, ShapeError
from artgan_hf.optional import require

ENCODERS = {"h264": "libx264", "h265": "libx265"}
DECODERS = {"h264": "h264", "h265": "hevc"}
PRESETS = ("ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow")
TUNES = {
    "h264": ("film", "animation", "grain", "stillimage", "psnr", "ssim", "fastdecode", "zerolatency"),
    "h265": ("animation", "grain", "psnr", "ssim", "fastdecode", "zerolatency"),
}
HIGHEST_CRF = 51
LEAST_SIDE_PX = 16
ALONE = {"x265-params": "pools=none:frame-threads=1:log-level=none:info=0"}
"""x265 reads its settings from one string: no pool of threads for a short clip, and no two kilobytes of text in it."""
REPEATABLE = {"x264-params": "asm=avx2"} if torch.backends.cpu.get_cpu_capability() == "AVX512" else {}
"""With AVX-512, x264's macroblock tree makes other bits of the same clip from one time to the next."""
OWN_OPTIONS = {"h264": REPEATABLE, "h265": ALONE}

Uint8Image = NDArray[np.uint8]


@dataclass(frozen=True)
class VideoEncoding:
    """How a clip is compressed.

    Args:
        codec: "h264" or "h265".
        crf: constant rate factor, 0 to 51; higher is worse. Of no account if there is a bitrate.
        bitrate_kbps: mean rate in 1000 bits per second; None to go by `crf`.
        preset: of x264 and x265, "ultrafast" to "veryslow".
        tune: of x264 and x265: "psnr" and "ssim" leave out what is there for the eye's sake alone (psychovisual
            optimisation) and spend fewer bits; None for neither.
        gop: at most so many frames from one key frame to the next.
        fps: frames per second, which matters to a bitrate.
        scale: side of the compressed frames over the side of the clip, above 0 to 1; the decoded frames are enlarged.

    Raises:
        OptionError: if one is outside its range.
    """

    codec: str = "h264"
    crf: int = 37
    bitrate_kbps: float | None = None
    preset: str = "medium"
    tune: str | None = None
    gop: int = 250
    fps: Fraction = Fraction(25)
    scale: float = 1.0

    def __post_init__(self) -> None:
        """Checks the ranges once."""
        if self.codec not in ENCODERS:
            raise OptionError(f"codec is {self.codec!r}; known: {', '.join(ENCODERS)}.")
        if isinstance(self.crf, bool) or not isinstance(self.crf, int) or not 0 <= self.crf <= HIGHEST_CRF:
            raise OptionError(f"crf is {self.crf!r}; an integer from 0 (lossless) to {HIGHEST_CRF} was expected.")
        if self.bitrate_kbps is not None and not self.bitrate_kbps > 0:
            raise OptionError(f"bitrate_kbps is {self.bitrate_kbps!r}; more than 0 was expected.")
        if self.preset not in PRESETS:
            raise OptionError(f"preset is {self.preset!r}; known: {', '.join(PRESETS)}.")
        if self.tune is not None and self.tune not in TUNES[self.codec]:
            raise OptionError(f"tune is {self.tune!r}; known to {self.codec}: {', '.join(TUNES[self.codec])}.")
        if self.gop < 1:
            raise OptionError(f"gop is {self.gop!r}; at least 1 frame was expected.")
        if not 0 < self.scale <= 1:
            raise OptionError(f"scale is {self.scale!r}; above 0 and at most 1 was expected.")

    @property
    def label(self) -> str:
        """Rate, tune and size for people, e.g. "crf 24 tune ssim at 0.5 of the size"."""
        rate = f"crf {self.crf}" if self.bitrate_kbps is None else f"{self.bitrate_kbps:g} kbps asked"
        tune = "" if self.tune is None else f" tune {self.tune}"
        size = "" if self.scale == 1 else f" at {self.scale:g} of the size"
        return f"{rate}{tune}{size}"

    @property
    def options(self) -> dict[str, str]:
        """The encoder's settings, as FFmpeg spells them."""
        rate = {"crf": str(self.crf)} if self.bitrate_kbps is None else {"b": str(round(self.bitrate_kbps * 1000))}
        tune = {} if self.tune is None else {"tune": self.tune}
        return {"preset": self.preset, **tune, **rate, **OWN_OPTIONS[self.codec]}


class DegradedClip(NamedTuple):
    """A clip after its compression.

    Args:
        frames: as many as went in, same shape.
        bytes: size of the compressed pictures, without a container.
        kbps: their rate in 1000 bits per second.
    """

    frames: list[Uint8Image]
    bytes: int
    kbps: float


def degrade_clip(frames: Sequence[Uint8Image], encoding: VideoEncoding) -> DegradedClip:
    """Returns a clip after a round trip through the codec.

    Args:
        frames: uint8, each of the same shape (H, W, 3); one or more.
        encoding: how it is compressed.

    Raises:
        ShapeError: if the frames are of another type or differ in shape, or there are none.
        MissingExtraError: if PyAV is not installed.

    Example:
        >>> clip = degrade_clip([np.full((18, 25, 3), 90, np.uint8)] * 3, VideoEncoding(crf=30))
        >>> len(clip.frames), clip.frames[2].shape
        (3, (18, 25, 3))
    """
    height, width = _checked_shape(frames)
    # The codec wants even sides; what is added is cut off again.
    padding = ((0, height % 2), (0, width % 2), (0, 0))
    even = [np.pad(frame, padding, mode="edge") for frame in frames] if height % 2 or width % 2 else frames
    packets = _encode(even, encoding)
    size = even[0].shape[:2] if encoding.scale < 1 else None
    decoded = [pixels[:height, :width] for pixels in _decode(packets, encoding.codec, size)]
    assert len(decoded) == len(frames), "every frame that is encoded comes out of the decoder"
    total = sum(packet.size for packet in packets)
    return DegradedClip(decoded, total, float(total * 8 * encoding.fps / len(frames) / 1000))


def _encode(frames: Sequence[Uint8Image], encoding: VideoEncoding) -> list[Any]:
    av = require("av", extra="video")
    height, width = (_scaled(side, encoding.scale) for side in frames[0].shape[:2])
    encoder = av.CodecContext.create(ENCODERS[encoding.codec], "w")
    encoder.height, encoder.width, encoder.pix_fmt = height, width, "yuv420p"
    encoder.framerate, encoder.time_base = encoding.fps, 1 / encoding.fps
    encoder.gop_size = encoding.gop
    encoder.options = encoding.options
    encoder.thread_count = 1  # for one result everywhere, and since training uses the other cores
    packets = []
    for time, pixels in enumerate(frames):
        size = (height, width) if encoding.scale < 1 else None
        frame = from_rgb(pixels, "yuv420p", Colour(UNSAID, LIMITED, UNSAID, UNSAID), size=size)
        frame.pts = time
        packets += encoder.encode(frame)
    return [*packets, *encoder.encode(None)]


def _decode(packets: Iterable[Any], codec: str, size: tuple[int, int] | None) -> list[Uint8Image]:
    av = require("av", extra="video")
    decoder = av.CodecContext.create(DECODERS[codec], "r")
    decoder.thread_count = 1
    return [to_rgb(frame, size=size) for packet in [*packets, None] for frame in decoder.decode(packet)]


def _scaled(side: int, scale: float) -> int:
    return side if scale == 1 else max(LEAST_SIDE_PX, 2 * round(side * scale / 2))


def _checked_shape(frames: Sequence[Uint8Image]) -> tuple[int, int]:
    if not frames:
        raise ShapeError("the clip has no frame; one or more were expected.")
    shape = frames[0].shape
    for frame in frames:
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or frame.size == 0:
            raise ShapeError(f"a frame is {frame.dtype} of shape {frame.shape}; uint8 of shape (H, W, 3) was expected.")
        if frame.shape != shape:
            raise ShapeError(f"frames of shapes {shape} and {frame.shape}; a clip has one size: cut or scale them.")
    return shape[0], shape[1]
