"""Small parts of pictures for the eye: where the codec does most harm, the same place of every version."""

import base64
import io
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import PIL.Image
from numpy.typing import NDArray

SIDE_PX = 256
STEP_PX = 16
IMAGES_IN_ALL = 120  # of about 35 kB each
LEAST_PICTURES, MOST_PICTURES = 2, 6
WEBP_QUALITY = 92


class Box(NamedTuple):
    """A rectangle of a picture, in pixels."""

    left: int
    top: int
    width: int
    height: int

    @property
    def key(self) -> str:
        """It as text."""
        return f"{self.left},{self.top},{self.width},{self.height}"


@dataclass(frozen=True)
class Crop:
    """A part of one version of a picture.

    Args:
        picture: file name.
        model: its name, or the codec's, e.g. "jpeg", or "original".
        quality: of the JPEG, or the CRF; None for the original.
        webp: the file in base64.
    """

    picture: str
    model: str
    quality: int | None
    webp: str


def pictures_to_show(pictures: int, versions: int) -> list[int]:
    """Returns the numbers of the pictures to take crops of: spread evenly, and few enough for one page.

    Example:
        >>> pictures_to_show(29, versions=20)
        [0, 6, 11, 17, 22, 28]
    """
    count = min(pictures, MOST_PICTURES, max(LEAST_PICTURES, IMAGES_IN_ALL // versions))
    return [round(place) for place in np.linspace(0, pictures - 1, count)] if count else []


def most_harmed(clean: NDArray[np.uint8], degraded: NDArray[np.uint8]) -> Box:
    """Returns the square in which a picture lost most.

    Args:
        clean: uint8, shape (H, W, 3) or (H, W).
        degraded: same shape.

    Example:
        >>> clean = np.zeros((512, 600), np.uint8)
        >>> degraded = clean.copy()
        >>> degraded[300, 500] = 9
        >>> most_harmed(clean, degraded)
        Box(left=256, top=48, width=256, height=256)
    """
    error = (degraded.astype(np.float64) - clean) ** 2
    error = error.reshape(*error.shape[:2], -1).sum(2)
    height, width = (min(SIDE_PX, side) for side in error.shape)
    sums = np.pad(error.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    tops = np.arange(0, error.shape[0] - height + 1, STEP_PX)[:, None]
    lefts = np.arange(0, error.shape[1] - width + 1, STEP_PX)
    inside = sums[tops + height, lefts + width] - sums[tops, lefts + width] - sums[tops + height, lefts]
    row, column = np.unravel_index((inside + sums[tops, lefts]).argmax(), inside.shape)
    return Box(int(lefts[column]), int(tops[row, 0]), width, height)


def cut_webp(pixels: NDArray[np.uint8], box: Box) -> str:
    """Returns a part of a picture as a WebP file in base64."""
    part = pixels[box.top : box.top + box.height, box.left : box.left + box.width]
    file = io.BytesIO()
    PIL.Image.fromarray(part).save(file, "WEBP", quality=WEBP_QUALITY)
    return base64.b64encode(file.getvalue()).decode("ascii")
