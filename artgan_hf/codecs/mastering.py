"""What an HDR video says of the display that it was made on, as settings of the encoders. Called by restoring/."""

from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from artgan_hf.codecs.video_frames import side_data

if TYPE_CHECKING:
    from av import VideoFrame


class _Words(NamedTuple):
    option: str  # that holds the encoder's own settings
    display: str
    light: str
    per_colour: int  # steps from 0 to 1
    per_nit: int


ENCODERS = {
    "libx264": _Words("x264-params", "mastering-display", "cll", 50_000, 10_000),
    "libx265": _Words("x265-params", "master-display", "max-cll", 50_000, 10_000),
    "libsvtav1": _Words("svtav1-params", "mastering-display", "content-light", 1, 1),
}


def with_mastering(options: dict[str, str], encoder: str, frame: "VideoFrame") -> dict[str, str]:
    """Returns an encoder's options, and those that carry over the frame's mastering display and light levels.

    Args:
        options: by FFmpeg's names.
        encoder: FFmpeg's name; one that takes no such options gets none.
        frame: the first of the source.

    Source:
        SMPTE ST 2086 and CTA-861.3.
    """
    known = side_data(frame)
    display, light = known.get("MASTERING_DISPLAY_METADATA"), known.get("CONTENT_LIGHT_LEVEL")
    if encoder not in ENCODERS or not (display or light):
        return options
    words = ENCODERS[encoder]
    settings = [options[words.option]] if words.option in options else []
    if display and all(np.frombuffer(display, np.int32, 2, offset=80)):  # has colours, has luminance
        settings.append(f"{words.display}={_display(display, words)}")
    if light:
        brightest, average = np.frombuffer(light, np.uint32, 2).tolist()
        settings.append(f"{words.light}={brightest},{average}")
    return {**options, words.option: ":".join(settings)}


def _display(data: bytes, words: _Words) -> str:
    """Writes FFmpeg's structure: red, green, blue, white as x and y; least and greatest luminance; all fractions."""
    pairs = np.frombuffer(data, np.int32, 20).reshape(10, 2).tolist()
    values = [Fraction(top, bottom or 1) for top, bottom in pairs]
    steps = [_number(value * words.per_colour) for value in values[:8]]
    least, greatest = (_number(value * words.per_nit) for value in values[8:])
    red, green, blue, white = (f"({x},{y})" for x, y in zip(steps[::2], steps[1::2], strict=True))
    return f"G{green}B{blue}R{red}WP{white}L({greatest},{least})"


def _number(value: Fraction) -> str:
    return f"{float(value):.5f}".rstrip("0").rstrip(".")
