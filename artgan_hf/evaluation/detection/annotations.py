"""Reads what is in the pictures: COCO's JSON or a folder of Pascal VOC's XML. Every fault names its file."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
from numpy.typing import NDArray

from artgan_hf.errors import DataError
from artgan_hf.evaluation.detection.boxes import common_name


@dataclass(frozen=True)
class AnnotatedPicture:
    """One picture and the objects in it.

    Args:
        path: the file.
        size: (width, height) in pixels as annotated; None where it is not said.
        boxes: float, shape (N, 4): left, top, right, bottom in pixels.
        labels: N class names, as COCO spells them.
        areas: shape (N,), in square pixels.
        ignored: shape (N,), bool: crowds and VOC's difficult objects, which count neither as found nor as missed.
    """

    path: Path
    size: tuple[int, int] | None
    boxes: NDArray[np.floating]
    labels: tuple[str, ...]
    areas: NDArray[np.floating]
    ignored: NDArray[np.bool_]


@dataclass(frozen=True)
class _Object:
    box: tuple[float, float, float, float]
    label: str
    area: float
    is_ignored: bool


def read_annotations(
    annotations: str | PathLike[str], pictures: str | PathLike[str], *, limit: int | None = None
) -> list[AnnotatedPicture]:
    """Returns the pictures of a data set with their objects, in the order of their file names.

    Args:
        annotations: a JSON file in COCO's format, or a folder with Pascal VOC's XML files.
        pictures: the folder that the annotations' file names lead from.
        limit: how many of the first to take; None for all.

    Raises:
        DataError: if a file is missing, broken or without pictures; it is named.
    """
    path, folder = Path(annotations), Path(pictures)
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; pass the one with the pictures.")
    if not path.exists():
        raise DataError(f"{path} does not exist; pass COCO's JSON file or the folder with VOC's XML files.")
    found = _read_voc(path, folder) if path.is_dir() else _read_coco(path, folder)
    found = sorted(found, key=lambda picture: picture.path.name)[:limit]
    if not any(len(picture.boxes) for picture in found):
        raise DataError(f"{path} has no boxes; annotations with at least one object were expected.")
    return found


def read_json(path: Path) -> dict[str, Any]:
    """Returns the content of a JSON file that holds an object.

    Raises:
        DataError: if it cannot be read or is something else; it is named.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read ({error}); a JSON file in COCO's format was expected.") from error
    if not isinstance(content, dict):
        raise DataError(f"{path} holds a {type(content).__name__}; COCO's format is an object with images in it.")
    return content


def picture_file(folder: Path, name: str, annotations: Path) -> Path:
    """Returns the file of an annotated picture.

    Raises:
        DataError: if it is not in the folder.
    """
    path = folder / name
    if not path.is_file():
        raise DataError(f"{path} is missing, though {annotations} describes it; add it, or pass the right folder.")
    return path


def _read_coco(path: Path, folder: Path) -> list[AnnotatedPicture]:
    content = read_json(path)
    try:
        names = {entry["id"]: common_name(entry["name"]) for entry in content["categories"]}
        objects: dict[Any, list[_Object]] = {entry["id"]: [] for entry in content["images"]}
        for entry in content["annotations"]:
            left, top, width, height = map(float, entry["bbox"])
            objects[entry["image_id"]].append(
                _Object(
                    box=(left, top, left + width, top + height),
                    label=names[entry["category_id"]],
                    area=float(entry.get("area", width * height)),
                    is_ignored=bool(entry.get("iscrowd", 0)),
                )
            )
        return [
            _picture(
                picture_file(folder, entry["file_name"], path),
                (int(entry["width"]), int(entry["height"])) if "width" in entry and "height" in entry else None,
                objects[entry["id"]],
            )
            for entry in content["images"]
        ]
    except (KeyError, TypeError, ValueError) as error:
        fault = f"{type(error).__name__}: {error}"
        raise DataError(f"{path} is not in COCO's format for boxes ({fault}); see cocodataset.org.") from error


def _read_voc(path: Path, folder: Path) -> list[AnnotatedPicture]:
    files = sorted(path.glob("*.xml"))
    if not files:
        raise DataError(f"{path} holds no XML file; pass the folder with VOC's annotations.")
    return [_read_voc_file(file, folder) for file in files]


def _read_voc_file(file: Path, folder: Path) -> AnnotatedPicture:
    try:
        root = ElementTree.parse(file).getroot()
        size = root.find("size")
        objects = []
        for entry in root.iter("object"):
            # VOC counts pixels from 1, and a box's last pixel belongs to it.
            left, top = (float(_said(entry, f"bndbox/{side}")) - 1 for side in ("xmin", "ymin"))
            right, bottom = (float(_said(entry, f"bndbox/{side}")) for side in ("xmax", "ymax"))
            is_difficult = (entry.findtext("difficult") or "0").strip() == "1"
            name = common_name(_said(entry, "name"))
            objects.append(_Object((left, top, right, bottom), name, (right - left) * (bottom - top), is_difficult))
        name = (root.findtext("filename") or f"{file.stem}.jpg").strip()
        extent = None if size is None else (int(_said(size, "width")), int(_said(size, "height")))
    except (OSError, ElementTree.ParseError, ValueError) as error:
        raise DataError(
            f"{file} is not a VOC annotation ({error}); replace it or take it out of the folder."
        ) from error
    return _picture(picture_file(folder, name, file), extent, objects)


def _said(element: ElementTree.Element, tag: str) -> str:
    text = element.findtext(tag)
    if text is None:
        raise ValueError(f"no <{tag.replace('/', '> with <')}> in <{element.tag}>")
    return text


def _picture(path: Path, size: tuple[int, int] | None, objects: Iterable[_Object]) -> AnnotatedPicture:
    listed = list(objects)
    return AnnotatedPicture(
        path=path,
        size=size,
        boxes=np.array([one.box for one in listed], np.float64).reshape(-1, 4),
        labels=tuple(one.label for one in listed),
        areas=np.array([one.area for one in listed], np.float64),
        ignored=np.array([one.is_ignored for one in listed], bool),
    )
