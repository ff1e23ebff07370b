"""Writes a restored video: new pictures at their old times, everything else copied from the source.

Called by restoring/video. The file has a temporary name until it is complete.
"""

import logging
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from artgan_hf.codecs.mastering import with_mastering
from artgan_hf.codecs.video import PRESETS
from artgan_hf.codecs.video_file import reason_of
from artgan_hf.codecs.video_frames import Colour, choose_pixel_format, from_rgb, side_data
from artgan_hf.errors import OptionError, VideoError
from artgan_hf.optional import require
from artgan_hf.restoring.video_copies import Copies, describe
from artgan_hf.restoring.video_input import Piece, VideoInput

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.container import OutputContainer

logger = logging.getLogger("artgan_hf")

CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
"""Formats that keep every frame's time."""
PICKY = {".mov": ("h264", "h265"), ".webm": ("vp9", "av1")}
"""The only encoders for some of them."""
OF_THE_FILE = ("major_brand", "minor_version", "compatible_brands", "encoder")
"""Starts of the names of entries that describe the source's coding, and would be wrong."""


@dataclass(frozen=True)
class _Encoder:
    name: str  # FFmpeg's
    crf: int
    options: dict[str, str]
    tag: str | None = None


ENCODERS = {
    "h264": _Encoder("libx264", 17, {"preset": "veryfast"}),
    "h265": _Encoder("libx265", 20, {"preset": "veryfast", "x265-params": "log-level=error"}, "hvc1"),
    "vp9": _Encoder("libvpx-vp9", 24, {"b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"}),
    "av1": _Encoder("libsvtav1", 24, {"preset": "8"}),
}
INTERLACING = "libx264"
FINEST_CLOCK = 2**31 - 1  # the greatest of a file, in ticks per second
HIGHEST_CRF = {"h264": 51, "h265": 51, "vp9": 63, "av1": 63}
PRESETS_OF = {"h264": PRESETS, "h265": PRESETS, "vp9": (), "av1": tuple(map(str, range(14)))}


@dataclass(frozen=True)
class OutputSettings:
    """How restored pictures are stored.

    Args:
        encoder: "h264", "h265", "vp9", "av1", or "auto": vp9 in .webm, h265 if the source is, h264 otherwise.
        crf: constant rate factor; higher is smaller and worse. None takes one at which no loss is visible.
        preset: of h264 and h265 ("ultrafast" to "veryslow"), or of av1 (0 to 13): slower is smaller. vp9 has none.
        for_browsers: True to store 8 bits and colour at half the size (4:2:0), which every browser plays, whatever the
            source has. Where the encoder wants even sides for that and one is odd, colour keeps its size.

    Raises:
        OptionError: if one is unknown or outside its range.
    """

    encoder: str = "auto"
    crf: int | None = None
    preset: str | None = None
    for_browsers: bool = False

    def __post_init__(self) -> None:
        """Checks what can be checked without the source."""
        if self.encoder not in ("auto", *ENCODERS):
            raise OptionError(f"encoder is {self.encoder!r}; known: auto, {', '.join(ENCODERS)}.")
        highest = HIGHEST_CRF.get(self.encoder, 51)
        if self.crf is not None and not (isinstance(self.crf, int) and 0 <= self.crf <= highest):
            raise OptionError(f"crf is {self.crf!r}; an integer from 0 (best) to {highest} was expected.")
        self._check_preset("h264" if self.encoder == "auto" else self.encoder)  # h265 has the same

    def check_target(self, target: Path) -> None:
        """Checks what the target's name decides.

        Raises:
            OptionError: if its suffix is not that of a container that keeps every frame's time, or not for the encoder,
                or the encoder it calls for has no such preset.
        """
        container_of(target)
        suffix = target.suffix.lower()
        taken = ("auto", *PICKY.get(suffix, ENCODERS))
        if self.encoder not in taken:
            known = ", ".join(taken)
            raise OptionError(f"encoder is {self.encoder!r}, but {target.suffix} takes {known}; .mkv takes all.")
        if self.encoder == "auto" and suffix == ".webm":
            self._check_preset("vp9")

    def _check_preset(self, encoder: str) -> None:
        known = ", ".join(PRESETS_OF[encoder]) or "none: leave it out"
        if self.preset is not None and self.preset not in PRESETS_OF[encoder]:
            raise OptionError(f"preset is {self.preset!r}, but {encoder} takes {known}.")

    def chosen(self, source_codec: str, suffix: str) -> tuple[str, dict[str, str], str | None]:
        """Returns FFmpeg's name of the encoder, its options, and the tag that players know it by."""
        auto = "vp9" if suffix == ".webm" else "h265" if source_codec == "hevc" else "h264"
        encoder = ENCODERS[auto if self.encoder == "auto" else self.encoder]
        crf = encoder.crf if self.crf is None else self.crf
        options = {**encoder.options, "crf": str(crf), **({"preset": self.preset} if self.preset else {})}
        return encoder.name, options, encoder.tag if suffix != ".mkv" else None


