"""What the page shows beside the scores: an object detector's judgement, and what others published."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

from artgan_hf.evaluation.compression import JPEG
from artgan_hf.evaluation.page.tables import html_table
from artgan_hf.evaluation.quoted import NOTE, QuotedTable
from artgan_hf.evaluation.report import ORIGINAL
from artgan_hf.evaluation.versions import Version

if TYPE_CHECKING:
    from artgan_hf.evaluation.detection import DetectionReport, Precision


def detection_section(report: "DetectionReport") -> str:
    """Returns the AP of each version as a table, and the gain of each class as folded charts, as HTML."""
    found = {row.version: row.precision for row in report.rows}
    models = dict.fromkeys(version.model for version in found if version.model != ORIGINAL)
    lines = [
        [escape(model), *(_cell(found.get(Version(model, quality))) for quality in report.qualities)]
        for model in models
    ]
    original = found[Version(ORIGINAL, None)]
    table = html_table("", ["", *(f"QF {quality}" for quality in report.qualities)], lines)
    note = f"AP in per cent, and below it AP50. The originals: {100 * original.ap:.1f} and {100 * original.ap50:.1f}."
    charts = "\n".join(_charts(report))
    return f'<p>{escape(report.heading())}</p>\n{table}\n<p class="note">{note}</p>\n{charts}'


def _cell(precision: "Precision | None") -> str:
    return "" if precision is None else f"{100 * precision.ap:.1f}<small>{100 * precision.ap50:.1f}</small>"


def _charts(report: "DetectionReport") -> list[str]:
    """For each quality the gain by class of the model that helps the detector most."""
    charts = []
    for quality in report.qualities:
        rows = [row for row in report.rows if row.version.quality == quality and row.version.model != JPEG]
        if rows:
            best = max(rows, key=lambda row: row.precision.ap).version.model
            summary = f"Gain by class at quality {quality}, {escape(best)}"
            chart = report.chart(quality, models=[best]).replace(' xmlns="http://www.w3.org/2000/svg"', "")
            charts.append(f'<details><summary>{summary}</summary><div class="scroll paper">{chart}</div></details>')
    return charts


def quoted_section(tables: Sequence[QuotedTable]) -> str:
    """Returns published figures as HTML tables, marked as quoted, each with its protocol and source."""
    parts = [f"<p>{escape(NOTE)}</p>"]
    for table in tables:
        head, *lines = ([escape(cell) for cell in line] for line in table.lines())
        parts.append(html_table(f"Quoted: {escape(table.protocol)}", head, lines))
        parts.append(f'<p class="note">Source: {escape(table.source)}</p>')
    return "\n".join(parts)
