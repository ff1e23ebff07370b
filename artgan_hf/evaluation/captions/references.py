"""Reads what people said of pictures: captions in COCO's JSON. Every fault names its file."""

from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

from artgan_hf.errors import DataError
from artgan_hf.evaluation.detection.annotations import picture_file, read_json


@dataclass(frozen=True)
class CaptionedPicture:
    """One picture and what people said of it.

    Args:
        path: the file.
        captions: at least one.
    """

    path: Path
    captions: tuple[str, ...]


def read_captions(
    annotations: str | PathLike[str], pictures: str | PathLike[str], *, limit: int | None = None
) -> list[CaptionedPicture]:
    """Returns the pictures of a data set with their captions, in the order of their file names.

    Args:
        annotations: a JSON file in COCO's format for captions.
        pictures: the folder that its file names lead from.
        limit: how many of the first to take; None for all.

    Raises:
        DataError: if a file is missing, broken or without pictures, or a picture has no caption; it is named.
    """
    path, folder = Path(annotations), Path(pictures)
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; pass the one with the pictures.")
    content = read_json(path)
    try:
        captions: dict[Any, list[str]] = {entry["id"]: [] for entry in content["images"]}
        for entry in content["annotations"]:
            captions[entry["image_id"]].append(" ".join(entry["caption"].split()))
        named = sorted((entry["file_name"], captions[entry["id"]]) for entry in content["images"])[:limit]
    except (KeyError, TypeError, AttributeError) as error:
        fault = f"{type(error).__name__}: {error}"
        raise DataError(f"{path} is not in COCO's format for captions ({fault}); see cocodataset.org.") from error
    if not named:
        raise DataError(f"{path} has no pictures; captions of at least one were expected.")
    mute = next((name for name, said in named if not said), None)
    if mute is not None:
        raise DataError(f"{path} has no caption for {mute}; add one, or take the picture out.")
    return [CaptionedPicture(picture_file(folder, name, path), tuple(said)) for name, said in named]
