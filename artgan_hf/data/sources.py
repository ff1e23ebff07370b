"""Where clean pictures come from: folders and files here, `datasets` in data/dataset_source. Called by data/module."""

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from artgan_hf.codecs.video_file import read_clip
from artgan_hf.errors import DataError

log = logging.getLogger(__name__)
Item = TypeVar("Item")

IMAGE_SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".webp", ".avif", ".tif", ".tiff", ".bmp", ".ppm"})
PIECE_FRAMES = 16
MOST_HELD_OUT = 64  # validation looks at no more pictures than this, however many are held out


class Pictures(Protocol):
    """Clean pictures to draw from; a list of uint8 arrays of shape (H, W, 3) is the simplest kind."""

    def __len__(self) -> int:
        """Returns how many there are."""

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        """Returns one picture, shape (H, W, 3), or some frames in a row of a clip, shape (T, H, W, 3).

        Raises:
            DataError: if it cannot be read.
        """


class Opened(NamedTuple):
    """What a source gives: pictures to train on, and others, in memory, to validate with."""

    training: Pictures
    held_out: Sequence[NDArray[np.uint8]]


class Source(Protocol):
    """Where clean pictures come from: `FolderSource`, `DatasetSource`, or your own."""

    def open(self, held_out: float, least_px: int, held_out_px: int | None) -> Opened:
        """Returns the pictures, split.

        Args:
            held_out: share to keep out of training, in [0, 1).
            least_px: sides that training needs; pictures known to be smaller may be left out at once.
            held_out_px: held-out pictures are cut to their middle, at most this wide and high; None for whole ones.

        Raises:
            DataError: if there is nothing to train on.
        """


class FolderSource:
    """Image files below some folders, and video files.

    Args:
        folders: each walked recursively; a path to a single file is taken as it is.
        in_memory: read all pictures once and keep them as uint8; otherwise read them anew each time.
        clips: video files without artifacts of their own, to train on beside the pictures; kept in memory, in pieces
            of 16 frames that count as a picture each.
    """

    def __init__(
        self, folders: Sequence[str | Path], *, in_memory: bool = True, clips: Sequence[str | Path] = ()
    ) -> None:
        self.folders = folders
        self.in_memory = in_memory
        self.clips = clips

    def open(self, held_out: float, least_px: int, held_out_px: int | None) -> Opened:
        """Returns the pictures; see `Source.open`. Files that cannot be used are left out with one warning.

        Raises:
            DataError: if there is nothing to train on, or a clip is smaller than `least_px`.
            VideoError: if a clip cannot be read.
            MissingExtraError: if there are clips and PyAV is not installed.
        """
        training, validation = split(find_images(self.folders), held_out)
        pieces = [piece for path in self.clips for piece in read_pieces(Path(path), least_px)]
        pictures: Pictures = FilePictures(training, pieces)
        if self.in_memory:
            pictures = [*read_all(training, read_clean, least_px), *pieces]
        chosen = thinned(validation, MOST_HELD_OUT)
        return Opened(pictures, read_all(chosen, lambda path: middle(read_clean(path), held_out_px)) if chosen else [])


class FilePictures:
    """Pictures that are read anew each time.

    Args:
        paths: image files.
        pieces: more pictures, or pieces of clips, in memory.
    """

    def __init__(self, paths: Sequence[Path], pieces: Sequence[NDArray[np.uint8]] = ()) -> None:
        self.paths = paths
        self.pieces = pieces

    def __len__(self) -> int:
        """Returns the number of files and pieces."""
        return len(self.paths) + len(self.pieces)

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        """Returns one picture; see `Pictures`."""
        return read_clean(self.paths[index]) if index < len(self.paths) else self.pieces[index - len(self.paths)]


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
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise DataError(f"{path} cannot be read as a picture ({error}).") from error


def read_pieces(path: Path, least_px: int) -> list[NDArray[np.uint8]]:
    """Returns the frames of a clip, some in a row at a time, each piece of shape (T, H, W, 3).

    Raises:
        DataError: if the clip is smaller than this on a side.
        VideoError: if it cannot be read.
    """
    frames = read_clip(path).frames
    check_size(frames[0], least_px, str(path))
    return [np.stack(frames[first : first + PIECE_FRAMES]) for first in range(0, len(frames), PIECE_FRAMES)]


def read_all(
    items: Sequence[Item], read: Callable[[Item], NDArray[np.uint8]], least_px: int = 1
) -> list[NDArray[np.uint8]]:
    """Returns the pictures that can be used, with one warning that counts the others.

    Args:
        items: image files, or other things that `read` takes.
        read: returns the picture of an item, or raises DataError; `read_clean` for files.
        least_px: pictures with a shorter side are left out.

    Raises:
        DataError: if none can be used.
    """

    def attempt(item: Item) -> NDArray[np.uint8] | DataError:
        try:
            return check_size(read(item), least_px, str(item) if isinstance(item, Path) else "a picture")
        except DataError as error:
            return error

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(attempt, items))
    errors = [result for result in results if isinstance(result, DataError)]
    if len(errors) == len(results):
        raise DataError(f"none of the {len(results)} pictures can be used; the first: {errors[0]}")
    if errors:
        log.warning("%d of %d pictures are left out; the first: %s", len(errors), len(results), errors[0])
    return [result for result in results if not isinstance(result, DataError)]


def check_size(image: NDArray[np.uint8], least_px: int, name: str = "a picture") -> NDArray[np.uint8]:
    """Returns the picture if both sides have at least so many pixels.

    Raises:
        DataError: if not; `name` says which picture it is.
    """
    height, width = image.shape[-3:-1]
    if min(height, width) < least_px:
        raise DataError(f"{name} is too small, {width}x{height}; {least_px} pixels are needed on both sides.")
    return image


def middle(image: NDArray[np.uint8], most_px: int | None) -> NDArray[np.uint8]:
    """Returns the middle of a picture, at most so wide and high; all of it for None.

    Example:
        >>> middle(np.zeros((100, 30, 3), np.uint8), 64).shape
        (64, 30, 3)
    """
    if most_px is None:
        return image
    y, x = (max(0, side - most_px) // 2 for side in image.shape[:2])
    return image[y : y + most_px, x : x + most_px].copy()  # the rest of the picture need not stay in memory


def split(items: Sequence[Item], held_out: float) -> tuple[list[Item], list[Item]]:
    """Returns (for training, held out): evenly spaced items are held out, the same in every run.

    Args:
        items: sorted, e.g. files.
        held_out: share to hold out, in [0, 1). Above 0, and with two items or more, each side gets at least one.

    Example:
        >>> training, validation = split(range(10), 0.2)
        >>> validation
        [0, 5]
    """
    if held_out <= 0 or len(items) < 2:
        return list(items), []
    step = max(2, round(1 / held_out))
    return [item for i, item in enumerate(items) if i % step], list(items[::step])


def thinned(items: Sequence[Item], most: int) -> Sequence[Item]:
    """Returns at most so many of the items, evenly spaced.

    Example:
        >>> list(thinned(range(10), 4))
        [0, 3, 6, 9]
    """
    return items[:: max(1, -(-len(items) // most))]
