"""What the measuring commands share: a table for people, the same as JSON for programs."""

from pathlib import Path
from typing import Any, Protocol


class Report(Protocol):
    """What was measured."""

    def table(self) -> str:
        """Returns it for people."""
        ...

    def as_dict(self) -> dict[str, Any]:
        """Returns it in plain types."""
        ...


def show(report: Report, path: Path | None) -> None:
    """Prints the table, and writes the JSON if there is a path."""
    from artgan_hf.evaluation import write_json

    print(report.table())
    if path is not None:
        write_json(report.as_dict(), path)
