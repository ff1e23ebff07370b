"""A benchmark as one web page that needs nothing but itself. Called by report_folder.py."""

import json
from collections.abc import Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

import torch

import artgan_hf
from artgan_hf.evaluation.page.beside import detection_section, quoted_section
from artgan_hf.evaluation.page.curves import rate_curves, scatter_plots
from artgan_hf.evaluation.page.legend import legend
from artgan_hf.evaluation.page.tables import bits_saved, predictor_tables, score_tables
from artgan_hf.evaluation.quoted import QuotedTable
from artgan_hf.evaluation.report import ORIGINAL, Benchmark
from artgan_hf.hub.card_scores import QualityReport

if TYPE_CHECKING:
    from artgan_hf.evaluation.detection import DetectionReport


def benchmark_page(
    benchmark: Benchmark,
    *,
    predictor: QualityReport | None = None,
    detection: "DetectionReport | None" = None,
    quoted: Sequence[QuotedTable] = (),
) -> str:
    """Returns the page as HTML: tables, curves, pictures, and how it was measured. Light or dark, wide or narrow.

    Args:
        benchmark: what was found.
        predictor: how well a quality predictor did, to be shown as well.
        detection: what an object detector found, likewise.
        quoted: what others published, likewise.
    """
    sections = {
        "Scores": score_tables(benchmark),
        "Look": _viewer(benchmark),
        "Bits saved": bits_saved(benchmark),
        "Curves": rate_curves(benchmark),
        "Picture by picture": scatter_plots(benchmark),
        "Object detection": detection_section(detection) if detection else "",
        "Published figures (quoted, not measured here)": quoted_section(quoted) if quoted else "",
        "Quality predictor": predictor_tables(predictor) if predictor else "",
        "How it was measured": _protocol(benchmark),
    }
    return Template(_asset("page.html")).substitute(
        title=escape(f"{benchmark.dataset}: {benchmark.codec.label} and its restorations"),
        style=_asset("page.css"),
        facts=escape(_facts(benchmark)),
        legend=legend(benchmark),
        sections="\n".join(
            f"<section>\n<h2>{title}</h2>\n{body}\n</section>" for title, body in sections.items() if body
        ),
        script=_asset("page.js"),
    )


def _asset(name: str) -> str:
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def _facts(benchmark: Benchmark) -> str:
    count = len(benchmark.pictures)
    pictures = f"{count} picture{'s' if count != 1 else ''}"
    return f"{pictures}, {benchmark.degraded_by}, {benchmark.codec.knob} {', '.join(map(str, benchmark.qualities))}."


def _viewer(benchmark: Benchmark) -> str:
    """The crops, for page.js to show two of at once."""
    if not benchmark.crops:
        return ""
    pictures: dict[str, dict[str, str]] = {}
    for crop in benchmark.crops:
        version = crop.model if crop.quality is None else f"{crop.quality} {crop.model}"
        pictures.setdefault(crop.picture, {})[version] = crop.webp
    content = {
        "knob": benchmark.codec.knob,
        "qualities": list(benchmark.qualities),
        "models": [benchmark.codec.name, *benchmark.models, ORIGINAL],
        "original": ORIGINAL,
        "pictures": [{"name": name, "versions": versions} for name, versions in pictures.items()],
    }
    codec = benchmark.codec
    worst = f"{codec.label} at {codec.knob} {codec.worst_first(benchmark.qualities)[0]}"
    data = json.dumps(content, ensure_ascii=False).replace("<", "\\u003c")
    return (
        f'<div class="viewer" id="viewer"></div>\n<noscript><p>The pictures need JavaScript.</p></noscript>\n'
        f'<script type="application/json" id="crops">{data}</script>\n'
        f'<p class="note">The part of each picture that {worst} harms most. Drag, or use the arrow keys.</p>'
    )


def _protocol(benchmark: Benchmark) -> str:
    about = f"artgan-hf {artgan_hf.__version__}, torch {torch.__version__}, {benchmark.degraded_by}."
    return f"<p>{escape(benchmark.protocol)}</p>\n<p>{escape(about)}</p>"
