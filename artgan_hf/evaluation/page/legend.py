"""Which colour and marker stands for which model, everywhere on the page."""

from html import escape

from artgan_hf.evaluation.page.plots import marker
from artgan_hf.evaluation.report import Benchmark


def style_of(benchmark: Benchmark, model: str) -> int:
    """Returns the number of a model's colour and marker; 0 for the codec."""
    return 0 if model == benchmark.codec.name else 1 + benchmark.models.index(model)


def named(benchmark: Benchmark, model: str) -> str:
    """Returns a model's marker and name as HTML."""
    return f"{marker(style_of(benchmark, model))} {escape(model)}"


def setting(benchmark: Benchmark, quality: int) -> str:
    """Returns how pictures were compressed, as a heading: "Quality 10", "CRF 37"."""
    knob = benchmark.codec.knob
    return f"{knob[0].upper()}{knob[1:]} {quality}"


def legend(benchmark: Benchmark) -> str:
    """Returns all of them as an HTML list."""
    items = "".join(f"<li>{named(benchmark, name)}</li>" for name in (benchmark.codec.name, *benchmark.models))
    return f'<ul class="legend">{items}</ul>'
