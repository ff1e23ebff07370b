"""A benchmark as a folder: JSON for programs, CSV for spreadsheets, Markdown for notes, a page for people."""

import csv
import io
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan_hf.evaluation.documents import markdown_table, write_text
from artgan_hf.evaluation.page import benchmark_page
from artgan_hf.evaluation.quoted import NOTE, QuotedTable
from artgan_hf.evaluation.report import Benchmark, Row, write_json
from artgan_hf.hub.card_scores import QualityReport

if TYPE_CHECKING:
    from artgan_hf.evaluation.detection import DetectionReport


def write_report(
    benchmark: Benchmark,
    folder: str | PathLike[str],
    *,
    predictor: QualityReport | None = None,
    detection: "DetectionReport | None" = None,
    quoted: Sequence[QuotedTable] = (),
) -> Path:
    """Returns the path of index.html, after writing it and scores.json, scores.csv, pictures.csv and scores.md.

    Args:
        benchmark: what was found.
        folder: made if missing; files of these names in it are replaced.
        predictor: how well a quality predictor did, to be reported as well.
        detection: what an object detector found, likewise.
        quoted: what others published, likewise.

    Raises:
        ArtganError: if a file cannot be written.
    """
    folder = Path(folder)
    content = benchmark.as_dict()
    if predictor is not None:
        content["quality_predictor"] = predictor.as_record()
    if detection is not None:
        content["detection"] = detection.as_dict()
    if quoted:
        content["quoted"] = [table.as_record() for table in quoted]
    write_json(content, folder / "scores.json")
    write_text(_csv(map(_flat, content["rows"])), folder / "scores.csv")
    write_text(_csv(content["per_image"]), folder / "pictures.csv")
    parts = [scores_markdown(benchmark)]
    parts += [detection.markdown()] if detection else []
    parts += [_quoted_markdown(quoted)] if quoted else []
    write_text("\n".join(parts), folder / "scores.md")
    page = folder / "index.html"
    write_text(benchmark_page(benchmark, predictor=predictor, detection=detection, quoted=quoted), page)
    return page


def scores_markdown(benchmark: Benchmark) -> str:
    """Returns the table of scores as Markdown, each with its 95 % interval, and the bits saved."""
    columns = [column for figure in benchmark.figures for column in figure.columns]
    lines = [["model", benchmark.codec.knob, *(column.label for column in columns), "better", "bpp", "seconds"]]
    for row in benchmark.rows:
        values = [_with_interval(row, column.key, column.digits) for column in columns]
        better = "" if row.better is None else f"{row.better}/{len(benchmark.pictures)}"
        quality = "" if row.quality is None else str(row.quality)
        lines.append([row.model, quality, *values, better, _number(row.bpp, 3), _number(row.seconds, 2)])
    parts = [
        f"# {benchmark.dataset}: {len(benchmark.pictures)} pictures, {benchmark.degraded_by}",
        markdown_table(lines),
        f"In brackets: 95 % intervals, by bootstrap over the pictures. {benchmark.protocol}",
    ]
    if benchmark.models and len(benchmark.qualities) > 1:
        rates = [
            [
                f"bits against {benchmark.codec.label} at an equal figure",
                *(figure.label for figure in benchmark.figures),
            ]
        ]
        for model, by_figure in benchmark.bd_rates.items():
            percents = [by_figure[figure.key].percent for figure in benchmark.figures]
            rates.append([model, *("" if percent is None else f"{percent:+.1f} %" for percent in percents)])
        parts.append(markdown_table(rates))
    return "\n\n".join(parts) + "\n"


def _quoted_markdown(tables: Sequence[QuotedTable]) -> str:
    parts = ["# Published figures (quoted, not measured here)", NOTE]
    for table in tables:
        parts += [markdown_table(table.lines()), f"Quoted: {table.protocol} Source: {table.source}"]
    return "\n\n".join(parts) + "\n"


def _with_interval(row: Row, key: str, digits: int) -> str:
    interval = row.intervals.get(key)
    ends = "" if interval is None else f" [{interval[0]:.{digits}f}, {interval[1]:.{digits}f}]"
    return _number(row.values[key], digits) + ends


def _number(value: float | None, digits: int) -> str:
    return "" if value is None else f"{value:.{digits}f}"


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """A row with the ends of its intervals beside the values."""
    intervals = row["intervals"]
    flat = {}
    for key, value in row.items():
        if key != "intervals":
            flat[key] = value
        if key in intervals:
            flat[f"{key}_low"], flat[f"{key}_high"] = intervals[key] or (None, None)
    return flat


def _csv(rows: Sequence[dict[str, Any]] | Any) -> str:
    rows = list(rows)
    text = io.StringIO()
    writer = csv.DictWriter(text, list(dict.fromkeys(key for row in rows for key in row)), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
