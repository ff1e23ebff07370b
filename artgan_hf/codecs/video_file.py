"""Opens video files and turns whatever can go wrong into one clear line. Called by codecs/, data/, restoring/."""

import gc
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from artgan_hf.codecs.video_frames import to_rgb
from artgan_hf.errors import OptionError, VideoError
from artgan_hf.optional import require

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer
    from av.stream import Stream

SUFFIXES = "3gp avi flv m2ts m4v mkv mov mp4 mpeg mpg mts mxf ogv ts vob webm wmv y4m"
VIDEO_SUFFIXES = frozenset(f".{name}" for name in SUFFIXES.split())
NOT_VIDEOS = ("tty", "ansi", "bin", "xbin")
"""Formats under which FFmpeg opens plain text."""
USUAL_RATE = Fraction(25)

if hasattr(os, "register_at_fork"):
    # A decoder that waits for the garbage collector must not be freed in a forked process, such as a worker of a
    # DataLoader: FFmpeg would wait there for the decoder's threads, which do not exist on that side.
    os.register_at_fork(before=gc.collect)


class Clip(NamedTuple):
    """The frames of a clip and its pace.

    Args:
        frames: uint8, each of the same shape (H, W, 3), as stored (before any rotation).
        fps: mean frames per second.
        kbps: rate of the whole file in 1000 bits per second.
    """

    frames: list[NDArray[np.uint8]]
    fps: Fraction
    kbps: float


def is_video_name(path: str | PathLike[str]) -> bool:
    """Returns True if the suffix is one of a video format.

    Example:
        >>> is_video_name("talk.MP4"), is_video_name("talk.jpg")
        (True, False)
    """
    return Path(path).suffix.lower() in VIDEO_SUFFIXES


@contextmanager
def opened_video(path: str | PathLike[str]) -> Iterator[tuple["InputContainer", "VideoStream"]]:
    """Yields an open video file and its main video stream.

    Raises:
        VideoError: if there is no such file, or it is no video.
        MissingExtraError: if PyAV is not installed.
    """
    av = require("av", extra="video")
    name = fspath(path)
    if not Path(name).exists():
        raise VideoError(f"{name} does not exist; check the path.")
    if not Path(name).is_file():
        raise VideoError(f"{name} is not a file; pass a video file.")
    if not Path(name).stat().st_size:
        raise VideoError(f"{name} is empty; get it anew.")
    try:
        # A playlist must not make us open web addresses, nor a name with a colon be taken for a protocol.
        container = av.open(f"file:{name}", metadata_errors="replace", container_options={"protocol_whitelist": "file"})
    except (av.error.FFmpegError, OSError) as error:
        raise VideoError(f"{name} cannot be read as a video ({reason_of(error)}); pass a whole video file.") from error
    with container:
        yield container, _main_stream(container, name)


def read_clip(path: str | PathLike[str], *, limit: int | None = None) -> Clip:
    """Returns the frames of a video file as RGB, all in memory.

    Args:
        path: the file.
        limit: how many of the first frames to take, from 1; None for all.

    Raises:
        VideoError: if the file is missing or no video, or not a frame of it can be decoded.
        OptionError: if the limit is less than 1.
    """
    if limit is not None and limit < 1:
        raise OptionError(f"limit is {limit}; at least 1 frame was expected.")
    frames: list[NDArray[np.uint8]] = []
    with opened_video(path) as (container, stream):
        size = (stream.height, stream.width)
        for frame in decoded_frames(container, stream):
            pixels = to_rgb(frame, size=None if (frame.height, frame.width) == size else size)
            frames.append(_eight_bits(pixels))
            if len(frames) == limit:
                break
        fps = stream.average_rate or USUAL_RATE
        kbps = container.bit_rate / 1000
    if not frames:
        raise VideoError(f"{fspath(path)} holds no frame that can be decoded; get an intact copy.")
    return Clip(frames, fps, kbps)


def decoded_frames(container: "InputContainer", stream: "VideoStream") -> Iterator["VideoFrame"]:
    """Yields the frames that decode; what is broken is left out."""
    av = require("av", extra="video")
    try:
        for packet in container.demux(stream):
            try:
                yield from packet.decode()
            except av.error.FFmpegError:
                continue
    except av.error.FFmpegError:
        return


def reason_of(error: Exception) -> str:
    """Returns what went wrong without the error's number and file name.

    Example:
        >>> reason_of(OSError(2, "No such file or directory", "a.mp4"))
        'No such file or directory'
    """
    return str(getattr(error, "strerror", None) or error)


def _main_stream(container: "InputContainer", name: str) -> "VideoStream":
    format = container.format.name
    if format.endswith("_pipe") or format == "image2":
        raise VideoError(f"{name} is a picture; restore it with Restorer, or artgan restore PICTURE -o OUT.")
    if format in NOT_VIDEOS:
        raise VideoError(f"{name} cannot be read as a video (it looks like text); pass a video file.")
    for stream in container.streams.video:
        if not is_cover(stream) and stream.codec_context is not None and stream.width and stream.height:
            return stream
    kinds = ", ".join(dict.fromkeys(_kind(stream) for stream in container.streams)) or "nothing"
    raise VideoError(f"{name} holds no video that can be decoded, only {kinds}; pass a video file.")


def _kind(stream: "Stream") -> str:
    return "a cover picture" if is_cover(stream) else stream.type


def is_cover(stream: "Stream") -> bool:
    """Returns True for a picture that music files and films carry along."""
    return bool(int(stream.disposition) & int(_dispositions().attached_pic))


def _dispositions() -> Any:
    return require("av.stream", extra="video").Disposition


def _eight_bits(pixels: NDArray[Any]) -> NDArray[np.uint8]:
    return pixels if pixels.dtype == np.uint8 else np.rint(pixels / 257).astype(np.uint8)
