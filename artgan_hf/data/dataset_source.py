"""Clean pictures from the `datasets` library: the Hub, parquet, image folders, saved datasets; whole or streamed.

Needs the [train] extra when it is opened, not when it is imported.
"""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from itertools import count, islice
from pathlib import Path
from sys import maxsize
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from artgan_hf.data.sources import MOST_HELD_OUT, Opened, middle, read_all, split, thinned
from artgan_hf.errors import DataError
from artgan_hf.optional import require

SHUFFLE_SEED = 1
SAVED_NAMES = ("dataset_info.json", "dataset_dict.json")  # what `save_to_disk` leaves in a folder


class DatasetSource:
    """One column of pictures in a dataset.

    Args:
        path: id on the Hub such as "detection-datasets/coco"; a folder of parquet files, of pictures, or written by
            `save_to_disk`; or a format, "parquet" or "imagefolder", with `data_files` or `data_dir` in `options`.
        name: configuration, where a dataset has several.
        split: e.g. "train" or "train[:10%]".
        column: with the pictures; None to take the only one that holds pictures.
        streaming: read while training instead of downloading first. As many workers can read as there are files.
        held_out_pictures: at most so many are kept in memory for validation; of a stream, the first.
        shuffle_buffer: of a stream, pictures among which the next one is drawn.
        options: more arguments of `datasets.load_dataset`, e.g. {"revision": "main"}.

    Example:
        >>> DatasetSource("detection-datasets/coco", streaming=True).split
        'train'
    """

    def __init__(
        self,
        path: str,
        *,
        name: str | None = None,
        split: str = "train",
        column: str | None = None,
        streaming: bool = False,
        held_out_pictures: int = MOST_HELD_OUT,
        shuffle_buffer: int = 256,
        options: dict[str, Any] | None = None,
    ) -> None:
        self.path = path
        self.name = name
        self.split = split
        self.column = column
        self.streaming = streaming
        self.held_out_pictures = held_out_pictures
        self.shuffle_buffer = shuffle_buffer
        self.options = options or {}

    def open(self, held_out: float, least_px: int, held_out_px: int | None) -> Opened:
        """Returns the pictures; see `artgan_hf.data.sources.Source.open`. Nothing is decoded but those held out.

        Raises:
            DataError: if there is no such dataset or split, or no single column of pictures.
            MissingExtraError: if `datasets` is not installed.
        """
        datasets = require("datasets", extra="train")
        dataset = self._load(datasets)
        column = self.column or self._only_column(datasets, dataset.features)
        if dataset.features is not None and column not in dataset.features:
            raise DataError(f"{self.path} has no column {column!r}; its columns are {', '.join(dataset.features)}.")
        dataset = dataset.select_columns([column]).cast_column(column, datasets.Image(decode=False))
        if self.streaming:
            return self._open_stream(dataset, column, held_out, held_out_px)
        training, validation = split(range(len(dataset)), held_out)
        if not training:
            raise DataError(f"{self.path}, split {self.split!r}, is empty; choose another one.")
        chosen = [dataset[place][column] for place in thinned(validation, self.held_out_pictures)]
        return Opened(DatasetPictures(dataset.select(training), column), _decode_all(chosen, held_out_px))

    def _load(self, datasets: Any) -> Any:
        folder = Path(self.path)
        try:
            if not any((folder / name).is_file() for name in SAVED_NAMES):
                return datasets.load_dataset(
                    self.path, self.name, split=self.split, streaming=self.streaming, **self.options
                )
            saved = datasets.load_from_disk(self.path)
            dataset = saved[self.split] if isinstance(saved, datasets.DatasetDict) else saved
            files = max(1, len(dataset.cache_files))
            return dataset.to_iterable_dataset(num_shards=files) if self.streaming else dataset
        except (OSError, ValueError, KeyError, datasets.exceptions.DatasetsError) as error:
            reason = " ".join(str(error).split())
            raise DataError(f"{self.path}, split {self.split!r}, cannot be opened as a dataset ({reason}).") from error

    def _only_column(self, datasets: Any, features: Any) -> str:
        columns = [name for name, kind in (features or {}).items() if isinstance(kind, datasets.Image)]
        if len(columns) != 1:
            known = ", ".join(columns or features or ["unknown"])
            raise DataError(f"{self.path} has {len(columns)} columns of pictures; name the column (it has: {known}).")
        return str(columns[0])

    def _open_stream(self, dataset: Any, column: str, held_out: float, held_out_px: int | None) -> Opened:
        first = [example[column] for example in islice(dataset, self.held_out_pictures if held_out else 0)]
        if torch.distributed.is_available() and torch.distributed.is_initialized():
            rank, size = torch.distributed.get_rank(), torch.distributed.get_world_size()
            distributed = require("datasets.distributed", extra="train")
            dataset = distributed.split_dataset_by_node(dataset, rank, size)
        dataset = dataset.shuffle(seed=SHUFFLE_SEED, buffer_size=self.shuffle_buffer)
        pictures = StreamedPictures(dataset, column, {fingerprint(cell) for cell in first})
        return Opened(pictures, _decode_all(first, held_out_px))


