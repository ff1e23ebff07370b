"""Reports as files: Markdown tables, and text that is written whole or not at all."""

import os
from collections.abc import Sequence
from contextlib import suppress
from os import PathLike
from pathlib import Path

from artgan_hf.errors import ArtganError


def markdown_table(lines: Sequence[Sequence[str]], *, left: int = 1) -> str:
    """Returns a table, its head first.

    Args:
        lines: rows of cells.
        left: how many of the first columns are aligned to the left; the others are aligned to the right.

    Example:
        >>> print(markdown_table([["model", "AP"], ["jpeg", "23.5"]]))
        | model | AP |
        |---|--:|
        | jpeg | 23.5 |
    """
    head, *body = [f"| {' | '.join(line)} |" for line in lines]
    rule = "|" + "---|" * left + "--:|" * (len(lines[0]) - left)
    return "\n".join([head, rule, *body])


def write_text(text: str, path: str | PathLike[str]) -> None:
    """Writes a text file whole or not at all, in place of one that is there; missing folders are made.

    Args:
        text: its content.
        path: the file.

    Raises:
        ArtganError: if it cannot be written.
    """
    path = Path(path)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished.write_text(text, encoding="utf-8")
        unfinished.replace(path)
    except OSError as error:
        with suppress(OSError):
            unfinished.unlink()
        raise ArtganError(f"{path} cannot be written ({error.strerror}); choose another place.") from error
