"""Where clean pictures come from: folders of image files, found and checked once. Called by data/module."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from artgan_hf.errors import DataError

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".ppm"})


def find_images(folders: Sequence[str | Path]) -> list[Path]:
    """Returns the image files below some folders, sorted, hidden ones left out.

    Args:
        folders: each walked recursively; a path to a single image is taken as it is.

    Raises:
        DataError: if a folder is missing, or no image is found at all.
    """
    found: list[Path] = []
    for folder in map(Path, folders):
        if not folder.exists():
            raise DataError(f"{folder} does not exist; expected a folder of clean pictures.")
        candidates = [folder] if folder.is_file() else folder.rglob("*")
        found += [
            path for path in candidates if path.suffix.lower() in IMAGE_SUFFIXES and not path.name.startswith(".")
        ]
    if not found:
        kinds = " ".join(sorted(IMAGE_SUFFIXES))
        raise DataError(f"no pictures in {', '.join(map(str, folders))}; files ending in {kinds} were looked for.")
    return sorted(found)


def read_clean(path: Path) -> NDArray[np.uint8]:
    """Returns a picture as RGB, shape (H, W, 3), uint8.

    Raises:
        DataError: if the file cannot be read as a picture.
    """
    try:
        with Image.open(path) as image:
            return np.asarray(image.convert("RGB"))
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError) as error:
        raise DataError(f"{path} cannot be read as a picture ({error}).") from error


def split(paths: Sequence[Path], held_out: float) -> tuple[list[Path], list[Path]]:
    """Returns (training files, held-out files): evenly spaced ones are held out, the same in every run.

    Args:
        paths: sorted files.
        held_out: share to hold out, in [0, 1). Above 0, and with two files or more, each side gets at least one.

    Example:
        >>> training, validation = split([Path(f"{i}.png") for i in range(10)], 0.2)
        >>> [path.name for path in validation]
        ['0.png', '5.png']
    """
    if held_out <= 0 or len(paths) < 2:
        return list(paths), []
    step = max(2, round(1 / held_out))
    return [path for i, path in enumerate(paths) if i % step], list(paths[::step])
