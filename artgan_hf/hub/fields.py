"""Reads and checks the fields of a JSON file that may come from a stranger. Called by the config alone."""

import json
import math
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

from artgan_hf.errors import IncompatibleModelError

FORMAT_VERSION = 1
LIBRARY = "artgan-hf"
FILE_LIMIT_BYTES = 1_000_000
LINE_LIMIT = 1000


def read_text(path: Path) -> str:
    """Returns the text of a file.

    Raises:
        IncompatibleModelError: if it cannot be read, is empty or larger than a megabyte.
    """
    try:
        size = path.stat().st_size
        if not 0 < size <= FILE_LIMIT_BYTES:
            raise IncompatibleModelError(f"{path}: {size:,} bytes; a config has 1 to {FILE_LIMIT_BYTES:,}.")
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise IncompatibleModelError(f"{path}: cannot be read as text: {error}.") from error


def parse(text: str) -> dict[str, Any]:
    """Returns the fields of a JSON object.

    Raises:
        IncompatibleModelError: if the text is not JSON, not an object, or a field is there twice.
    """
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


def check_origin(library: object, format_version: object) -> None:
    """Checks that a file is of this package and of a format that this version reads.

    Raises:
        IncompatibleModelError: if not.
    """
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


def check_names(
    content: Mapping[str, Any], kind: type, *, also_required: tuple[str, ...] = (), prefix: str = ""
) -> None:
    """Checks that the fields are those of a dataclass: none missing that has no default, none unknown.

    Args:
        content: by name.
        kind: the dataclass.
        also_required: fields with a default that must be there all the same.
        prefix: put before names in errors, e.g. "provenance.".

    Raises:
        IncompatibleModelError: if one is missing or unknown; it is named.
    """
    known = {entry.name: entry for entry in fields(kind)}
    for name, entry in known.items():
        is_required = name in also_required or (entry.default is MISSING and entry.default_factory is MISSING)
        if is_required and name not in content:
            raise IncompatibleModelError(f"field {prefix}{name} is missing.")
    for name in content:
        if name not in known:
            raise IncompatibleModelError(f"unknown field {prefix + name!r}; known: {', '.join(known)}.")


def check_line(name: str, value: object) -> None:
    """Checks that a value is one line of printable text.

    Raises:
        IncompatibleModelError: if it is not; `name` says which.
    """
    if not isinstance(value, str):
        raise IncompatibleModelError(f"{name} is {value!r}; a string was expected.")
    if not value.strip() or not value.isprintable() or len(value) > LINE_LIMIT:
        raise IncompatibleModelError(
            f"{name} is {value[:60]!r}; one line of 1 to {LINE_LIMIT} printable characters was expected."
        )


def is_integer(value: object) -> bool:
    """Returns True for an integer that is not a truth value."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """Returns True for a finite number that is not a truth value."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
