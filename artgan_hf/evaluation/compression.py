"""How a benchmark degrades clean pictures: as JPEG files, or as single key frames of H.264 or H.265."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

import numpy as np
import PIL.features
import PIL.Image
from numpy.typing import NDArray

from artgan_hf.codecs import encode
from artgan_hf.codecs.video import ENCODERS, LEAST_SIDE_PX, VideoEncoding, degrade_clip
from artgan_hf.errors import OptionError, ShapeError
from artgan_hf.optional import require

JPEG = "jpeg"
SUBSAMPLING = "4:2:0"
CODECS = (JPEG, *ENCODERS)


class Compressed(NamedTuple):
    """A picture after its compression.

    Args:
        file: what a model gets: the JPEG file; of a video codec the decoded picture as a PNG file.
        pixels: the decoded picture, uint8, shape as the clean one.
        coded_bytes: size of the compressed picture.
        setting: how it was compressed, in words, e.g. "quality 10".
    """

    file: bytes
    pixels: NDArray[np.uint8]
    coded_bytes: int
    setting: str


class Codec(Protocol):
    """What degrades the pictures of a benchmark; see `make_codec`."""

    @property
    def name(self) -> str:
        """Of the row of the degraded pictures, e.g. "jpeg"."""

    @property
    def label(self) -> str:
        """Its name in sentences, e.g. "JPEG"."""

    @property
    def knob(self) -> str:
        """What its number is called, e.g. "quality"."""

    @property
    def restored_from(self) -> str:
        """What a model gets, in words."""

    def check(self, qualities: Sequence[int]) -> None:
        """Raises an error if a number is outside the codec's range or an encoder is missing: before a long run."""

    def worst_first(self, qualities: Sequence[int]) -> list[int]:
        """Returns numbers in order, the one that does most harm first."""

    def compress(self, clean: NDArray[np.uint8], quality: int) -> Compressed:
        """Returns a picture, uint8, shape (H, W, 3) or (H, W), after its compression."""

    def describe(self, *, grey: bool) -> str:
        """Returns what degrades the pictures, with the encoder and its version."""


def make_codec(name: str = JPEG, *, subsampling: str = SUBSAMPLING) -> Codec:
    """Returns a codec by its name on the command line.

    Args:
        name: "jpeg", "h264" or "h265".
        subsampling: of JPEG files: "4:2:0", "4:2:2" or "4:4:4"; grey pictures have none. The others know "4:2:0" alone.

    Raises:
        OptionError: if the name is unknown, or the codec does not know the subsampling.

    Example:
        >>> make_codec("h264").worst_first([28, 37]), make_codec("jpeg").worst_first([20, 10])
        ([37, 28], [10, 20])
    """
    if name not in CODECS:
        raise OptionError(f"codec is {name!r}; known: {', '.join(CODECS)}.")
    if name == JPEG:
        return JpegCodec(subsampling)
    if subsampling != SUBSAMPLING:
        raise OptionError(f"subsampling is {subsampling!r}; it can be chosen for JPEG alone: leave it out for {name}.")
    return VideoCodec(name)


@dataclass(frozen=True)
class JpegCodec:
    """JPEG files by Pillow, by their quality: 1 to 100, higher is better.

    Args:
        subsampling: as in `make_codec`.
    """

    subsampling: str = SUBSAMPLING

    name = JPEG
    label = "JPEG"
    knob = "quality"
    restored_from = "its JPEG file"

    def check(self, qualities: Sequence[int]) -> None:
        """Raises an error if there is no quality, or one or the subsampling is outside its range.

        Raises:
            QualityError: if a quality is not an integer from 1 to 100.
            OptionError: if there is none, or the subsampling is unknown.
        """
        if not qualities:
            raise OptionError("no quality was given; give one or more JPEG qualities from 1 to 100.")
        for quality in qualities:
            encode(np.zeros((8, 8, 3), np.uint8), quality, subsampling=self.subsampling)

    def worst_first(self, qualities: Sequence[int]) -> list[int]:
        """Returns qualities, the lowest first."""
        return sorted(qualities)

    def compress(self, clean: NDArray[np.uint8], quality: int) -> Compressed:
        """Returns a picture after its compression.

        Args:
            clean: uint8, shape (H, W, 3) or (H, W).
            quality: 1 to 100.
        """
        file = encode(clean, quality, subsampling=self.subsampling)
        return Compressed(file, np.asarray(PIL.Image.open(io.BytesIO(file))), len(file), f"quality {quality}")

    def describe(self, *, grey: bool) -> str:
        """Returns e.g. "JPEG 4:2:0 by Pillow 12.0.0 (libjpeg-turbo 3.1.2)"."""
        return codec_name("grey" if grey else self.subsampling)