class VideoOutput:
    """A video file in the making, to be used in a `with` statement; it appears at its end, if there was no error.

    Args:
        target: the file; its suffix says the container.
        source: what its other streams, chapters and metadata are copied from.
        settings: how the pictures are stored; `check_target` has found them right for the file.

    Raises:
        OptionError: if the suffix is not that of a container that keeps every frame's time.
    """

    def __init__(self, target: Path, source: VideoInput, settings: OutputSettings) -> None:
        self.target = target
        self.format = container_of(target)
        self.source = source
        self.settings = settings
        self.unfinished = target.with_name(f"{target.name}.{os.getpid()}.part")
        self.container: OutputContainer | None = None
        self._copies: Copies | None = None
        self._early: list[Packet[Any]] = []
        self._last_pts: int | None = None
        self._count = 0

    def __enter__(self) -> "VideoOutput":
        """Returns itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        """Completes the file, or takes away what there is of it.

        Raises:
            VideoError: if it cannot be completed.
        """
        try:
            if kind is None and self.container is not None:
                with self._named():
                    for packet in self.stream.encode_lazy(None):
                        if self._count < 3:  # libx265 makes their times of decoding up
                            packet.dts = packet.pts
                        self.container.mux(packet)
                    self.container.close()
                    self.unfinished.replace(self.target)
                if self._copies and self._copies.broken:
                    logger.warning("%s: broken packets that are left out: %d", self.source.name, self._copies.broken)
        finally:
            with suppress(OSError):  # first, or closing would spend time on bringing it into its final form
                self.unfinished.unlink()
            if self.container is not None:
                with suppress(Exception):  # it may be what failed
                    self.container.close()
            with suppress(OSError):
                self.unfinished.unlink()

    def put(self, item: tuple[Piece, NDArray[Any] | None]) -> None:
        """Writes a piece of the source and the picture for its frame, if it has one.

        Raises:
            VideoError: if it cannot be written.
        """
        (packets, frame), pixels = item
        self.copy(packets)
        if frame is not None and pixels is not None:
            self.write(pixels, frame)

    def copy(self, packets: "Iterable[Packet[Any]]") -> None:
        """Writes packets of the other streams as they are.

        Raises:
            VideoError: if they cannot be written.
        """
        if self._copies is None:  # the header needs the first frame
            self._early += packets
            return
        with self._named():
            self._copies.write(packets)

    def write(self, pixels: NDArray[Any], frame: "VideoFrame") -> None:
        """Writes a picture in the place of a frame of the source.

        Args:
            pixels: shape (H, W, 3), uint8 or uint16.
            frame: decoded from the source; gives time and colour.

        Raises:
            VideoError: if it cannot be written.
        """
        with self._named():
            container = self.container or self._opened(frame)
            picture = from_rgb(pixels, self.pixel_format, self.colour, like=frame)
            picture.pts = self._time_of(frame)
            picture.time_base = self.time_base
            picture.duration = frame.duration
            container.mux(self.stream.encode(picture))
            self._count += 1

    def _opened(self, frame: "VideoFrame") -> Any:
        """Lays out the file like the source; the first frame tells what the header must say."""
        av = require("av", extra="video")
        original = self.source.stream
        encoder, options, tag = self.settings.chosen(original.codec_context.name, self.target.suffix.lower())
        self.time_base = frame.time_base or Fraction(1, 90_000)
        wanted = "yuv420p" if self.settings.for_browsers else frame.format.name
        self.pixel_format = choose_pixel_format(encoder, wanted, frame.height, frame.width)
        self.colour = Colour.of(frame)
        container = av.open(
            str(self.unfinished),
            "w",
            format=self.format,
            container_options=self._header_options() if self.format in ("mp4", "mov") else {},
        )
        self.container = container
        os.environ.setdefault("SVT_LOG", "1")  # the only way to keep libsvtav1 from talking of itself on stderr
        self.stream = container.add_stream(
            encoder, rate=self.source.rate, options=with_mastering(options, encoder, frame)
        )
        self.stream.height, self.stream.width = frame.height, frame.width
        self.stream.pix_fmt = self.pixel_format
        self.stream.time_base = self.time_base
        self._set_context(frame)
        if tag:
            self.stream.codec_context.codec_tag = tag
        if matrix := side_data(frame).get("DISPLAYMATRIX"):
            self.stream.set_display_matrix(np.frombuffer(matrix, np.int32).tolist())
        elif frame.rotation:
            self.stream.set_display_rotation(frame.rotation)
        describe(self.stream, original)
        early, self._early = self._early, []
        self._copies = Copies(container, self.source, early)
        container.metadata.update(_kept(self.source.container.metadata))
        container.set_chapters(self.source.container.chapters())
        container.start_encoding()
        self._copies.write(early)
        return container

    def _header_options(self) -> dict[str, str]:
        # Edits and starts are stored in units of the whole file's clock, which is too coarse unless set.
        late = [stream.time_base for stream in self.source.others if stream.type == "audio" and stream.start_time]
        finest = lcm(self.time_base.denominator, *(time_base.denominator for time_base in late if time_base))
        clock = finest if finest <= FINEST_CLOCK else self.time_base.denominator
        return {"movflags": "faststart", "movie_timescale": str(clock)}

    def _set_context(self, frame: "VideoFrame") -> None:
        """Tells the encoder what is not in the pixels: times, colour, their shape and fields."""
        flags = require("av.codec.context", extra="video").Flags
        original, context = self.source.stream, self.stream.codec_context
        context.time_base = self.time_base
        context.thread_count = 0
        context.flags |= flags.frame_duration
        context.color_range, context.colorspace = self.colour.range, self.colour.matrix
        context.color_primaries, context.color_trc = self.colour.primaries, self.colour.transfer
        if original.sample_aspect_ratio:
            context.sample_aspect_ratio = original.sample_aspect_ratio
        if not frame.interlaced_frame:
            return
        context.field_order = original.codec_context.field_order
        if self.stream.name == INTERLACING:
            context.flags |= flags.interlaced_dct | flags.interlaced_me
        else:
            logger.warning("%s is interlaced, and only h264 can say so: players may show combs", self.source.name)

    def _time_of(self, frame: "VideoFrame") -> int:
        """Returns the frame's own time; where there is none, or the source goes back in time, the next one."""
        step = max(1, round(1 / self.source.rate / self.time_base))
        following = 0 if self._last_pts is None else self._last_pts + step
        pts = following if frame.pts is None else frame.pts
        if self._last_pts is not None and pts <= self._last_pts:
            pts = self._last_pts + 1
        self._last_pts = pts
        return pts

    @contextmanager
    def _named(self) -> Generator[None]:
        av = require("av", extra="video")
        try:
            yield
        except (av.error.FFmpegError, OSError) as error:
            reason = reason_of(error)
            raise VideoError(
                f"{self.target} cannot be written ({reason}); check the disk, or take another encoder or place."
            ) from error


def container_of(target: Path) -> str:
    """Returns FFmpeg's name of the container that a file's suffix asks for.

    Raises:
        OptionError: if it is none of those that keep every frame's time.

    Example:
        >>> container_of(Path("talk.MKV"))
        'matroska'
    """
    suffix = target.suffix.lower()
    if suffix not in CONTAINERS:
        known = ", ".join(CONTAINERS)
        raise OptionError(f"the restored video was to be {target}; its name must end in {known}.")
    return CONTAINERS[suffix]


def _kept(metadata: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in metadata.items() if not name.startswith(OF_THE_FILE)}
