import math
import re
from dataclasses import replace

from artgan_hf.evaluation.page.curves import rate_curves, scatter_plots


def test_each_figure_has_a_curve_of_jpeg_and_every_model(found):
    html = rate_curves(found)
    assert re.findall(r'aria-label="([^"]*)"', html) == ["PSNR: higher is better", "NIQE: lower is better"]
    assert html.count('class="line"') == 6
    assert html.count('class="bar"') == 12


def test_only_figures_that_judge_alone_have_the_originals_level(found):
    psnr, niqe = rate_curves(found).split("</svg><svg")[-2:]
    assert 'class="level"' not in psnr
    assert 'class="level"' in niqe


def test_infinite_values_are_left_out_of_plots(found):
    scores = tuple(
        replace(score, values={"psnr": math.inf, "niqe": None}) if score.model == "ours" else score
        for score in found.scores
    )
    odd = replace(found, scores=scores)
    assert rate_curves(odd).count('class="line"') == 4
    assert "inf" not in scatter_plots(odd)


def test_each_picture_is_a_mark_that_says_its_name_and_values(found):
    html = scatter_plots(found)
    assert html.count("<title>") == 2 * 2 * 2 * 2
    assert "<title>a.png, ours: 26.00 to 28.00</title>" in html


def test_a_figure_in_which_all_jpegs_are_alike_has_no_scatter_plot(found):
    same = tuple(
        replace(score, values={**score.values, "psnr": 25.0}) if score.model == "jpeg" else score
        for score in found.scores
    )
    assert 'aria-label="PSNR"' not in scatter_plots(replace(found, scores=same))


def test_of_thousands_of_pictures_a_hundred_are_drawn(found):
    names = [f"{number}.png" for number in range(1000)]
    scores = [
        replace(found.scores[-1], model=model, quality=10, picture=name, values={"psnr": float(number), "niqe": None})
        for model in ("jpeg", "ours")
        for number, name in enumerate(names)
    ]
    many = replace(found, pictures=tuple(names), models=("ours",), qualities=(10,), scores=tuple(scores))
    assert scatter_plots(many).count("<title>") == 100
