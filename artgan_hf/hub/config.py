"""The config.json of a published model. It may come from a stranger: every field is checked, and none names code.

`ModelConfig` is that of a network, written by training/ through `save_model`; `EnsembleConfig` that of a choice among
networks. Read by `find_model` and all that comes after it.
"""

import json
import re
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeAlias

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub.fields import (
    FORMAT_VERSION,
    LIBRARY,
    check_line,
    check_names,
    check_origin,
    is_integer,
    is_number,
    parse,
    read_text,
)

KINDS = ("generator", "quality-predictor")
ENSEMBLE = "ensemble"
CODEC_QUALITIES = {"jpeg": (1, 100), "h264": (0, 51)}
MODEL_ID = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
QUALITY_NAME = re.compile("[1-9][0-9]{0,2}")


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
                check_line(f"provenance.{name}", getattr(self, name))
        if self.hours is not None and not (is_number(self.hours) and self.hours >= 0):
            raise IncompatibleModelError(f"provenance.hours is {self.hours!r}; a number of hours was expected.")
        if self.steps is not None and not (is_integer(self.steps) and self.steps >= 0):
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
        check_origin(self.library, self.format_version)
        if self.kind not in KINDS:
            raise IncompatibleModelError(
                f"kind is {self.kind!r}; known: {', '.join(KINDS)}. Try pip install -U artgan-hf."
            )
        check_line("architecture", self.architecture)
        check_line("description", self.description)
        _check_options(self.options)
        _check_quality(self.codec, self.quality)
        if self.parent is not None:
            _check_id("parent", self.parent)
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
            content = parse(text)
            check_origin(content.get("library"), content.get("format_version"))
            check_names(content, cls, also_required=("format_version", "library", "kind"))
            provenance = content.get("provenance", {})
            if isinstance(provenance, dict):
                check_names(provenance, Provenance, prefix="provenance.")
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
        return cls.from_json(read_text(path), where=str(path))

    def to_json(self) -> str:
        """Returns the content of a config.json, its fields always in one order, unknown provenance left out."""
        content = asdict(self)
        content["provenance"] = {name: value for name, value in content["provenance"].items() if value is not None}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


@dataclass(frozen=True, kw_only=True)
class EnsembleConfig:
    """Which model restores which quality: the checked form of the config.json of an ensemble, which has no weights.

    Args:
        codec: "jpeg".
        predictor: id of the quality predictor that judges the pixels.
        experts: id of a generator for each of some qualities, 1 to 100; one generator may have several. In the file
            the qualities are strings: {"10": "artgan/qf10", "95": "artgan/universal"}.
        description: one line for lists of models.
        kind: always "ensemble".
        library: always "artgan-hf".
        format_version: of the file, 1 so far.

    Raises:
        IncompatibleModelError: if a field is of the wrong type or outside its range; the message names it.

    Example:
        >>> config = EnsembleConfig(codec="jpeg", predictor="artgan/qf-predictor", experts={10: "artgan/qf10"},
        ...     description="One expert.")
        >>> EnsembleConfig.from_json(config.to_json(), where="config.json") == config
        True
    """

    format_version: int = FORMAT_VERSION
    library: str = LIBRARY
    kind: str = ENSEMBLE
    codec: str
    predictor: str
    experts: dict[int, str]
    description: str

    def __post_init__(self) -> None:
        check_origin(self.library, self.format_version)
        if self.kind != ENSEMBLE:
            raise IncompatibleModelError(f"kind is {self.kind!r}; {ENSEMBLE!r} was expected.")
        if self.codec != "jpeg":
            raise IncompatibleModelError(f"codec is {self.codec!r}; an ensemble is for jpeg so far.")
        _check_id("predictor", self.predictor)
        check_line("description", self.description)
        _check_experts(self.experts)

    @property
    def quality(self) -> tuple[int, int]:
        """The lowest and the highest quality with an expert of its own."""
        return min(self.experts), max(self.experts)

    @classmethod
    def from_json(cls, text: str, *, where: str) -> "EnsembleConfig":
        """Returns the config in a JSON text.

        Args:
            text: the content of a config.json, from anyone.
            where: named at the start of every error, e.g. the file's path.

        Raises:
            IncompatibleModelError: as `ModelConfig.from_json`.
        """
        try:
            content = parse(text)
            check_origin(content.get("library"), content.get("format_version"))
            check_names(content, cls, also_required=("format_version", "library", "kind"))
            experts = content["experts"]
            if isinstance(experts, dict):
                experts = {_quality_named(name): model_id for name, model_id in experts.items()}
            return cls(**{**content, "experts": experts})
        except IncompatibleModelError as error:
            raise IncompatibleModelError(f"{where}: {error}") from error

    def to_json(self) -> str:
        """Returns the content of a config.json, its fields and qualities always in one order."""
        content = {**asdict(self), "experts": dict(sorted(self.experts.items()))}
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


AnyConfig: TypeAlias = ModelConfig | EnsembleConfig


def read_config(path: Path) -> AnyConfig:
    """Returns the config in a file, of a network or of an ensemble, as its field `kind` says.

    Raises:
        IncompatibleModelError: as `ModelConfig.from_file`.
    """
    text = read_text(path)
    try:
        kind = parse(text).get("kind")
    except IncompatibleModelError:
        kind = None  # said with the file's name below
    config: type[ModelConfig] | type[EnsembleConfig] = EnsembleConfig if kind == ENSEMBLE else ModelConfig
    return config.from_json(text, where=str(path))


def _check_id(name: str, value: object) -> None:
    if not (isinstance(value, str) and MODEL_ID.fullmatch(value)):
        raise IncompatibleModelError(f"{name} is {value!r}; a model id such as 'artgan/qf10' was expected.")


def _check_experts(experts: object) -> None:
    if not isinstance(experts, dict) or not experts:
        raise IncompatibleModelError(f"experts is {experts!r}; an object of model ids by quality was expected.")
    for quality, model_id in experts.items():
        if not is_integer(quality) or not 1 <= quality <= 100:
            raise IncompatibleModelError(
                f"experts has {quality!r}; a JPEG quality, an integer from 1 to 100, was expected."
            )
        _check_id(f"the expert for quality {quality}", model_id)


def _quality_named(name: str) -> int | str:
    """The quality that a field's name spells; a name that spells none is left to the checks."""
    return int(name) if QUALITY_NAME.fullmatch(name) else name


def _check_options(options: object) -> None:
    if not isinstance(options, dict):
        raise IncompatibleModelError(f"options is {options!r}; an object of named integers was expected.")
    for name, value in options.items():
        check_line("the name of an option", name)
        if not is_integer(value):
            raise IncompatibleModelError(f"option {name} is {value!r}; an integer was expected.")


def _check_quality(codec: object, quality: object) -> None:
    if not isinstance(codec, str) or codec not in CODEC_QUALITIES:
        raise IncompatibleModelError(f"codec is {codec!r}; known: {', '.join(CODEC_QUALITIES)}.")
    least, most = CODEC_QUALITIES[codec]
    is_pair = isinstance(quality, tuple) and len(quality) == 2 and all(is_integer(value) for value in quality)
    if not is_pair or not least <= quality[0] <= quality[1] <= most:  # type: ignore[index]
        raise IncompatibleModelError(
            f"quality is {quality!r}; lowest and highest, integers from {least} to {most} for {codec}, were expected."
        )
