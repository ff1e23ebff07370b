"""Curves and scatter plots as inline SVG, coloured by the page's style sheet. Called by page.py."""

import math
from collections.abc import Callable, Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT = 340, 240
LEFT, RIGHT, TOP, BOTTOM = 46, 322, 30, 200
MOST_TICKS = 5
COLOURS = 8  # in page.css, beside that of style 0
MARKERS: tuple[Callable[[float, float], str], ...] = (
    lambda x, y: f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.2"/>',
    lambda x, y: f'<rect x="{x - 3:.1f}" y="{y - 3:.1f}" width="6" height="6"/>',
    lambda x, y: f'<path d="M{x:.1f} {y - 4:.1f}l4 7h-8z"/>',
    lambda x, y: f'<path d="M{x:.1f} {y - 4.2:.1f}l4.2 4.2-4.2 4.2-4.2-4.2z"/>',
)


class Point(NamedTuple):
    """A point of a plot.

    Args:
        x: across.
        y: upwards.
        low: lower end of its interval in y; None for no interval.
        high: upper end.
        words: shown when it is pointed at.
    """

    x: float
    y: float
    low: float | None = None
    high: float | None = None
    words: str = ""


class Series(NamedTuple):
    """Points that belong together.

    Args:
        style: number of its colour and marker. When the colours begin again, they get other markers.
        points: at least one.
    """

    style: int
    points: Sequence[Point]


def curve_plot(title: str, series: Sequence[Series], *, across: str, level: float | None = None) -> str:
    """Returns lines through points, with their intervals, as an SVG element.

    Args:
        title: above the plot; also what is read aloud.
        series: one line each.
        across: name of the horizontal axis.
        level: height of a dashed line; None for none.

    Example:
        >>> curve_plot("PSNR", [Series(0, [Point(0.2, 26.0), Point(0.4, 28.0)])], across="bpp").count("<circle")
        2
    """
    points = [point for one in series for point in one.points]
    heights = [end for point in points for end in (point.y, point.low, point.high, level) if end is not None]
    frame = _Frame(_Axis.around([0, *(point.x for point in points)]), _Axis.around(heights))
    parts = [frame.drawn(across)]
    if level is not None:
        parts.append(f'<path class="level" d="M{LEFT} {frame.y(level):.1f}H{RIGHT}"/>')
    for one in series:
        places = [(frame.x(point.x), frame.y(point.y)) for point in one.points]
        line = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        bars = "".join(_bar(frame, point) for point in one.points)
        parts.append(_group(one.style, f'<path class="line" d="M{line}"/>{bars}', one.points, places))
    return _svg(title, parts)


def scatter_plot(title: str, series: Sequence[Series], *, across: str, upwards: str) -> str:
    """Returns points around the diagonal of equal values as an SVG element.

    Args:
        title: above the plot.
        series: one colour each.
        across: name of the horizontal axis.
        upwards: name of the vertical axis.

    Example:
        >>> plot = scatter_plot("PSNR", [Series(1, [Point(25.0, 27.0)])], across="JPEG", upwards="restored")
        >>> '<g class="s1">' in plot
        True
    """
    points = [point for one in series for point in one.points]
    axis = _Axis.around([value for point in points for value in (point.x, point.y)])
    frame = _Frame(axis, axis)
    parts = [frame.drawn(across, upwards), f'<path class="level" d="M{LEFT} {BOTTOM}L{RIGHT} {TOP}"/>']
    for one in series:
        places = [(frame.x(point.x), frame.y(point.y)) for point in one.points]
        parts.append(_group(one.style, "", one.points, places))
    return _svg(title, parts)


def marker(style: int) -> str:
    """Returns the marker of a series as a small SVG element, for legends."""
    return f'<svg class="key {_colour(style)}" viewBox="0 0 12 12" aria-hidden="true">{_marker(style)(6, 6)}</svg>'


class _Axis(NamedTuple):
    low: float
    high: float
    step: float

    @classmethod
    def around(cls, values: Sequence[float]) -> "_Axis":
        """Returns an axis of round numbers on which all values lie."""
        low, high = min(values), max(values)
        span = (high - low) or abs(high) or 1.0
        power = 10.0 ** math.floor(math.log10(span / MOST_TICKS))
        step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= span / MOST_TICKS)
        return cls(math.floor(low / step) * step, max(math.ceil(high / step), math.floor(low / step) + 1) * step, step)

    def share(self, value: float) -> float:
        return (value - self.low) / (self.high - self.low)

    def ticks(self) -> list[tuple[float, str]]:
        places = max(0, -math.floor(math.log10(self.step) + 1e-9))
        count = round((self.high - self.low) / self.step)
        values = [self.low + index * self.step for index in range(count + 1)]
        return [(value, f"{value + 0.0:.{places}f}") for value in values]


class _Frame(NamedTuple):
    across: _Axis
    upwards: _Axis

    def x(self, value: float) -> float:
        return LEFT + self.across.share(value) * (RIGHT - LEFT)

    def y(self, value: float) -> float:
        return BOTTOM - self.upwards.share(value) * (BOTTOM - TOP)

    def drawn(self, across: str, upwards: str = "") -> str:
        text = ""
        for value, words in self.upwards.ticks():
            y = self.y(value)
            text += f'<path class="grid" d="M{LEFT} {y:.1f}H{RIGHT}"/><text x="{LEFT - 6}" y="{y + 4:.1f}" class="end">'
            text += f"{words}</text>"
        for value, words in self.across.ticks():
            text += f'<text x="{self.x(value):.1f}" y="{BOTTOM + 16}" class="mid">{words}</text>'
        middle = (LEFT + RIGHT) / 2
        text += f'<text x="{middle:.0f}" y="{BOTTOM + 34}" class="mid faint">{escape(across)}</text>'
        if upwards:
            text += f'<text x="{RIGHT}" y="14" class="end faint">{escape(upwards)} ↑</text>'
        return text


def _group(style: int, under: str, points: Sequence[Point], places: Sequence[tuple[float, float]]) -> str:
    marks = "".join(
        f"<g><title>{escape(point.words)}</title>{_marker(style)(*place)}</g>"
        if point.words
        else _marker(style)(*place)
        for point, place in zip(points, places, strict=True)
    )
    return f'<g class="{_colour(style)}">{under}{marks}</g>'


def _bar(frame: _Frame, point: Point) -> str:
    if point.low is None or point.high is None:
        return ""
    return f'<path class="bar" d="M{frame.x(point.x):.1f} {frame.y(point.low):.1f}V{frame.y(point.high):.1f}"/>'


def _colour(style: int) -> str:
    return f"s{1 + (style - 1) % COLOURS if style else 0}"


def _marker(style: int) -> Callable[[float, float], str]:
    rounds = max(0, style - 1) // COLOURS
    return MARKERS[(style + rounds) % len(MARKERS)]


def _svg(title: str, parts: Sequence[str]) -> str:
    head = f'<text x="{LEFT}" y="14" class="title">{escape(title)}</text>'
    return (
        f'<svg class="plot" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(title)}">'
        f"{head}{''.join(parts)}</svg>"
    )
