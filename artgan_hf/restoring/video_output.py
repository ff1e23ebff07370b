"""Writes a restored video: new pictures at their old times, everything else copied from the source.

Called by restoring/video. The file has a temporary name until it is complete.
"""

import logging
import os
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from artgan_hf.codecs.video_file import reason_of
from artgan_hf.codecs.video_frames import Colour, choose_pixel_format, from_rgb
from artgan_hf.errors import OptionError, VideoError
from artgan_hf.optional import require
from artgan_hf.restoring.video_input import VideoInput

if TYPE_CHECKING:
    from av import Packet, VideoFrame
    from av.container import OutputContainer

logger = logging.getLogger("artgan_hf")

CONTAINERS = {".mp4": "mp4", ".m4v": "mp4", ".mov": "mov", ".mkv": "matroska", ".webm": "webm"}
"""Formats that keep every frame's time."""
OF_THE_FILE = ("major_brand", "minor_version", "compatible_brands", "encoder")
OF_THE_STREAM = ("encoder", "vendor_id", "BPS", "DURATION", "NUMBER_OF_", "_STATISTICS")
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
HIGHEST_CRF = {"h264": 51, "h265": 51, "vp9": 63, "av1": 63}


@dataclass(frozen=True)
class OutputSettings:
    """How restored pictures are stored.

    Args:
        encoder: "h264", "h265", "vp9", "av1", or "auto": vp9 in .webm, h265 if the source is, h264 otherwise.
        crf: constant rate factor; higher is smaller and worse. None takes one at which no loss is visible.
        preset: of h264 and h265 ("ultrafast" to "veryslow"), or of av1 (0 to 13): slower is smaller.

    Raises:
        OptionError: if one is unknown or outside its range.
    """

    encoder: str = "auto"
    crf: int | None = None
    preset: str | None = None

    def __post_init__(self) -> None:
        """Checks what can be checked without the source."""
        if self.encoder not in ("auto", *ENCODERS):
            raise OptionError(f"encoder is {self.encoder!r}; known: auto, {', '.join(ENCODERS)}.")
        highest = HIGHEST_CRF.get(self.encoder, 51)
        if self.crf is not None and not (isinstance(self.crf, int) and 0 <= self.crf <= highest):
            raise OptionError(f"crf is {self.crf!r}; an integer from 0 (best) to {highest} was expected.")

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
        settings: how the pictures are stored.

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
        self._copies: dict[int, Any] = {}  # by the source's stream index
        self._early: list[Packet[Any]] = []
        self._last_pts: int | None = None

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
                    self._mux(self.stream.encode(None))
                    self.container.close()
                    self.unfinished.replace(self.target)
        finally:
            if self.container is not None:
                with suppress(Exception):  # it may be what failed
                    self.container.close()
            with suppress(OSError):
                self.unfinished.unlink()

    def copy(self, packets: "Iterable[Packet[Any]]") -> None:
        """Writes packets of the other streams as they are.

        Raises:
            VideoError: if they cannot be written.
        """
        if self.container is None:  # the header needs the first frame
            self._early += packets
            return
        with self._named():
            for packet in packets:
                if packet.stream.index in self._copies and (packet.dts is not None or packet.pts is not None):
                    packet.stream = self._copies[packet.stream.index]
                    self._mux([packet])

    def write(self, pixels: NDArray[Any], frame: "VideoFrame") -> None:
        """Writes a picture in the place of a frame of the source.

        Args:
            pixels: shape (H, W, 3), uint8 or uint16.
            frame: decoded from the source; gives time and colour.

        Raises:
            VideoError: if it cannot be written.
        """
        with self._named():
            if self.container is None:
                self._open(frame)
            picture = from_rgb(pixels, self.pixel_format, self.colour)
            picture.pts = self._time_of(frame)
            picture.time_base = self.time_base
            picture.duration = frame.duration
            self._mux(self.stream.encode(picture))

    def _open(self, frame: "VideoFrame") -> None:
        """Lays out the file like the source; the first frame tells what the header must say."""
        av = require("av", extra="video")
        original = self.source.stream
        encoder, options, tag = self.settings.chosen(original.codec_context.name, self.target.suffix.lower())
        self.time_base = frame.time_base or Fraction(1, 90_000)
        self.pixel_format = choose_pixel_format(encoder, frame.format.name, frame.height, frame.width)
        self.colour = Colour.of(frame)
        # Edits and starts are stored in units of the whole file's clock, which is too coarse unless set.
        own = {"movflags": "faststart", "movie_timescale": str(self.time_base.denominator)}
        container = av.open(
            str(self.unfinished),
            "w",
            format=self.format,
            container_options=own if self.format in ("mp4", "mov") else {},
        )
        self.container = container
        self.stream = container.add_stream(encoder, rate=self.source.rate, options=options)
        self.stream.height, self.stream.width = frame.height, frame.width
        self.stream.pix_fmt = self.pixel_format
        self.stream.time_base = self.time_base
        context = self.stream.codec_context
        context.time_base = self.time_base
        context.thread_count = 0
        context.flags |= av.codec.context.Flags.frame_duration
        context.color_range, context.colorspace = self.colour.range, self.colour.matrix
        context.color_primaries, context.color_trc = self.colour.primaries, self.colour.transfer
        if original.sample_aspect_ratio:
            context.sample_aspect_ratio = original.sample_aspect_ratio
        if tag:
            context.codec_tag = tag
        if rotation := _display_matrix(frame):
            self.stream.set_display_matrix(rotation)
        self._describe(self.stream, original)
        self._add_others()
        container.metadata.update(_kept(self.source.container.metadata, OF_THE_FILE))
        container.set_chapters(self.source.container.chapters())
        container.start_encoding()
        early, self._early = self._early, []
        self.copy(early)

    def _add_others(self) -> None:
        assert self.container is not None
        for stream in self.source.others:
            try:
                copy = self.container.add_stream_from_template(stream, opaque=True)
            except ValueError as error:
                logger.warning("%s: a stream (%s) is left out: %s", self.source.name, stream.type, error)
                continue
            self._describe(copy, stream)
            self._copies[stream.index] = copy

    def _describe(self, copy: Any, original: Any) -> None:
        copy.metadata.update(_kept(original.metadata, OF_THE_STREAM))
        copy.disposition = original.disposition

    def _time_of(self, frame: "VideoFrame") -> int:
        """Returns the frame's own time; where there is none, or the source goes back in time, the next one."""
        step = max(1, round(1 / self.source.rate / self.time_base))
        following = 0 if self._last_pts is None else self._last_pts + step
        pts = following if frame.pts is None else frame.pts
        if self._last_pts is not None and pts <= self._last_pts:
            pts = self._last_pts + 1
        self._last_pts = pts
        return pts

    def _mux(self, packets: "Iterable[Packet[Any]]") -> None:
        assert self.container is not None
        for packet in packets:
            self.container.mux(packet)

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


def _display_matrix(frame: "VideoFrame") -> list[int]:
    """How players turn and mirror the picture; empty if they need not."""
    entries: Any = frame.side_data
    matrices = [np.frombuffer(entry, np.int32).tolist() for entry in entries if entry.type.name == "DISPLAYMATRIX"]
    return matrices[0] if matrices else []


def _kept(metadata: dict[str, str], left_out: tuple[str, ...]) -> dict[str, str]:
    return {name: value for name, value in metadata.items() if not name.startswith(left_out)}
