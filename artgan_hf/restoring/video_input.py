"""Reads a video file for restoration: frames in order, everything else as it is, and a count of what is lost.

Called by restoring/video.
"""

import logging
from collections.abc import Generator
from contextlib import ExitStack
from fractions import Fraction
from os import PathLike, fspath
from typing import TYPE_CHECKING, Any, NamedTuple

from artgan_hf.codecs.video_file import USUAL_RATE, opened_video
from artgan_hf.optional import require
from artgan_hf.restoring.video_clock import Clock

if TYPE_CHECKING:
    from av import Packet, VideoFrame

logger = logging.getLogger("artgan_hf")

COPIED_KINDS = ("video", "audio", "subtitle", "attachment")
PACKETS_AT_ONCE = 64
TOLERANCE_S = 0.1
"""A file that ends so much before the length it declares is still whole."""


class Piece(NamedTuple):
    """What comes out of a file next.

    Args:
        packets: of the other streams, which are copied.
        frame: the video frame after them; None if there is none yet.
    """

    packets: "list[Packet[Any]]"
    frame: "VideoFrame | None"


class VideoInput:
    """An open video file, to be used in a `with` statement.

    Args:
        path: the file.

    Raises:
        VideoError: if there is no such file, or it is no video.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.name = fspath(path)
        self.undecodable = 0
        self.decoded = 0
        self.video_start = Fraction(0)  # in seconds, of the first frame
        self.end = Fraction(0)  # in seconds, of the last packet of any stream
        self._closing = ExitStack()
        self.container, self.stream = self._closing.enter_context(opened_video(path))
        self.stream.thread_type = "AUTO"
        self.clock = Clock(self.container)
        self.others = [
            stream for stream in self.container.streams if stream is not self.stream and stream.type in COPIED_KINDS
        ]

    def __enter__(self) -> "VideoInput":
        """Returns itself."""
        return self

    def __exit__(self, *error: object) -> None:
        """Closes the file."""
        self._closing.close()

    @property
    def rate(self) -> Fraction:
        """Frames per second, on average."""
        return self.stream.average_rate or self.stream.guessed_rate or USUAL_RATE

    @property
    def frame_count(self) -> int | None:
        """How many frames there should be, roughly; None if the file does not say."""
        if self.stream.frames:
            return self.stream.frames
        end = self._declared_end
        return None if end is None else round((end - self._declared_start) * self.rate)

    @property
    def lost(self) -> int:
        """How many frames could not be read: broken ones, and those missing from a file that was cut off.

        The latter are told from the length that the file declares. Known when all has been read.
        """
        end = self._declared_end
        if end is None or self.clock.leaps:  # such files declare nothing: FFmpeg guesses from what is there
            return self.undecodable
        is_cut = end - self.end > max(Fraction(TOLERANCE_S), 3 / self.rate)
        missing = round((end - self.video_start) * self.rate) - self.decoded if is_cut else 0
        return max(self.undecodable, missing)

    @property
    def _declared_start(self) -> Fraction:
        return Fraction(self.container.start_time or 0, 1_000_000)

    @property
    def _declared_end(self) -> Fraction | None:
        if self.container.duration is None:
            return None
        is_matroska = "matroska" in self.container.format.name  # whose length counts from 0, not from the start
        return Fraction(self.container.duration, 1_000_000) + (0 if is_matroska else self._declared_start)

    def pieces(self) -> Generator[Piece]:
        """Yields everything in the file in its order; what cannot be decoded is counted and left out."""
        av = require("av", extra="video")
        waiting: list[Packet[Any]] = []
        try:
            for packet in self.container.demux(self.stream, *self.others):
                self.clock.set(packet)
                self._note_end(packet)
                if packet.stream is not self.stream:
                    if packet.size:  # an empty one marks the end
                        waiting.append(packet)
                    if len(waiting) < PACKETS_AT_ONCE:
                        continue
                    yield Piece(waiting, None)
                    waiting = []
                    continue
                for frame in self._decoded(packet):
                    yield Piece(waiting, frame)
                    waiting = []
        except av.error.FFmpegError as error:
            logger.warning("%s cannot be read to its end: %s", self.name, error.strerror)
            for frame in self._decoded(None):
                yield Piece([], frame)
        yield Piece(waiting, None)

    def _decoded(self, packet: "Packet[Any] | None") -> "list[VideoFrame]":
        """Returns the frames that a packet completes; None stands for the end."""
        av = require("av", extra="video")
        try:
            frames: list[VideoFrame] = self.stream.decode(packet)
        except av.error.EOFError:
            return []
        except av.error.FFmpegError:
            self.undecodable += 1
            return []
        for frame in frames:
            frame.time_base = self.stream.time_base
            if self.container.format.name == "avi" and frame.dts is not None:
                frame.pts = frame.dts  # AVI stores no other times, and FFmpeg's guess errs for packed B-frames
        if frames and not self.decoded and frames[0].pts is not None:
            self.video_start = frames[0].pts * (frames[0].time_base or Fraction(0))
        self.decoded += len(frames)
        return frames

    def _note_end(self, packet: "Packet[Any]") -> None:
        if packet.pts is not None and packet.time_base is not None:
            self.end = max(self.end, (packet.pts + (packet.duration or 0)) * packet.time_base)
