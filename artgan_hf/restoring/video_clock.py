"""Straightens the times of broadcast and disc recordings. Called by restoring/video_input."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from artgan_hf.optional import require

if TYPE_CHECKING:
    from av import Packet
    from av.container import InputContainer

BACK_S, FORWARD_S = Fraction(1, 10), Fraction(10)
"""What lies further from where a stream should go on is a leap of the clock."""


class Clock:
    """Lets a recording begin at 0 and go on where its clock leaps; all streams move together.

    MPEG streams carry the sender's clock, which shows any time at the start, and starts anew where two are joined.
    Files of other formats say what they mean: their times stay as they are.

    Args:
        container: the open file.
    """

    def __init__(self, container: "InputContainer") -> None:
        flags = require("av.format", extra="video").Flags
        self.leaps = bool(container.format.flags & flags.ts_discont.value)
        starts = [
            stream.start_time * stream.time_base
            for stream in container.streams
            if stream.type in ("video", "audio") and stream.start_time is not None and stream.time_base is not None
        ]
        self._shifts = [-min(starts, default=Fraction(0))] * 2  # now, and before the last leap
        self._due: dict[int, Fraction] = {}  # by stream: where its next packet should be

    def set(self, packet: "Packet[Any]") -> None:
        """Gives a packet the time that it has on the straight line."""
        time = packet.pts if packet.dts is None else packet.dts
        if not self.leaps or time is None or not packet.time_base:
            return
        shift = self._shifts[0]
        if packet.stream.type in ("video", "audio"):  # subtitles come with long gaps
            shift = self._shift(packet.stream.index, time * packet.time_base)
            self._due[packet.stream.index] = (time + (packet.duration or 0)) * packet.time_base + shift
        ticks = round(shift / packet.time_base)
        packet.pts = None if packet.pts is None else packet.pts + ticks
        packet.dts = None if packet.dts is None else packet.dts + ticks

    def _shift(self, stream: int, time: Fraction) -> Fraction:
        due = self._due.get(stream)
        if due is None:
            return self._shifts[0]
        # Packets of one stream may come after those that another has behind the leap.
        nearest = min(self._shifts, key=lambda shift: abs(time + shift - due))
        if -BACK_S < time + nearest - due < FORWARD_S:
            return nearest
        self._shifts = [due - time, self._shifts[0]]
        return due - time
