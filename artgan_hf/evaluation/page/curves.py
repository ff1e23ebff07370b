"""The page's curves and scatter plots."""

import math

from artgan_hf.evaluation.figures import Figure
from artgan_hf.evaluation.page.legend import legend, setting, style_of
from artgan_hf.evaluation.page.plots import Point, Series, curve_plot, scatter_plot
from artgan_hf.evaluation.report import ORIGINAL, Benchmark

MOST_POINTS = 100


def rate_curves(benchmark: Benchmark) -> str:
    """Returns bits per pixel against each figure, as HTML; nothing for a single quality."""
    if len(benchmark.qualities) < 2:
        return ""
    plots = []
    for figure in benchmark.figures:
        series = [_curve(benchmark, model, figure) for model in (benchmark.codec.name, *benchmark.models)]
        series = [one for one in series if one.points]
        if series:
            originals = [row.values[figure.key] for row in benchmark.rows if row.model == ORIGINAL]
            title = f"{figure.label}: {'higher' if figure.higher_is_better else 'lower'} is better"
            level = originals[0] if originals else None
            across = f"bits per pixel of the {benchmark.codec.label}"
            plots.append(curve_plot(title, series, across=across, level=level))
    note = "Upright lines: 95 % intervals. Dashed: the originals."
    return f'{legend(benchmark)}\n<div class="plots">{"".join(plots)}</div>\n<p class="note">{note}</p>'


def _curve(benchmark: Benchmark, model: str, figure: Figure) -> Series:
    points = []
    for row in sorted(benchmark.rows, key=lambda row: row.bpp or 0):
        value = row.values[figure.key]
        if row.model == model and row.bpp is not None and value is not None and math.isfinite(value):
            low, high = row.intervals[figure.key] or (None, None)
            words = f"{model}, {benchmark.codec.knob} {row.quality}: {value:.{figure.columns[0].digits}f}"
            points.append(Point(row.bpp, value, low, high, words))
    return Series(style_of(benchmark, model), points)


def scatter_plots(benchmark: Benchmark) -> str:
    """Returns each picture restored against the degraded one, for each quality and figure, as HTML."""
    if not benchmark.models:
        return ""
    parts = [legend(benchmark)]
    for quality in benchmark.qualities:
        plots = [_scatter(benchmark, quality, figure) for figure in benchmark.figures]
        is_open = " open" if quality == benchmark.qualities[0] else ""
        summary = f"<summary>{setting(benchmark, quality)}</summary>"
        parts.append(f'<details{is_open}>{summary}<div class="plots">{"".join(plots)}</div></details>')
    label = benchmark.codec.label
    note = f"Each mark is a picture: its {label} across, restored upwards. On the dashed line nothing was gained."
    return "\n".join([*parts, f'<p class="note">{note}</p>'])


def _scatter(benchmark: Benchmark, quality: int, figure: Figure) -> str:
    values: dict[str, dict[str, float]] = {}
    for score in benchmark.scores:
        value = score.values[figure.key]
        if score.quality == quality and value is not None and math.isfinite(value):
            values.setdefault(score.model, {})[score.picture] = value
    across = values.get(benchmark.codec.name, {})
    if len(set(across.values())) < 2:
        return ""
    series = []
    for model in benchmark.models:
        pictures = [picture for picture in values.get(model, {}) if picture in across]
        pictures = pictures[:: -(-len(pictures) // MOST_POINTS) or 1]
        points = [
            Point(
                across[name], values[model][name], words=_pair(figure, name, model, across[name], values[model][name])
            )
            for name in pictures
        ]
        series += [Series(style_of(benchmark, model), points)] if points else []
    return scatter_plot(figure.label, series, across=benchmark.codec.label, upwards="restored") if series else ""


def _pair(figure: Figure, picture: str, model: str, before: float, after: float) -> str:
    digits = figure.columns[0].digits
    return f"{picture}, {model}: {before:.{digits}f} to {after:.{digits}f}"
