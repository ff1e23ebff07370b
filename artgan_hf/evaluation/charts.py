"""Bar charts as SVG, written by hand so that a report needs no plotting library."""

import math
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

COLOURS = ("#2f6f9f", "#d9822b", "#5a9e6f", "#9b5aa0", "#b0413e", "#6b7280")
PLOT_PX, BAR_PX, GAP_PX, EDGE_PX, VALUE_PX = 460, 15, 9, 16, 56
LETTER_PX = 7.2
INK, FAINT = "#1f2933", "#d5dae0"


class Bar(NamedTuple):
    """One bar.

    Args:
        value: its length.
        low: the lower end of its interval; None for no interval.
        high: the upper end.
    """

    value: float
    low: float | None = None
    high: float | None = None


def bar_chart(
    title: str, rows: Sequence[tuple[str, Sequence[Bar]]], *, series: Sequence[str] = (), digits: int = 1
) -> str:
    """Returns a chart of horizontal bars as the text of an SVG file.

    Args:
        title: above the chart.
        rows: from top to bottom, each a label and one bar for every series.
        series: what the bars of a row stand for, for the legend; empty for no legend.
        digits: after the decimal point, at the bars' ends.

    Example:
        >>> bar_chart("Gain", [("dog", [Bar(18.6)]), ("cat", [Bar(-1.0)])]).count("<rect")
        3
    """
    values = [end for _, bars in rows for bar in bars for end in bar if end is not None]
    scale = _Scale(min(0.0, *values, 0.0), max(0.0, *values, 0.0), _label_width(rows))
    top = EDGE_PX + 26 + (22 if series else 0)
    parts, y = [], float(top)
    for label, bars in rows:
        middle = y + len(bars) * BAR_PX / 2
        parts.append(_text(scale.left - 10, middle + 4, label, anchor="end"))
        for index, bar in enumerate(bars):
            parts.append(_bar(scale, bar, y + index * BAR_PX, COLOURS[index % len(COLOURS)], digits))
        y += len(bars) * BAR_PX + GAP_PX
    legend = _legend(series, scale.left, EDGE_PX + 34) if series else ""
    head = _text(EDGE_PX, EDGE_PX + 10, title, weight="600")
    width = max(scale.right + VALUE_PX, EDGE_PX + LETTER_PX * len(title) + EDGE_PX)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {y + 34:.0f}" width="{width:.0f}" '
        f'height="{y + 34:.0f}" font-family="system-ui, sans-serif" font-size="13" fill="{INK}">\n'
        f'<rect width="100%" height="100%" fill="white"/>\n{head}\n{legend}{_axis(scale, top, y)}\n'
        + "\n".join(parts)
        + "\n</svg>\n"
    )


class _Scale:
    """From values to pixels, with round numbers for the ticks."""

    def __init__(self, low: float, high: float, left: float) -> None:
        span = (high - low) or 1.0
        rough = span / 5
        power = 10.0 ** math.floor(math.log10(rough))
        self.step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
        self.low = math.floor(low / self.step) * self.step
        self.high = max(math.ceil(high / self.step) * self.step, self.low + self.step)
        self.left = left
        self.right = left + PLOT_PX

    def x(self, value: float) -> float:
        return self.left + PLOT_PX * (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[float]:
        return [self.low + index * self.step for index in range(round((self.high - self.low) / self.step) + 1)]


def _bar(scale: _Scale, bar: Bar, y: float, colour: str, digits: int) -> str:
    zero, end = scale.x(0), scale.x(bar.value)
    left, middle = min(zero, end), y + (BAR_PX - 1) / 2
    text = f'<rect x="{left:.1f}" y="{y:.1f}" width="{abs(end - zero):.1f}" height="{BAR_PX - 1}" fill="{colour}"/>'
    outer = max(end, zero)
    if bar.low is not None and bar.high is not None:
        low, high = scale.x(bar.low), scale.x(bar.high)
        text += f'<path d="M{low:.1f} {middle}H{high:.1f}M{low:.1f} {middle - 4}v8M{high:.1f} {middle - 4}v8" '
        text += f'stroke="{INK}" fill="none"/>'
        outer = max(outer, high)
    return text + _text(outer + 6, middle + 4, f"{bar.value:.{digits}f}", size=11)


def _axis(scale: _Scale, top: float, bottom: float) -> str:
    places = max(0, -math.floor(math.log10(scale.step)))
    lines = []
    for tick in scale.ticks():
        colour = INK if abs(tick) < scale.step / 2 else FAINT
        lines.append(f'<path d="M{scale.x(tick):.1f} {top - 4}V{bottom:.1f}" stroke="{colour}"/>')
        lines.append(_text(scale.x(tick), bottom + 18, f"{tick + 0.0:.{places}f}", anchor="middle", size=11))
    return "".join(lines)


def _legend(series: Sequence[str], x: float, y: float) -> str:
    text = ""
    for index, name in enumerate(series):
        text += f'<circle cx="{x + 5:.0f}" cy="{y - 4:.0f}" r="5" fill="{COLOURS[index % len(COLOURS)]}"/>'
        text += _text(x + 16, y, name)
        x += 34 + LETTER_PX * len(name)
    return text + "\n"


def _text(x: float, y: float, words: str, *, anchor: str = "start", size: int = 13, weight: str = "400") -> str:
    style = f'font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
    return f'<text x="{x:.1f}" y="{y:.1f}" {style}>{escape(words)}</text>'


def _label_width(rows: Sequence[tuple[str, Sequence[Bar]]]) -> float:
    return EDGE_PX + 14 + LETTER_PX * max((len(label) for label, _ in rows), default=0)
