"""The clean pictures of a benchmark: which files, and their pixels one at a time."""

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

import numpy as np
import PIL.Image
import PIL.ImageOps
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgan_hf.codecs.video_file import is_video_name
from artgan_hf.errors import DataError, ImageError, OptionError
from artgan_hf.functional import to_grey
from artgan_hf.restoring.folder import find_pictures

MODES = ("L", "RGB", "P")


def list_clean(folder: str | PathLike[str], *, limit: int | None = None) -> list[Path]:
    """Returns the picture files of a folder in the order of their names; hidden files and subfolders are left out.

    Every header is read, so that a broken file stops a benchmark before it begins.

    Args:
        folder: the pictures.
        limit: how many of the first to take, from 1; None for all.

    Raises:
        ImageError: if the folder is missing, or a file is broken or of a kind that cannot be compared; it is named.
        DataError: if there is no picture in the folder, or it is a video or holds nothing else.
        OptionError: if the limit is less than 1.
    """
    if limit is not None and limit < 1:
        raise OptionError(f"limit is {limit}; at least 1 picture was expected.")
    folder = Path(folder)
    if folder.is_file() and is_video_name(folder):
        raise DataError(f"{folder} is a video; its frames are scored by: artgan evaluate-video {folder}")
    paths = find_pictures(folder, recursive=False)[:limit]
    if not paths and (clip := next((file for file in sorted(folder.iterdir()) if is_video_name(file)), None)):
        raise DataError(f"{folder} holds videos and no picture; score them one by one: artgan evaluate-video {clip}")
    if not paths:
        raise DataError(f"{folder} holds no picture; pass a folder with clean pictures (PNG, WebP, ...) right in it.")
    for path in paths:
        with _opened(path):
            pass
    return paths


def read_clean(path: Path, *, grey: bool = False) -> NDArray[np.uint8]:
    """Returns the pixels of a clean picture, upright.

    Args:
        path: a file that `list_clean` found.
        grey: True to make colour grey ("bt601-studio", rounded to 8 bits), as the literature on grey JPEG does.

    Returns:
        Shape (H, W, 3); (H, W) for grey files and with `grey`.

    Raises:
        ImageError: if it cannot be decoded.
    """
    with _opened(path) as image:
        try:
            upright = PIL.ImageOps.exif_transpose(image)
        except (OSError, ValueError, SyntaxError) as error:
            raise ImageError(f"{path} cannot be decoded ({error}); replace it or take it out of the folder.") from error
    if upright.mode == "L":
        return np.asarray(upright)
    colour = np.asarray(upright.convert("RGB"))
    return to_pixels(to_grey(to_tensor(colour), "bt601-studio")) if grey else colour


def to_tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """Returns pixels (H, W) or (H, W, 3) as a float tensor in [0, 1] of shape (1, 1 or 3, H, W).

    Example:
        >>> to_tensor(np.full((2, 4, 3), 255, np.uint8)).shape
        torch.Size([1, 3, 2, 4])
    """
    image = torch.from_numpy(np.array(pixels)).float() / 255
    return image[None, None] if image.ndim == 2 else image.permute(2, 0, 1)[None]


def to_pixels(image: Tensor) -> NDArray[np.uint8]:
    """Returns a tensor (1, 1 or 3, H, W) in [0, 1], rounded, as pixels (H, W) or (H, W, 3)."""
    pixels: NDArray[np.uint8] = (255 * image[0]).round().byte().permute(1, 2, 0).numpy()
    return pixels[..., 0] if pixels.shape[-1] == 1 else pixels


@contextmanager
def _opened(path: Path) -> Iterator[PIL.Image.Image]:
    """Opens a picture that a benchmark can use, and closes it; only its header is read."""
    try:
        image = PIL.Image.open(path)
    except (OSError, ValueError, SyntaxError, PIL.Image.DecompressionBombError) as error:
        raise ImageError(f"{path} cannot be read ({error}); replace it or take it out of the folder.") from error
    with image:
        if image.mode not in MODES or "transparency" in image.info:
            kind = f"{image.mode} with transparency" if "transparency" in image.info else image.mode
            raise ImageError(f"{path} is of mode {kind}; a benchmark compares opaque 8-bit pictures, grey or RGB.")
        yield image
