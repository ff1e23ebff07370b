"""What the caption judge found: a table, JSON with every sentence, and Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import artgan_hf
from artgan_hf.evaluation.captions.scores import Tools
from artgan_hf.evaluation.compression import codec_name
from artgan_hf.evaluation.documents import markdown_table
from artgan_hf.evaluation.report import aligned
from artgan_hf.evaluation.versions import Version

FORMAT_VERSION = 1
COLUMNS = {
    "bleu_1": "BLEU-1",
    "bleu_2": "BLEU-2",
    "bleu_3": "BLEU-3",
    "bleu_4": "BLEU-4",
    "meteor": "METEOR",
    "rouge": "ROUGE-L",
    "cider": "CIDEr",
    "spice": "SPICE",
    "vifidel": "VIFIDEL",
}


@dataclass(frozen=True)
class CaptionRow:
    """What was said of one version of all pictures.

    Args:
        version: the original, a JPEG, or one restored.
        scores: by the keys of `score_captions`, and "vifidel" if there was a detector.
        captions: what was said of each picture, by file name.
    """

    version: Version
    scores: Mapping[str, float]
    captions: Mapping[str, str]


@dataclass(frozen=True)
class CaptionReport:
    """Every score of a run, and how they came about.

    Args:
        dataset: name of the folder with the pictures.
        captioner: its name.
        detector: of VIFIDEL's objects; None without.
        tools: the tokenizer, and what could not be computed.
        pictures: how many.
        subsampling: of the JPEGs.
        rows: the original first, then JPEG and the models at each quality.
    """

    dataset: str
    captioner: str
    detector: str | None
    tools: Tools
    pictures: int
    subsampling: str
    rows: tuple[CaptionRow, ...]

    def table(self) -> str:
        """Returns the table as aligned text, with what could not be computed below it."""
        missing = "".join(f"\n{reason}; the rest was computed." for reason in self.tools.reasons.values())
        return f"{self._heading()}\n{aligned(self._lines())}{missing}"

    def markdown(self) -> str:
        """Returns the report as the text of a Markdown file."""
        turned = [[line[1], line[0], *line[2:]] for line in self._lines()]
        parts = ["# Captions", self._heading(), markdown_table(turned), self._protocol()]
        return "\n\n".join([*parts, *(f"{reason}." for reason in self.tools.reasons.values())]) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON."""
        return {
            "format_version": FORMAT_VERSION,
            "artgan_hf": artgan_hf.__version__,
            "dataset": self.dataset,
            "captioner": self.captioner,
            "detector": self.detector,
            "images": self.pictures,
            "codec": codec_name(self.subsampling),
            "protocol": self._protocol(),
            "not_computed": self.tools.reasons,
            "rows": [
                {**row.version._asdict(), "scores": dict(row.scores), "captions": dict(row.captions)}
                for row in self.rows
            ],
        }

    def _lines(self) -> list[list[str]]:
        keys = [key for key in COLUMNS if key in self.rows[0].scores]
        lines = [["quality", "version", *(COLUMNS[key] for key in keys)]]
        for row in self.rows:
            quality = "-" if row.version.quality is None else str(row.version.quality)
            lines.append([quality, row.version.model, *(f"{row.scores[key]:.3f}" for key in keys)])
        return lines

    def _heading(self) -> str:
        return f"{self.dataset}: {self.pictures} pictures, {self.captioner}, {codec_name(self.subsampling)}"

    def _protocol(self) -> str:
        objects = f" VIFIDEL: objects that {self.detector} detects in the originals." if self.detector else ""
        return (
            f"Scores by pycocoevalcap, {self.tools.tokenizer} tokenizer. Each picture is compressed, restored from its "
            "JPEG file, rounded to 8 bits and shown to the same captioner; the references are people's captions of the "
            f"originals.{objects}"
        )
