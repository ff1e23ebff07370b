"""The config.json of a published model. It may come from a stranger: every field is checked, and none names code.

Written by training/ through `save_model`, read by `load_network` and `list_models`.
"""

import json
import math
import re
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from artgan_hf.errors import IncompatibleModelError

FORMAT_VERSION = 1
LIBRARY = "artgan-hf"
KINDS = ("generator", "quality-predictor")
CODEC_QUALITIES = {"jpeg": (1, 100), "h264": (0, 51)}
MODEL_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
FILE_LIMIT_BYTES = 1_000_000
LINE_LIMIT = 1000


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a model comes from; what is not known is left out.

    Args:
        recipe: path of the training recipe, e.g. "recipes/qf10.yaml".
        commit: of the code that trained it.
        data: what it was trained on, in words.
        licences: of that data.
        hours: training time.
        steps: optimiser steps of the generator.
        machine: what it was trained on, in words.

    Raises:
        IncompatibleModelError: if a field is of the wrong type.
    """

    recipe: str | None = None
    commit: str | None = None
    data: str | None = None
    licences: str | None = None
    hours: float | None = None
    steps: int | None = None
    machine: str | None = None

    def __post_init__(self) -> None:
        for name in ("recipe", "commit", "data", "licences", "machine"):
            if getattr(self, name) is not None:
                _check_line(f"provenance.{name}", getattr(self, name))
        if self.hours is not None and not (_is_number(self.hours) and self.hours >= 0):
            raise IncompatibleModelError(f"provenance.hours is {self.hours!r}; a number of hours was expected.")
        if self.steps is not None and not (_is_integer(self.steps) and self.steps >= 0):
            raise IncompatibleModelError(f"provenance.steps is {self.steps!r}; a number of steps was expected.")


@dataclass(frozen=True, kw_only=True)
class ModelConfig:
    """What a model is and what it was trained for: the checked form of config.json.

    Args:
        architecture: a name in the list of its kind in `artgan_hf.networks.NETWORKS`.
        options: the architecture's arguments, e.g. {"channels": 64, "blocks": 15}.
        codec: "jpeg" or "h264".
        quality: lowest and highest it was trained for: JPEG quality 1 to 100, or for "h264" the CRF, 0 to 51.
        description: one line for lists of models.
        parent: id of the model it started from (the pixel-loss parent of a GAN), if any.
        provenance: recipe, data and cost.
        kind: "generator" or "quality-predictor".
        library: always "artgan-hf".
        format_version: of the file, 1 so far.

    Raises:
        IncompatibleModelError: if a field is of the wrong type or outside its range; the message names it.

    Example:
        >>> config = ModelConfig(architecture="residual", options={"channels": 64, "blocks": 15}, codec="jpeg",
        ...     quality=(10, 10), description="Strong JPEG artifacts.")
        >>> ModelConfig.from_json(config.to_json(), where="config.json") == config
        True
    """

    format_version: int = FORMAT_VERSION
    library: str = LIBRARY
    kind: str = "generator"
    architecture: str
    options: dict[str, int]
    codec: str
    quality: tuple[int, int]
    description: str
    parent: str | None = None
    provenance: Provenance = field(default_factory=Provenance)

    def __post_init__(self) -> None:
        _check_origin(self.library, self.format_version)
        if self.kind not in KINDS:
            raise IncompatibleModelError(
                f"kind is {self.kind!r}; known: {', '.join(KINDS)}. Try pip install -U artgan-hf."
            )
        _check_line("architecture", self.architecture)
        _check_line("description", self.description)
        _check_options(self.options)
        _check_quality(self.codec, self.quality)
        if self.parent is not None and not (isinstance(self.parent, str) and MODEL_ID.fullmatch(self.parent)):
            raise IncompatibleModelError(f"parent is {self.parent!r}; a model id such as 'artgan/qf10' was expected.")
        if not isinstance(self.provenance, Provenance):
            raise IncompatibleModelError(f"provenance is {self.provenance!r}; an object of named fields was expected.")

    @classmethod
    def from_json(cls, text: str, *, where: str) -> "ModelConfig":
        """Returns the config in a JSON text.

        Args:
            text: the content of a config.json, from anyone.
            where: named at the start of every error, e.g. the file's path.

        Raises:
            IncompatibleModelError: if it is not JSON, belongs to another library or a newer format, or a field is
                missing, unknown, of the wrong type or outside its range.
        """
        try:
            content = _parse(text)
            _check_origin(content.get("library"), content.get("format_version"))
            _check_names(content, cls, also_required=("format_version", "library", "kind"))
            provenance = content.get("provenance", {})
            if isinstance(provenance, dict):
                _check_names(provenance, Provenance, prefix="provenance.")
                provenance = Provenance(**provenance)
            quality = content["quality"]
            if isinstance(quality, list):
                quality = tuple(quality)
            return cls(**{**content, "quality": quality, "provenance": provenance})
        except IncompatibleModelError as error:
            raise IncompatibleModelError(f"{where}: {error}") from error

    @classmethod
    def from_file(cls, path: Path) -> "ModelConfig":
        """Returns the config in a file.

        Raises:
            IncompatibleModelError: if the file cannot be read, is empty or larger than a megabyte, or as `from_json`.
        """
        try:
            size = path.stat().st_size
            if not 0 < size <= FILE_LIMIT_BYTES:
                raise IncompatibleModelError(f"{path}: {size:,} bytes; a config has 1 to {FILE_LIMIT_BYTES:,}.")
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise IncompatibleModelError(f"{path}: cannot be read as text: {error}.") from error
        return cls.from_json(text, where=str(path))

    def to_json(self) -> str:
        """Returns the content of a config.json, its fields always in one order, unknown provenance left out."""
        content = asdict(self)
        content["provenance"] = {name: value for name, value in content["provenance"].items() if value is not None}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def _parse(text: str) -> dict[str, Any]:
    try:
        content = json.loads(text, object_pairs_hook=_without_repeats)
    except (ValueError, RecursionError) as error:
        raise IncompatibleModelError(f"not valid JSON ({error}).") from error
    if not isinstance(content, dict):
        raise IncompatibleModelError(f"a JSON {type(content).__name__}; an object of named fields was expected.")
    return content


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        repeated = next(name for index, (name, _) in enumerate(pairs) if name in dict(pairs[:index]))
        raise IncompatibleModelError(f"field {repeated!r} is there twice.")
    return content


def _check_origin(library: object, format_version: object) -> None:
    if library != LIBRARY:
        raise IncompatibleModelError(
            f"library is {library!r}; {LIBRARY!r} was expected: this is not a model of this package."
        )
    if not isinstance(format_version, int) or isinstance(format_version, bool) or format_version < 1:
        raise IncompatibleModelError(f"format_version is {format_version!r}; an integer from 1 was expected.")
    if format_version > FORMAT_VERSION:
        raise IncompatibleModelError(
            f"made by a newer artgan-hf (format {format_version}; this one reads up to {FORMAT_VERSION}): "
            "pip install -U artgan-hf."
        )


def _check_names(
    content: Mapping[str, Any], kind: type, *, also_required: tuple[str, ...] = (), prefix: str = ""
) -> None:
    known = {entry.name: entry for entry in fields(kind)}
    for name, entry in known.items():
        is_required = name in also_required or (entry.default is MISSING and entry.default_factory is MISSING)
        if is_required and name not in content:
            raise IncompatibleModelError(f"field {prefix}{name} is missing.")
    for name in content:
        if name not in known:
            raise IncompatibleModelError(f"unknown field {prefix + name!r}; known: {', '.join(known)}.")


def _check_line(name: str, value: object) -> None:
    if not isinstance(value, str):
        raise IncompatibleModelError(f"{name} is {value!r}; a string was expected.")
    if not value.strip() or not value.isprintable() or len(value) > LINE_LIMIT:
        raise IncompatibleModelError(
            f"{name} is {value[:60]!r}; one line of 1 to {LINE_LIMIT} printable characters was expected."
        )


def _check_options(options: object) -> None:
    if not isinstance(options, dict):
        raise IncompatibleModelError(f"options is {options!r}; an object of named integers was expected.")
    for name, value in options.items():
        _check_line("the name of an option", name)
        if not _is_integer(value):
            raise IncompatibleModelError(f"option {name} is {value!r}; an integer was expected.")


def _check_quality(codec: object, quality: object) -> None:
    if not isinstance(codec, str) or codec not in CODEC_QUALITIES:
        raise IncompatibleModelError(f"codec is {codec!r}; known: {', '.join(CODEC_QUALITIES)}.")
    least, most = CODEC_QUALITIES[codec]
    is_pair = isinstance(quality, tuple) and len(quality) == 2 and all(_is_integer(value) for value in quality)
    if not is_pair or not least <= quality[0] <= quality[1] <= most:  # type: ignore[index]
        raise IncompatibleModelError(
            f"quality is {quality!r}; lowest and highest, integers from {least} to {most} for {codec}, were expected."
        )


def _is_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
