"""Clean pictures of a dataset on the Hub, kept as files and then judged as a folder is. For `artgan evaluate`."""

from os import PathLike
from pathlib import Path

import PIL.Image

from artgan_hf.data import DatasetSource
from artgan_hf.errors import DataError
from artgan_hf.hub.config import MODEL_ID
from artgan_hf.networks.backbones import cache_folder

SPLIT = "test"


def picture_folder(data: str | PathLike[str], *, limit: int | None = None) -> Path:
    """Returns a folder as it is, and for a dataset on the Hub the folder in the user's cache that it wrote it into.

    Args:
        data: a folder; or a dataset, "owner/name" (its split "test") or "owner/name:split".
        limit: how many of the first pictures of a dataset to take; None for all.

    Raises:
        DataError: if it is no folder here and no dataset with pictures.
        MissingExtraError: if it is a dataset and `datasets` is not installed.
    """
    name, _, split = str(data).partition(":")
    if Path(data).exists() or not MODEL_ID.fullmatch(name):
        return Path(data)
    try:
        return fetch_pictures(
            name, split or SPLIT, cache_folder().with_name("pictures") / name.replace("/", "--"), limit=limit
        )
    except DataError as error:
        raise DataError(f"{data} is no folder here, and as a dataset: {error}") from error


def fetch_pictures(name: str, split: str, folder: Path, *, limit: int | None = None) -> Path:
    """Returns the folder of a split after writing its pictures there without loss; those that are there stay.

    Args:
        name: as in `DatasetSource`.
        split: likewise.
        folder: the split's folder is made in it.
        limit: how many of the first pictures to take; None for all.

    Raises:
        DataError: if there is no such dataset or split, or a picture cannot be read.
    """
    pictures = DatasetSource(name, split=split).open(0.0, 1, None).training
    target = folder / split
    target.mkdir(parents=True, exist_ok=True)
    for number in range(min(len(pictures), limit or len(pictures))):
        path = target / f"{number:06}.png"
        if not path.exists():
            unfinished = path.with_suffix(".part")
            PIL.Image.fromarray(pictures[number]).save(unfinished, "PNG")
            unfinished.replace(path)
    return target
