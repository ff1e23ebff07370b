"""The page's tables: scores with their intervals, bits saved, and a quality predictor's confusions."""

from collections.abc import Sequence
from html import escape

from artgan_hf.evaluation.bd_rate import BdRate
from artgan_hf.evaluation.figures import Column, Figure
from artgan_hf.evaluation.page.legend import named, setting
from artgan_hf.evaluation.report import ORIGINAL, Benchmark, Row
from artgan_hf.hub.card_scores import QualityReport, QualityScores


def score_tables(benchmark: Benchmark) -> str:
    """Returns a table for each quality as HTML."""
    columns = [(figure, column) for figure in benchmark.figures for column in figure.columns]
    head = ["", *(f"{escape(column.label)} {_arrow(figure)}" for figure, column in columns), "better", "bpp", "seconds"]
    tables = []
    for quality in benchmark.qualities:
        rows = [row for row in benchmark.rows if row.quality in (quality, None)]
        restored = [row for row in rows if row.model in benchmark.models]
        best = {column.key: _best(restored, figure, column) for figure, column in columns}
        lines = [_score_line(benchmark, row, [column for _, column in columns], best) for row in rows]
        tables.append(html_table(setting(benchmark, quality), head, lines))
    note = "Means over the pictures, and below each its 95 % interval (bootstrap over the pictures)."
    if benchmark.models:
        first, label = benchmark.figures[0].label, benchmark.codec.label
        note += f" Bold: the best of the restored. better: pictures whose {first} beats their {label}'s."
    return "\n".join([*tables, f'<p class="note">{escape(note)}</p>'])


def _arrow(figure: Figure) -> str:
    sign, words = ("↑", "higher") if figure.higher_is_better else ("↓", "lower")
    return f'<span class="faint" title="{words} is better">{sign}</span>'


def _best(rows: Sequence[Row], figure: Figure, column: Column) -> str | None:
    """The best value of several models as it is shown."""
    known = [value for row in rows if (value := row.values[column.key]) is not None]
    if len(known) < 2:
        return None
    return _number(max(known) if figure.higher_is_better else min(known), column.digits)


def _score_line(benchmark: Benchmark, row: Row, columns: Sequence[Column], best: dict[str, str | None]) -> list[str]:
    name = ORIGINAL if row.model == ORIGINAL else named(benchmark, row.model)
    better = "" if row.better is None else f"{row.better}/{len(benchmark.pictures)}"
    cells = [_value(row, column, None if row.model == benchmark.codec.name else best[column.key]) for column in columns]
    return [name, *cells, better, _number(row.bpp, 3), _number(row.seconds, 2)]


def _value(row: Row, column: Column, best: str | None) -> str:
    text = _number(row.values[column.key], column.digits)
    shown = f"<b>{text}</b>" if text == best else text
    interval = row.intervals[column.key]
    if interval is None:
        return shown
    return f"{shown}<small>{interval[0]:.{column.digits}f} to {interval[1]:.{column.digits}f}</small>"


def bits_saved(benchmark: Benchmark) -> str:
    """Returns the table of Bjøntegaard delta rates as HTML; nothing where there are no curves."""
    if not benchmark.models or len(benchmark.qualities) < 2:
        return ""
    lines = []
    reasons: dict[str, dict[str, None]] = {}
    for model, rates in benchmark.bd_rates.items():
        for figure in benchmark.figures:
            if why_not := rates[figure.key].why_not:
                reasons.setdefault(why_not, {})[figure.label] = None
        lines.append([named(benchmark, model), *(_rate(rates[figure.key]) for figure in benchmark.figures)])
    note = (
        f"How many bits fewer (-) or more the restored pictures need than {benchmark.codec.label} for an equal figure: "
        "the Bjøntegaard delta rate, an average over the range of figures that both curves reach."
    )
    if reasons:
        dashes = [f"{why_not} ({', '.join(labels)})" for why_not, labels in reasons.items()]
        note += escape(f" A dash: {'; '.join(dashes)}.")
    head = ["", *(escape(figure.label) for figure in benchmark.figures)]
    return html_table("", head, lines) + f'\n<p class="note">{note}</p>'


def _rate(rate: BdRate) -> str:
    if rate.percent is None:
        return f'<span title="{escape(rate.why_not or "")}">-</span>'
    return f"{rate.percent:+.1f} %"


def predictor_tables(report: QualityReport) -> str:
    """Returns how often each quality was taken for which, as HTML."""
    facts = f"{escape(report.model)} on {report.crops} crops of {report.crop_px}x{report.crop_px} pixels."
    kinds = (("Grid at the crop's corner", report.aligned), ("Grid anywhere", report.shifted))
    tables = "".join(_confusion(title, report.classes, scores) for title, scores in kinds)
    note = "True quality by row, predicted by column, in per cent of the row."
    return f'<p>{facts}</p>\n<div class="plots">{tables}</div>\n<p class="note">{note}</p>'


def _confusion(title: str, classes: Sequence[int], scores: QualityScores) -> str:
    lines = []
    for quality, row in zip(classes, scores.confusion, strict=True):
        shares = [count / (sum(row) or 1) for count in row]
        cells = "".join(f'<td style="--share:{share:.2f}">{100 * share:.1f}</td>' for share in shares)
        lines.append(f"<tr><th>{quality}</th>{cells}</tr>")
    head = "".join(f"<th>{quality}</th>" for quality in classes)
    caption = f"{title}: mean absolute error {scores.mae:.2f} over QF 5 to 95"
    return (
        f'<div class="scroll"><table class="confusion"><caption>{escape(caption)}</caption><tr><th></th>{head}</tr>'
        f"{''.join(lines)}</table></div>"
    )


def html_table(caption: str, head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """Returns a table as HTML; caption, head and cells are HTML already."""
    title = f"<caption>{caption}</caption>" if caption else ""
    body = "".join(f"<tr><th>{line[0]}</th>{''.join(f'<td>{cell}</td>' for cell in line[1:])}</tr>\n" for line in lines)
    cells = "".join(f"<th>{cell}</th>" for cell in head)
    return f'<div class="scroll"><table>{title}<thead><tr>{cells}</tr></thead>\n<tbody>{body}</tbody></table></div>'


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
