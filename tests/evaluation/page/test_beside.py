import re
from collections import Counter

from artgan_hf.evaluation.detection import DetectionReport, DetectionRow, Precision
from artgan_hf.evaluation.page import benchmark_page
from artgan_hf.evaluation.page.beside import detection_section, quoted_section
from artgan_hf.evaluation.quoted import QUOTED, QuotedTable
from artgan_hf.evaluation.versions import Version


def precision(ap):
    return Precision(ap, ap + 0.1, {"dog": ap}, {"dog": ap + 0.1})


def judged():
    rows = {("original", None): 0.4, ("jpeg", 10): 0.2, ("a & b", 10): 0.3, ("c", 10): 0.25, ("jpeg", 20): 0.3,
            ("c", 20): 0.35}  # fmt: skip
    found = tuple(DetectionRow(Version(*version), precision(ap)) for version, ap in rows.items())
    return DetectionReport("coco", "yolox", 3, Counter(dog=5), (), "4:2:0", found)


def test_a_model_not_measured_at_a_quality_has_an_empty_cell(found):
    html = detection_section(judged())
    assert "<th>a &amp; b</th><td>30.0<small>40.0</small></td><td></td>" in html
    assert "The originals: 40.0 and 50.0." in html


def test_the_gain_by_class_is_that_of_the_best_model_at_each_quality():
    html = detection_section(judged())
    assert re.findall("<summary>(.*?)</summary>", html) == [
        "Gain by class at quality 10, a &amp; b",
        "Gain by class at quality 20, c",
    ]
    assert "dog (5)" in html
    assert "://" not in html


def test_quoted_figures_are_marked_with_protocol_and_source():
    table = QuotedTable("PSNR ↑", "Grey.", "Someone <2020>.", (10, 20), 2, (("Net", (29.1, 31.25)),))
    html = quoted_section([table])
    assert "<caption>Quoted: Grey.</caption>" in html
    assert "<th>Net</th><td>29.10</td><td>31.25</td>" in html
    assert "Source: Someone &lt;2020&gt;." in html
    assert "not measured here" in html


def test_every_quoted_row_has_a_figure_for_each_quality():
    assert all(len(values) == len(table.qualities) for table in QUOTED for _, values in table.rows)
    assert {name.split(" ")[0] for table in QUOTED for name, _ in table.rows} == {
        "JPEG", "DnCNN-3", "FBCNN", "SwinIR", "CODiff"
    }  # fmt: skip


def test_the_page_has_sections_for_them(found):
    page = benchmark_page(found, detection=judged(), quoted=QUOTED)
    assert "<h2>Object detection</h2>" in page
    assert "<h2>Published figures (quoted, not measured here)</h2>" in page
    assert "://" not in page
