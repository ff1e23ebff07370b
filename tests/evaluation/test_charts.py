from xml.etree import ElementTree

from artgan_hf.evaluation.charts import Bar, bar_chart

SVG = "{http://www.w3.org/2000/svg}"


def bars_of(chart):
    rectangles = ElementTree.fromstring(chart).findall(f"{SVG}rect")[1:]  # the first is the background
    return [(float(one.get("x")), float(one.get("width")), one.get("fill")) for one in rectangles]


def test_bars_are_as_long_as_their_values_and_losses_point_the_other_way():
    (x_gain, gain, _), (x_loss, loss, _) = bars_of(bar_chart("Gain", [("dog", [Bar(20)]), ("cat", [Bar(-5)])]))
    assert abs(gain - 4 * loss) < 0.3
    assert abs(x_loss + loss - x_gain) < 0.2  # both start at zero


def test_series_have_colours_of_their_own_and_a_legend():
    chart = bar_chart("Gain", [("dog", [Bar(1), Bar(2)])], series=["first & best", "second"])
    assert len({colour for *_, colour in bars_of(chart)}) == 2
    words = [element.text for element in ElementTree.fromstring(chart).iter(f"{SVG}text")]
    assert "first & best" in words


def test_intervals_and_nothing_at_all_can_be_drawn():
    whiskers = [bar_chart("MOS", [("a", [bar])]).count('fill="none"') for bar in (Bar(50), Bar(50, 40, 60))]
    assert whiskers == [0, 1]
    ElementTree.fromstring(bar_chart("Gain", [("dog", [Bar(0.0)])]))
    ElementTree.fromstring(bar_chart("Gain", []))
