"""Makes the pictures of a study: originals, JPEGs, anchors, and what each method makes of the JPEGs."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from artgan_hf.codecs import degrade, encode
from artgan_hf.errors import DataError, OptionError, ShapeError
from artgan_hf.evaluation.clean_pictures import list_clean, read_clean
from artgan_hf.evaluation.compression import JPEG
from artgan_hf.evaluation.report import ORIGINAL
from artgan_hf.evaluation.subject import RestoresFiles
from artgan_hf.restoring.folder import find_pictures

FORMAT_VERSION = 1
STUDY_FILE = "study.json"
ANCHOR = "anchor"


@dataclass(frozen=True)
class Stimulus:
    """One picture by one method.

    Args:
        picture: the stem of its file among the originals.
        method: "original" (the hidden reference), "jpeg", "anchor" (a poorer JPEG), or a method's name.
        file: its path in the study's folder; the name tells neither picture nor method.
    """

    picture: str
    method: str
    file: str


@dataclass(frozen=True)
class Plan:
    """What a study compares.

    Args:
        pictures: the folder with the originals.
        models: restorers, each given the JPEG files.
        folders: other methods: a name, and the folder with its pictures, named as the originals are.
        quality: of the JPEGs, 1 to 100.
        anchor_quality: of the poorer JPEGs that show the bottom of the scale; None for none.
        training: how many of the first pictures are for training only.
        limit: how many of the first pictures to take; None for all.
    """

    pictures: str | PathLike[str]
    models: Sequence[RestoresFiles] = ()
    folders: Mapping[str, str | PathLike[str]] = field(default_factory=dict)
    quality: int = 10
    anchor_quality: int | None = 5
    training: int = 1
    limit: int | None = None


def write_stimuli(folder: Path, plan: Plan, *, seed: int) -> tuple[list[Stimulus], list[Stimulus]]:
    """Returns the stimuli to rate and those for training, after writing all as PNG files.

    Args:
        folder: of the study.
        plan: as in `new_study`.
        seed: as in `new_study`; it is in the file names' hash.

    Raises:
        DataError: as `new_study`.
        ImageError: as `new_study`.
        OptionError: as `new_study`.
    """
    paths = list_clean(plan.pictures, limit=plan.limit)
    _check(plan, paths)
    found = {name: _by_stem(Path(place), name) for name, place in plan.folders.items()}
    rated: list[Stimulus] = []
    training: list[Stimulus] = []
    (folder / "stimuli").mkdir(parents=True, exist_ok=True)
    for number, path in enumerate(paths):
        is_training = number < plan.training
        for method, pixels in _versions(path, plan, found):
            if is_training and method not in (ORIGINAL, _worst(plan)):
                continue
            name = hashlib.sha256(f"{seed}/{path.stem}/{method}".encode()).hexdigest()[:16]
            stimulus = Stimulus(path.stem, method, f"stimuli/{name}.png")
            PIL.Image.fromarray(pixels).save(folder / stimulus.file)
            (training if is_training else rated).append(stimulus)
    return rated, training


def _check(plan: Plan, paths: Sequence[Path]) -> None:
    names = [model.name for model in plan.models] + list(plan.folders)
    if len({*names, ORIGINAL, JPEG, ANCHOR}) < len(names) + 3:
        raise OptionError(f"the methods are {', '.join(names)}; give each a name of its own, none of the study's own.")
    for quality in (plan.quality, plan.anchor_quality):
        if quality is not None:
            encode(np.zeros((8, 8, 3), np.uint8), quality)
    if plan.anchor_quality == plan.quality:
        raise OptionError(f"the anchor is JPEG at {plan.quality}, as is what is restored; give it a lower quality.")
    if not 0 <= plan.training < len(paths):
        raise OptionError(
            f"training takes {plan.training} of {len(paths)} pictures; at least one must be left to rate."
        )
    stems = [path.stem for path in paths]
    twice = next((stem for stem in stems if stems.count(stem) > 1), None)
    if twice is not None:
        raise DataError(f"{plan.pictures} holds two pictures named {twice}; rename one.")


def _worst(plan: Plan) -> str:
    return JPEG if plan.anchor_quality is None else ANCHOR


def _by_stem(folder: Path, method: str) -> dict[str, Path]:
    if not folder.is_dir():
        raise DataError(f"{folder} is not a folder; pass the one with the pictures of {method}.")
    return {path.stem: path for path in find_pictures(folder, recursive=False)}


def _versions(
    path: Path, plan: Plan, found: Mapping[str, Mapping[str, Path]]
) -> Iterator[tuple[str, NDArray[np.uint8]]]:
    """Every method's version of one picture, the hidden reference first."""
    clean = read_clean(path)
    mode = "L" if clean.ndim == 2 else "RGB"
    yield ORIGINAL, clean
    yield JPEG, degrade(clean, plan.quality)
    if plan.anchor_quality is not None:
        yield ANCHOR, degrade(clean, plan.anchor_quality)
    file = encode(clean, plan.quality) if plan.models else b""
    for model in plan.models:
        yield model.name, _same_size(np.asarray(model.restore(file).image.convert(mode)), clean, model.name, path)
    for method, files in found.items():
        if path.stem not in files:
            raise DataError(f"{plan.folders[method]} has no picture named {path.stem}, as {path} is; add it.")
        pixels = read_clean(files[path.stem])
        yield method, _same_size(pixels, clean, str(files[path.stem]), path)


def _same_size(pixels: NDArray[np.uint8], clean: NDArray[np.uint8], name: str, original: Path) -> NDArray[np.uint8]:
    if pixels.shape[:2] != clean.shape[:2]:
        ours, theirs = (f"{shape[1]}x{shape[0]}" for shape in (pixels.shape, clean.shape))
        raise ShapeError(f"{name} is {ours} pixels, its original {original} {theirs}; they must be of one size.")
    return pixels
