"""What the identity judge found: a table, JSON with every face, and Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import artgan_hf
from artgan_hf.evaluation.compression import codec_name
from artgan_hf.evaluation.documents import markdown_table
from artgan_hf.evaluation.report import aligned
from artgan_hf.evaluation.versions import Version

FORMAT_VERSION = 1


@dataclass(frozen=True)
class IdentityRow:
    """How far one version of all faces is from their originals.

    Args:
        version: a JPEG, or one restored.
        distances: of each picture, by file name; Euclidean, in the embedder's own unit.
        recognised: how many are nearest to their own original among all originals.
    """

    version: Version
    distances: Mapping[str, float]
    recognised: int

    @property
    def mean(self) -> float:
        """The mean distance."""
        return sum(self.distances.values()) / len(self.distances)

    @property
    def worst(self) -> str:
        """The file name of the face that changed most."""
        return max(self.distances, key=lambda name: self.distances[name])


@dataclass(frozen=True)
class IdentityReport:
    """Every distance of a run, and how they came about.

    Args:
        dataset: name of the folder with the pictures.
        embedder: its name.
        faces: how many pictures count.
        left_out: pictures in which no face was found.
        strangers: mean distance between the originals of two pictures, for scale; None for one picture.
        subsampling: of the JPEGs.
        rows: JPEG and the models at each quality.
    """

    dataset: str
    embedder: str
    faces: int
    left_out: tuple[str, ...]
    strangers: float | None
    subsampling: str
    rows: tuple[IdentityRow, ...]

    def table(self) -> str:
        """Returns the table as aligned text."""
        return f"{self._heading()}\n{aligned(self._lines())}"

    def markdown(self) -> str:
        """Returns the report as the text of a Markdown file."""
        turned = [[line[1], line[0], *line[2:]] for line in self._lines()]
        return "\n\n".join(["# Identity", self._heading(), markdown_table(turned), self._protocol()]) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON."""
        return {
            "format_version": FORMAT_VERSION,
            "artgan_hf": artgan_hf.__version__,
            "dataset": self.dataset,
            "embedder": self.embedder,
            "faces": self.faces,
            "left_out": list(self.left_out),
            "strangers": self.strangers,
            "codec": codec_name(self.subsampling),
            "protocol": self._protocol(),
            "rows": [
                {
                    **row.version._asdict(),
                    "mean": row.mean,
                    "worst": row.worst,
                    "recognised": row.recognised,
                    "distances": dict(row.distances),
                }
                for row in self.rows
            ],
        }

    def _lines(self) -> list[list[str]]:
        lines = [["quality", "version", "distance", "largest", "recognised"]]
        for row in self.rows:
            figures = f"{row.mean:.3f}", f"{row.distances[row.worst]:.3f}", f"{row.recognised}/{self.faces}"
            lines.append([str(row.version.quality), row.version.model, *figures])
        return lines

    def _heading(self) -> str:
        scale = "" if self.strangers is None else f"; two different faces are {self.strangers:.3f} apart on average"
        left_out = f", {len(self.left_out)} pictures without a face left out" if self.left_out else ""
        return f"{self.dataset}: {self.faces} faces{left_out}, {self.embedder}, {codec_name(self.subsampling)}{scale}"

    def _protocol(self) -> str:
        return (
            "distance: Euclidean, between the embeddings of a face and of its original, mean over the faces; largest: "
            "of the face that changed most; recognised: faces that are nearer to their own original than to any other. "
            "The face is found once, on the original."
        )
