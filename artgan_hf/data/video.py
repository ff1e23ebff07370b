"""Video compression as a recipe lists it: pairs from stills that are panned and zoomed, and from clips.

Called by data/patches in place of `JpegDegradation`. Needs the [video] extra.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import exp
from typing import TypeVar

import numpy as np
import PIL.Image
import torch

from artgan_hf.codecs.video import HIGHEST_CRF, Uint8Image, VideoEncoding, degrade_clip
from artgan_hf.data.pairs import draw, happens
from artgan_hf.errors import OptionError, QualityError

Value = TypeVar("Value")
GRID_PX = 16  # side of a macroblock
GREY = np.array([0.299, 0.587, 0.114])
VALIDATION_PAN = (0.5, 1.0)


@dataclass(frozen=True)
class H264Degradation:
    """What happens to a clean crop on its way through a video codec.

    A still becomes a short clip by a slow pan and zoom; one of its frames, after compression, is the degraded crop:
    mostly one that the codec predicted from its neighbours, with the smear and the flicker of prediction. That frame
    itself is neither moved nor zoomed, so that the clean crop stays sharp.

    Args:
        lowest_crf: constant rate factor, 0 to 51; higher is worse.
        highest_crf: likewise; drawn evenly from the range.
        presets: of the encoder; one is drawn.
        tunes: of the encoder, None for none; one is drawn.
        codec: "h264" or "h265", which takes twice as long.
        scales: sides of the compressed frames over those of the clip, above 0 to 1; one is drawn. The decoded frames
            are enlarged, as a player does it that shows a small video on the whole screen.
        gops: at most so many frames from one key frame to the next; one is drawn.
        frames: length of the clip, from 1.
        pan_px: fastest pan in pixels per frame.
        zoom: fastest zoom per frame, as a share of the size.
        enlarged: a still is enlarged up to so many times, from 1, before it is compressed: softer, as what was
            recorded small is. It loses its finest detail, and a network that sees many such stills adds none.
        shifted: share of pairs whose grid of macroblocks does not start at the crop's corner.
        clean: share of pairs that are not compressed at all: they teach the network to leave well alone.
        grey: share of pairs without colour: they stop it from inventing some.
        recoloured: share of pairs with other colours and another contrast: a network that has seen few pictures learns
            which texture goes with which colour, and paints it onto what only has that colour.

    Raises:
        QualityError: if the CRFs are not 0 <= lowest <= highest <= 51.
        OptionError: if another setting is outside its range.
    """

    lowest_crf: int = 27
    highest_crf: int = 42
    presets: Sequence[str] = ("veryfast", "medium")
    tunes: Sequence[str | None] = (None,)
    codec: str = "h264"
    scales: Sequence[float] = (1.0,)
    gops: Sequence[int] = (250,)
    frames: int = 7
    pan_px: float = 2.0
    zoom: float = 0.01
    enlarged: float = 1.0
    shifted: float = 0.1
    clean: float = 0.0
    grey: float = 0.0
    recoloured: float = 0.0

    def __post_init__(self) -> None:
        """Checks the ranges once, when the recipe is read."""
        if not 0 <= self.lowest_crf <= self.highest_crf <= HIGHEST_CRF:
            got = f"{self.lowest_crf} to {self.highest_crf}"
            raise QualityError(f"CRFs are {got}; expected 0 <= lowest <= highest <= {HIGHEST_CRF}.")
        drawn_from = {name: list(getattr(self, name)) for name in ("presets", "tunes", "scales", "gops")}
        if not all(drawn_from.values()) or self.frames < 1:
            got = ", ".join(f"{name} {values}" for name, values in drawn_from.items())
            raise OptionError(f"{got}, frames {self.frames}; at least one of each was expected.")
        if self.enlarged < 1:
            raise OptionError(f"enlarged is {self.enlarged!r}; 1 (not at all) or more was expected.")
        for preset, tune, scale, gop in product(self.presets, self.tunes, self.scales, self.gops):
            VideoEncoding(self.codec, preset=preset, tune=tune, scale=scale, gop=gop)
        for name in ("shifted", "clean", "grey", "recoloured"):
            if not 0 <= getattr(self, name) <= 1:
                raise OptionError(f"{name} is {getattr(self, name)}; a share of the pairs, from 0 to 1, was expected.")

    @property
    def lowest_quality(self) -> int:
        """The lowest CRF, under the name that all degradations share."""
        return self.lowest_crf

    @property
    def highest_quality(self) -> int:
        """The highest CRF, likewise."""
        return self.highest_crf

    @property
    def middle_quality(self) -> int:
        """The CRF of every validation picture."""
        return (self.lowest_crf + self.highest_crf) // 2

    def pair(self, crop: Uint8Image, margin_px: int) -> tuple[Uint8Image, Uint8Image, int]:
        """Returns (degraded, clean, CRF) for one crop of a still, or of a clip.

        Args:
            crop: clean, uint8, shape (P + margin, P + margin, 3), or (T, P + margin, P + margin, 3) for frames of a
                clip, whose own motion is kept; of more than `frames`, some in a row are drawn.
            margin_px: rows and columns to spare for shifting the grid; the results lose them.

        Returns:
            Two arrays of shape (P, P, 3) and the CRF; 0 if there was no compression.
        """
        if happens(self.grey):
            crop = np.repeat(np.rint(crop @ GREY)[..., None], 3, axis=-1).astype(np.uint8)
        if happens(self.recoloured):
            crop = recolour(crop)
        size = crop.shape[-2] - margin_px
        last = margin_px if happens(self.shifted) else margin_px // GRID_PX
        step = 1 if last == margin_px else GRID_PX
        dy, dx = draw(0, last) * step, draw(0, last) * step
        inside = (slice(dy, dy + size), slice(dx, dx + size))
        if is_clip := crop.ndim == 4:
            first = draw(0, max(0, len(crop) - self.frames))
            crop = crop[first : first + self.frames]
        elif self.enlarged > 1:
            crop = enlarge(crop, 1 + (self.enlarged - 1) * draw(0, 1000) / 1000)
        index = draw(0, (len(crop) if is_clip else self.frames) - 1)
        still = crop[index] if is_clip else crop
        if happens(self.clean):
            return still[inside], still[inside], 0
        clip = list(crop) if is_clip else self._moving(crop, index)
        encoding = VideoEncoding(
            self.codec,
            draw(self.lowest_crf, self.highest_crf),
            preset=one_of(self.presets),
            tune=one_of(self.tunes),
            scale=one_of(self.scales),
            gop=one_of(self.gops),
        )
        return degrade_clip(clip, encoding).frames[index][inside], still[inside], encoding.crf

    def whole(self, clean: Uint8Image) -> Uint8Image:
        """Returns the last frame of a slow pan over a whole picture at the middle CRF: the same in every validation."""
        encoding = VideoEncoding(
            self.codec,
            self.middle_quality,
            preset=self.presets[0],
            tune=self.tunes[0],
            scale=self.scales[0],
            gop=self.gops[0],
        )
        clip = pan_and_zoom(clean, self.frames, still_at=self.frames - 1, pan_px=VALIDATION_PAN)
        return degrade_clip(clip, encoding).frames[-1]

    def _moving(self, crop: Uint8Image, index: int) -> list[Uint8Image]:
        thousandths = [draw(-1000, 1000) / 1000 for _ in range(3)]
        pan = (thousandths[0] * self.pan_px, thousandths[1] * self.pan_px)
        return pan_and_zoom(crop, self.frames, still_at=index, pan_px=pan, zoom=thousandths[2] * self.zoom)


def one_of(values: Sequence[Value]) -> Value:
    """Returns one of some values, drawn with torch's generator."""
    return values[draw(0, len(values) - 1)]


