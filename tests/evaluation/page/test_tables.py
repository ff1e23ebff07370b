import re
from dataclasses import replace

from artgan_hf.evaluation.page.tables import bits_saved, score_tables


def rows(html):
    """The texts of each row's cells."""
    cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.S) for line in re.findall(r"<tr>.*?</tr>", html, re.S)]
    return [[re.sub(r"<small>.*?</small>|<(?!/?b>)[^>]*>", "", cell).strip() for cell in row] for row in cells]


def test_each_quality_has_its_table_with_originals_and_jpeg_first(found):
    table = rows(score_tables(found))
    assert [row[0] for row in table] == ["", "original", "jpeg", "ours", "peer &amp; co"] * 2
    assert table[2][1:3] == ["26.50", "6.00"]


def test_the_best_of_the_restored_is_bold_whichever_way_the_figure_goes(found):
    table = rows(score_tables(found))
    assert [row[1:3] for row in table[3:5]] == [["<b>28.50</b>", "<b>4.00</b>"], ["27.50", "5.00"]]


def test_equal_values_are_equally_bold(found):
    psnr = {"ours": 28.001}
    scores = [replace(score, values={"psnr": psnr.get(score.model, 28.0), "niqe": 5.0}) for score in found.scores]
    table = rows(score_tables(replace(found, scores=tuple(scores))))
    assert [row[1] for row in table[2:5]] == ["28.00", "<b>28.00</b>", "<b>28.00</b>"]


def test_intervals_stand_below_their_values(found):
    assert "<b>28.50</b><small>28.00 to 29.00</small>" in score_tables(found)


def test_bits_saved_name_the_reason_where_there_is_no_number(found):
    html = bits_saved(found)
    assert rows(html)[0] == ["", "PSNR", "NIQE"]
    assert [row[1] for row in rows(html)[1:]] == ["-", "-"]
    assert "the curves share no range of figures (PSNR, NIQE)" in html


def test_one_quality_saves_no_bits(found):
    assert bits_saved(replace(found, qualities=(10,))) == ""
