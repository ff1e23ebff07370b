"""A clean picture and what a codec made of it: what a benchmark puts before a model."""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from artgan_hf.errors import ArtganError, ShapeError
from artgan_hf.evaluation.cache import content_key
from artgan_hf.evaluation.clean_pictures import to_tensor
from artgan_hf.evaluation.compression import Compressed
from artgan_hf.evaluation.figures import Comparison
from artgan_hf.types import Restored


class RestoresFiles(Protocol):
    """What a benchmark asks of a model; `artgan_hf.restoring.Restorer` is one, `methods.Method` another.

    The results of one that has a `fingerprint`, which is the same only for what gives the same pictures, can be cached.
    """

    name: str

    def restore(self, source: Any) -> Restored:
        """Returns the restored picture for the bytes of a picture file."""


def is_for(model: RestoresFiles, quality: int) -> bool:
    """Returns whether a model is to be measured at a quality: all are, but those whose `qualities` lack it."""
    qualities = getattr(model, "qualities", None)
    return qualities is None or quality in qualities


class Subject:
    """A clean picture with what a codec made of it; nothing, for the original itself.

    Args:
        path: of the clean picture, for messages.
        clean: uint8, shape (H, W, 3) or (H, W).
        crop_px: border left out of every figure, in pixels.
        quality: the codec's number.
        compressed: the picture after its compression; None for the original.

    Raises:
        ShapeError: if the border leaves nothing.
    """

    def __init__(
        self,
        path: Path,
        clean: NDArray[np.uint8],
        crop_px: int,
        quality: int | None = None,
        compressed: Compressed | None = None,
    ) -> None:
        height, width = clean.shape[:2]
        if not 0 <= 2 * crop_px < min(height, width):
            raise ShapeError(f"{path} is {width}x{height} pixels: a border of {crop_px} cannot be left out of it.")
        self.path = path
        self.clean = clean
        self.crop_px = crop_px
        self.quality = quality
        self.file = compressed.file if compressed else b""
        self.setting = compressed.setting if compressed else ""
        self.degraded = compressed.pixels if compressed else clean
        self.bpp = 8 * compressed.coded_bytes / (height * width) if compressed else None

    @property
    def content(self) -> str:
        """The same only for the same picture, file and border."""
        return content_key(self.clean.tobytes(), list(self.clean.shape), self.file, self.crop_px)

    def restored_by(self, model: RestoresFiles) -> tuple[NDArray[np.uint8], float]:
        """Returns what a model makes of the file, shape as `clean`, and the seconds it took.

        Raises:
            ArtganError: if it fails.
            ShapeError: if it gives a picture of another size.
        """
        try:
            restored = model.restore(self.file)
        except ArtganError as error:
            raise ArtganError(f"{self.path} at {self.setting}: {error}") from error
        pixels = np.asarray(restored.image.convert("L" if self.clean.ndim == 2 else "RGB"))
        if pixels.shape != self.clean.shape:
            given, asked = (f"{shape[1]}x{shape[0]}" for shape in (pixels.shape, self.clean.shape))
            raise ShapeError(f"{model.name} gave {given} pixels for {self.path}, which is {asked}.")
        return pixels, restored.seconds

    def compared_with(self, restored: NDArray[np.uint8]) -> Comparison:
        """Returns what figures look at."""
        return Comparison(
            restored=to_tensor(self._cropped(restored)),
            clean=to_tensor(self._cropped(self.clean)),
            degraded=to_tensor(self._cropped(self.degraded)),
            pixels=restored,
            file=self.file,
        )

    def _cropped(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = pixels.shape[:2]
        return pixels[self.crop_px : height - self.crop_px, self.crop_px : width - self.crop_px]