@dataclass(frozen=True)
class VideoCodec:
    """H.264 or H.265, each picture one key frame, by its constant rate factor (CRF): 0 to 51, higher is worse.

    A video codec has no grey of its own here: grey pictures go through it as equal red, green and blue, and are made
    grey again. The size counts all that the encoder writes, x264's note of 0.6 kB about its settings included.

    Args:
        name: "h264" or "h265".
    """

    name: str

    knob = "CRF"

    @property
    def label(self) -> str:
        """Its name in sentences."""
        return f"{self.name[0].upper()}.{self.name[1:]}"

    @property
    def restored_from(self) -> str:
        """What a model gets, in words."""
        return f"its decoded {self.label} frame"

    def check(self, qualities: Sequence[int]) -> None:
        """Raises an error if there is no CRF, one is outside its range, or PyAV is not installed.

        Raises:
            OptionError: if there is none, or one is not an integer from 0 to 51.
            MissingExtraError: if PyAV is not installed.
        """
        if not qualities:
            raise OptionError("no CRF was given; give one or more from 0 (lossless) to 51.")
        for crf in qualities:
            VideoEncoding(self.name, crf)
        require("av", extra="video")

    def worst_first(self, qualities: Sequence[int]) -> list[int]:
        """Returns CRFs, the highest first."""
        return sorted(qualities, reverse=True)

    def compress(self, clean: NDArray[np.uint8], quality: int) -> Compressed:
        """Returns a picture after its compression.

        Args:
            clean: uint8, shape (H, W, 3) or (H, W), at least 16x16 pixels.
            quality: the CRF.

        Raises:
            ShapeError: if the picture is smaller.

        Example:
            >>> VideoCodec("h264").compress(np.full((18, 25), 90, np.uint8), 37).pixels.shape
            (18, 25)
        """
        height, width = clean.shape[:2]
        if min(height, width) < LEAST_SIDE_PX:
            least = f"{LEAST_SIDE_PX}x{LEAST_SIDE_PX}"
            raise ShapeError(f"the picture is {width}x{height} pixels; {self.label} needs at least {least}.")
        colour = clean if clean.ndim == 3 else np.repeat(clean[..., None], 3, axis=2)
        clip = degrade_clip([colour], VideoEncoding(self.name, quality))
        decoded = PIL.Image.fromarray(clip.frames[0]).convert("L" if clean.ndim == 2 else "RGB")
        file = io.BytesIO()
        decoded.save(file, "PNG", compress_level=1)
        return Compressed(file.getvalue(), np.asarray(decoded), clip.bytes, f"CRF {quality}")

    def describe(self, *, grey: bool) -> str:
        """Returns e.g. "H.264 4:2:0 by libx264 (PyAV 18.1.0), preset medium, each picture a key frame"."""
        preset, version = VideoEncoding(self.name).preset, require("av", extra="video").__version__
        encoder = f"{ENCODERS[self.name]} (PyAV {version}), preset {preset}"
        return f"{self.label} 4:2:0 by {encoder}, each picture a key frame{', grey as colour' if grey else ''}"


def codec_name(subsampling: str) -> str:
    """Returns what degraded the pictures, e.g. "JPEG 4:2:0 by Pillow 12.0.0 (libjpeg-turbo 3.1.2)"."""
    library = "libjpeg-turbo" if PIL.features.check_feature("libjpeg_turbo") else "libjpeg"
    version = PIL.features.version_feature("libjpeg_turbo") or PIL.features.version_codec("jpg")
    return f"JPEG {subsampling} by Pillow {PIL.__version__} ({library} {version})"
