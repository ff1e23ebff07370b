import re
import xml.etree.ElementTree as ET

import pytest

from artgan_hf.evaluation.page.plots import MARKERS, Point, Series, curve_plot, marker, scatter_plot


def circles(svg):
    return [(float(x), float(y)) for x, y in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)"', svg)]


def test_more_is_farther_right_and_higher_up():
    (x1, y1), (x2, y2) = circles(curve_plot("t", [Series(0, [Point(0.2, 26), Point(0.4, 28)])], across="bpp"))
    assert x2 > x1
    assert y2 < y1


def test_ticks_are_round_numbers_around_the_values():
    svg = curve_plot("t", [Series(0, [Point(0.25, 23.1), Point(1.2, 31.8)])], across="bpp")
    texts = re.findall(r'class="end">([^<]*)<', svg)
    assert texts == ["22", "24", "26", "28", "30", "32"]


@pytest.mark.parametrize("values", [(0.0, 0.0), (5.0, 5.0), (-3.0, -3.0), (1e-7, 2e-7), (99.9991, 100.0)])
def test_any_range_can_be_drawn(values):
    points = [Point(index, value, value, value, "<&>") for index, value in enumerate(values)]
    for svg in (
        curve_plot("a & b", [Series(3, points)], across="x", level=values[0]),
        scatter_plot("a & b", [Series(3, points)], across="x", upwards="y"),
    ):
        ET.fromstring(svg)
        assert "nan" not in svg
        numbers = [float(number) for number in re.findall(r'<text x="([-\d.]+)"', svg)]
        assert all(0 <= number <= 340 for number in numbers)


def test_on_the_diagonal_of_a_scatter_plot_nothing_was_gained():
    svg = scatter_plot("t", [Series(0, [Point(1, 1), Point(3, 3), Point(2, 4)])], across="x", upwards="y")
    x1, y1, x2, y2 = (float(n) for n in re.search(r'"level" d="M(\d+) (\d+)L(\d+) (\d+)"', svg).groups())
    above = [(x2 - x1) * (y - y1) - (y2 - y1) * (x - x1) for x, y in circles(svg)]
    assert above[:2] == pytest.approx([0, 0], abs=30)
    assert above[2] < -100


def test_neighbouring_styles_have_different_markers():
    assert len({marker(style).replace(f"s{style}", "") for style in range(len(MARKERS))}) == len(MARKERS)


def test_when_the_colours_begin_again_the_marker_is_another():
    def shapes(style):
        return marker(style).partition(">")[2][:6], marker(style).partition('class="key ')[2][:2]

    first, ninth = shapes(1), shapes(9)
    assert first[1] == ninth[1] == "s1"
    assert first[0] != ninth[0]
    assert len({marker(style) for style in range(25)}) == 25
