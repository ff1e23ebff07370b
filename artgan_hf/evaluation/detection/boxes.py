"""What a detector is and what it says; class names are the common language of detectors and annotations."""

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

# Pascal VOC's words for things that COCO calls otherwise.
ALIASES = {
    "aeroplane": "airplane",
    "motorbike": "motorcycle",
    "sofa": "couch",
    "tvmonitor": "tv",
    "diningtable": "dining table",
    "pottedplant": "potted plant",
}


class Detections(NamedTuple):
    """What a detector found in one picture.

    Args:
        boxes: float, shape (N, 4): left, top, right, bottom in pixels of the picture.
        scores: float, shape (N,), 0 to 1; unsure ones included, average precision wants them.
        labels: N class names.
    """

    boxes: NDArray[np.floating]
    scores: NDArray[np.floating]
    labels: tuple[str, ...]


class Detector(Protocol):
    """Finds objects in pictures.

    Attributes:
        name: for reports.
        classes: the names it can give.
    """

    @property
    def name(self) -> str:
        """For reports."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The names it can give."""

    def __call__(self, image: NDArray[np.uint8]) -> Detections:
        """Returns what is in a picture: uint8, RGB, shape (H, W, 3)."""


def common_name(name: str) -> str:
    """Returns a class name as COCO spells it.

    Example:
        >>> common_name("TVmonitor"), common_name("dog")
        ('tv', 'dog')
    """
    plain = name.strip().casefold().replace("_", " ")
    return ALIASES.get(plain, plain)