class DatasetPictures:
    """The pictures of a dataset that is on this machine.

    Args:
        dataset: a `datasets.Dataset`, its pictures not decoded.
        column: with the pictures.
    """

    def __init__(self, dataset: Any, column: str) -> None:
        self.dataset = dataset
        self.column = column

    def __len__(self) -> int:
        """Returns the number of rows."""
        return len(self.dataset)

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        """Returns one picture; see `artgan_hf.data.sources.Pictures`."""
        return decode(self.dataset[index][self.column])


class StreamedPictures:
    """The pictures of a stream, over and over, reshuffled each time: whatever is asked for, the next one comes.

    Each worker of a `DataLoader` reads its own files.

    Args:
        dataset: a `datasets.IterableDataset`, its pictures not decoded.
        column: with the pictures.
        held_out: fingerprints of pictures that never come.
    """

    def __init__(self, dataset: Any, column: str, held_out: Collection[bytes]) -> None:
        self.dataset = dataset
        self.column = column
        self.held_out = held_out
        self._cells: Iterator[Any] | None = None

    @property
    def most_workers(self) -> int:
        """How many processes find something to read."""
        return int(self.dataset.num_shards)

    def __len__(self) -> int:
        """Returns a number without end: the stream begins anew when it is through."""
        return maxsize

    def __getitem__(self, index: int, /) -> NDArray[np.uint8]:
        """Returns the next picture; see `artgan_hf.data.sources.Pictures`."""
        if self._cells is None:
            self._cells = self._endless()
        for cell in self._cells:
            return decode(cell)
        raise DataError("the stream holds no picture to train on.")

    def _endless(self) -> Iterator[Any]:
        for epoch in count():
            self.dataset.set_epoch(epoch)
            found = False
            for example in self.dataset:
                cell = example[self.column]
                if fingerprint(cell) not in self.held_out:
                    found = True
                    yield cell
            if not found:
                return


def decode(cell: Any) -> NDArray[np.uint8]:
    """Returns the picture in a cell of a dataset as RGB, shape (H, W, 3), uint8.

    Args:
        cell: its bytes, its path, or both, as `datasets.Image(decode=False)` gives them.

    Raises:
        DataError: if it is not a picture that can be read.
    """
    datasets = require("datasets", extra="train")
    if cell is None:
        raise DataError("a picture of the dataset is missing.")
    try:
        return np.asarray(datasets.Image(mode="RGB").decode_example(cell))
    except (OSError, ValueError, SyntaxError, TypeError, Image.DecompressionBombError) as error:
        raise DataError(f"a picture of the dataset cannot be read ({error}).") from error


def fingerprint(cell: Any) -> bytes:
    """Returns what tells a cell from all others, so that a held-out picture is known wherever it turns up.

    Example:
        >>> fingerprint({"bytes": b"a", "path": "1.png"}) == fingerprint({"bytes": b"a", "path": "2.png"})
        True
    """
    if cell is None:
        return b""
    content = cell["bytes"] if cell["bytes"] is not None else str(cell["path"]).encode()
    return hashlib.blake2b(content, digest_size=16).digest()


def _decode_all(cells: Sequence[Any], most_px: int | None) -> list[NDArray[np.uint8]]:
    return read_all(cells, lambda cell: middle(decode(cell), most_px)) if cells else []
