"""What the detection judge found: a table, the gain of each class, JSON, Markdown and charts."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import artgan_hf
from artgan_hf.evaluation.charts import Bar, bar_chart
from artgan_hf.evaluation.compression import JPEG, codec_name
from artgan_hf.evaluation.detection.precision import Precision
from artgan_hf.evaluation.documents import markdown_table
from artgan_hf.evaluation.report import ORIGINAL, aligned
from artgan_hf.evaluation.versions import Version

FORMAT_VERSION = 1


@dataclass(frozen=True)
class DetectionRow:
    """What was found in one version of all pictures.

    Args:
        version: the original, a JPEG, or one restored.
        precision: 0 to 1.
    """

    version: Version
    precision: Precision


@dataclass(frozen=True)
class DetectionReport:
    """Every figure of a run, and how they came about.

    Args:
        dataset: name of the folder with the pictures.
        detector: its name.
        pictures: how many.
        boxes: how many of each class are judged.
        left_out: classes in the annotations that the detector does not know.
        subsampling: of the JPEGs.
        rows: the original first, then JPEG and the models at each quality.
    """

    dataset: str
    detector: str
    pictures: int
    boxes: Counter[str]
    left_out: tuple[str, ...]
    subsampling: str
    rows: tuple[DetectionRow, ...]

    @property
    def gains(self) -> dict[Version, dict[str, float]]:
        """The AP that each restored version has over its JPEG, 0 to 1, by class, the largest gain first."""
        jpeg = {row.version.quality: row.precision.per_class for row in self.rows if row.version.model == JPEG}
        gains = {}
        for row in self.rows:
            if row.version.model not in (JPEG, ORIGINAL):
                before = jpeg[row.version.quality]
                gain = {name: value - before[name] for name, value in row.precision.per_class.items()}
                gains[row.version] = dict(sorted(gain.items(), key=lambda item: -item[1]))
        return gains

    @property
    def qualities(self) -> tuple[int, ...]:
        """Of the JPEGs."""
        return tuple(row.version.quality for row in self.rows if row.version.model == JPEG if row.version.quality)

    def lines(self) -> list[list[str]]:
        """Returns the rows of the table as text, head first; AP in per cent."""
        lines = [["quality", "version", "AP", "AP50"]]
        for row in self.rows:
            quality = "-" if row.version.quality is None else str(row.version.quality)
            values = [f"{100 * value:.1f}" for value in row.precision[:2]]
            lines.append([quality, row.version.model, *values])
        return lines

    def table(self) -> str:
        """Returns the table as aligned text."""
        return f"{self.heading()}\n{aligned(self.lines())}"

    def chart(self, quality: int, *, models: Sequence[str] | None = None) -> str:
        """Returns the gain of each class at one quality as a bar chart, the text of an SVG file.

        Args:
            quality: one of `qualities`, with at least one model.
            models: whose gains; None for all.
        """
        gains = {
            version: gain
            for version, gain in self.gains.items()
            if version.quality == quality and (models is None or version.model in models)
        }
        names = list(next(iter(gains.values())))
        rows = [(f"{name} ({self.boxes[name]})", [Bar(100 * gain[name]) for gain in gains.values()]) for name in names]
        title = f"AP gained over JPEG at quality {quality}, in points, by class (boxes); {self.detector}"
        return bar_chart(title, rows, series=[version.model for version in gains])

    def markdown(self, charts: Sequence[str] = ()) -> str:
        """Returns the report as the text of a Markdown file.

        Args:
            charts: names of the chart files beside it.
        """
        parts = ["# Object detection", self.heading(), markdown_table(self._turned()), self._protocol()]
        parts += [f"![AP gained by class]({name})" for name in charts]
        for version, gain in self.gains.items():
            lines = [["class", "boxes", "JPEG", "restored", "gain"]]
            after = next(row.precision.per_class for row in self.rows if row.version == version)
            lines += [
                [
                    name,
                    str(self.boxes[name]),
                    f"{100 * (after[name] - value):.1f}",
                    f"{100 * after[name]:.1f}",
                    f"{100 * value:+.1f}",
                ]
                for name, value in gain.items()
            ]
            parts += [f"## {version.model}, JPEG quality {version.quality}", markdown_table(lines)]
        return "\n\n".join(parts) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON."""
        return {
            "format_version": FORMAT_VERSION,
            "artgan_hf": artgan_hf.__version__,
            "dataset": self.dataset,
            "detector": self.detector,
            "images": self.pictures,
            "boxes": dict(self.boxes),
            "left_out": list(self.left_out),
            "codec": codec_name(self.subsampling),
            "protocol": self._protocol(),
            "rows": [{**row.version._asdict(), **row.precision._asdict()} for row in self.rows],
            "gains": [{**version._asdict(), "per_class": gain} for version, gain in self.gains.items()],
        }

    def heading(self) -> str:
        """Returns what was judged, and by whom, in one line."""
        count = sum(self.boxes.values())
        return (
            f"{self.dataset}: {self.pictures} pictures, {count} boxes of {len(self.boxes)} classes, "
            f"{self.detector}, {codec_name(self.subsampling)}"
        )

    def _protocol(self) -> str:
        left_out = f" Classes unknown to the detector, left out: {', '.join(self.left_out)}." if self.left_out else ""
        return (
            "AP: COCO's average precision over intersections over union of 0.50 to 0.95, in per cent, mean over the "
            "classes that there are; AP50: at 0.50 alone. Crowds and difficult objects are ignored. Each picture is "
            "compressed, restored from its JPEG file, rounded to 8 bits and shown to the same detector." + left_out
        )

    def _turned(self) -> list[list[str]]:
        """The table with the version first, since Markdown aligns its first column to the left."""
        return [[line[1], line[0], *line[2:]] for line in self.lines()]
