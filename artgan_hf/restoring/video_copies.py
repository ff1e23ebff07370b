"""Takes over sound, subtitles, covers and fonts from a video as they are. Called by restoring/video_output."""

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from artgan_hf.codecs.video_file import is_cover
from artgan_hf.optional import require
from artgan_hf.restoring.video_input import VideoInput

if TYPE_CHECKING:
    from av import Packet
    from av.container import OutputContainer
    from av.stream import Stream

logger = logging.getLogger("artgan_hf")

OF_THE_STREAM = ("encoder", "vendor_id", "BPS", "DURATION", "NUMBER_OF_", "_STATISTICS", "alpha_mode")
"""Starts of the names of entries that describe the source's coding, and would be wrong."""
COVER_NAMES = {"mjpeg": ("cover.jpg", "image/jpeg"), "png": ("cover.png", "image/png")}


class Copies:
    """The streams of a video in the making that are not restored.

    Args:
        container: the file to write, its header not yet written.
        source: what they are copied from.
        early: the packets that came before the first frame, covers among them; still to be written.
    """

    def __init__(self, container: "OutputContainer", source: VideoInput, early: "Iterable[Packet[Any]]") -> None:
        self.broken = 0  # packets
        self._container = container
        self._targets: dict[int, Any] = {}  # by the source's stream index
        covers = {packet.stream.index: bytes(packet) for packet in early if is_cover(packet.stream)}
        for stream in source.others:
            try:
                self._add(stream, covers.get(stream.index, b""))
            except ValueError as error:
                way_out = "" if container.format.name == "matroska" else "; .mkv holds more kinds"
                logger.warning("%s: a stream (%s) is left out: %s%s", source.name, stream.type, error, way_out)

    def write(self, packets: "Iterable[Packet[Any]]") -> None:
        """Writes packets as they are; those that are too broken for the container are counted and left out."""
        av = require("av", extra="video")
        for packet in packets:
            target = self._targets.get(packet.stream.index)
            if target is None:
                continue
            if is_cover(packet.stream):
                packet.pts = packet.dts = 0
            elif packet.dts is None and packet.pts is None:
                continue
            packet.stream = target
            try:
                self._container.mux(packet)
            except (av.error.InvalidDataError, ValueError):  # no frame of sound, or back in time
                self.broken += 1

    def _add(self, stream: "Stream", cover: bytes) -> None:
        container = self._container
        if container.format.name == "matroska" and is_cover(stream):  # it keeps covers as attached files
            codec = stream.codec_context.name
            name, kind = COVER_NAMES.get(codec, (f"cover.{codec}", f"image/{codec}"))
            container.add_attachment(stream.metadata.get("filename", name), kind, cover)
            return
        if container.format.name != "matroska" and stream.type == "attachment":
            raise ValueError(f"{container.format.name!r} format does not support attachments")
        if stream.type == "audio" and not getattr(stream.codec_context, "sample_rate", 0):
            raise ValueError("it holds no sound that can be read")
        copy = container.add_stream_from_template(stream, opaque=True)
        describe(copy, stream)
        self._targets[stream.index] = copy


def describe(copy: Any, original: "Stream") -> None:
    """Gives a stream the entries and the marks of another, e.g. its language and that it is on by default."""
    entries = {name: value for name, value in original.metadata.items() if not name.startswith(OF_THE_STREAM)}
    if "name" in entries:  # how .mp4 stores the title of a stream
        entries.setdefault("title", entries["name"])
    copy.metadata.update(entries)
    copy.disposition = original.disposition