def recolour(picture: Uint8Image) -> Uint8Image:
    """Returns a picture, or the frames of a clip, with the colours in another order, another gamma, less contrast."""
    gamma = exp(0.45 * draw(-1000, 1000) / 1000)
    lowest, highest = draw(0, 25), 255 - draw(0, 40)
    curve = np.rint(lowest + (highest - lowest) * np.linspace(0, 1, 256) ** gamma).astype(np.uint8)
    order = torch.randperm(3).tolist()
    return np.ascontiguousarray(curve[picture[..., order]])


def enlarge(still: Uint8Image, factor: float) -> Uint8Image:
    """Returns the middle of a picture, enlarged `factor` times to the whole picture's size."""
    height, width = still.shape[:2]
    down, right = (side * (1 - 1 / factor) / 2 for side in (height, width))
    box = (right, down, width - right, height - down)
    picture = PIL.Image.fromarray(still)
    return np.asarray(picture.resize((width, height), PIL.Image.Resampling.BICUBIC, box=box))


def pan_and_zoom(
    still: Uint8Image, count: int, *, still_at: int = 0, pan_px: tuple[float, float] = (0.0, 0.0), zoom: float = 0.0
) -> list[Uint8Image]:
    """Returns a clip in which a camera moves steadily over a still.

    Args:
        still: uint8, shape (H, W, 3).
        count: number of frames.
        still_at: the frame that is the still itself, pixel for pixel.
        pan_px: (down, right), pixels per frame.
        zoom: share by which the picture grows with each frame; below 0 it shrinks.

    Raises:
        OptionError: if it shrinks to nothing.

    Returns:
        Frames of the still's shape; what lies beyond its border repeats the border.

    Example:
        >>> row = np.arange(0, 160, 10, dtype=np.uint8)[None, :, None].repeat(16, 0).repeat(3, 2)
        >>> pan_and_zoom(row, 2, pan_px=(0, 1))[1][8, :4, 0]
        array([10, 20, 30, 40], dtype=uint8)
    """
    height, width = still.shape[:2]
    farthest = max(still_at, count - 1 - still_at)
    change = abs(zoom) * farthest
    if change >= 1:
        raise OptionError(f"zoom is {zoom:g} over {farthest} frames; a product below 1 was expected.")
    reach = farthest * max(map(abs, pan_px)) + change / (1 - change) * max(height, width) / 2
    border = int(np.ceil(reach)) + 2  # two for the cubic kernel
    padded = PIL.Image.fromarray(np.pad(still, ((border, border), (border, border), (0, 0)), mode="edge"))
    frames = []
    for time in range(count):
        away = time - still_at
        if away == 0:
            frames.append(still)
            continue
        size = 1 / (1 + zoom * away)
        down = border + pan_px[0] * away + (1 - size) * height / 2
        right = border + pan_px[1] * away + (1 - size) * width / 2
        box = (right, down, right + size * width, down + size * height)
        frames.append(np.asarray(padded.resize((width, height), PIL.Image.Resampling.BICUBIC, box=box)))
    return frames
