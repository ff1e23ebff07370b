import json
from html.parser import HTMLParser

import pytest

from artgan_hf.evaluation.page import benchmark_page
from artgan_hf.hub.card_scores import QualityReport, QualityScores

VOID = {"meta", "input", "br", "img"}


class Outline(HTMLParser):
    """Elements with their attributes, headings, and the content of scripts; complains of what is not closed."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.headings, self.scripts, self.attributes = [], [], [], [], []
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += attributes
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.tags.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "h2":
            self.headings.append(data)
        if self.open and self.open[-1] == "script":
            self.scripts.append(data)


def test_the_page_is_well_formed_and_has_a_section_for_all_that_was_found(found):
    outline = Outline(benchmark_page(found))
    assert outline.headings == ["Scores", "Look", "Bits saved", "Curves", "Picture by picture", "How it was measured"]


def test_nothing_is_fetched_from_elsewhere(found):
    page = benchmark_page(found)
    assert "://" not in page
    assert not {"link", "iframe", "object"} & set(Outline(page).tags)
    assert not [value for name, value in Outline(page).attributes if name in ("src", "href")]
    assert "default-src 'none'" in page


def test_evil_names_stay_names(found):
    page = benchmark_page(found)
    outline = Outline(page)
    assert outline.tags.count("script") == 2
    assert "<b>.png" not in page
    assert "peer &amp; co" in page
    crops = json.loads(outline.scripts[0])
    assert [picture["name"] for picture in crops["pictures"]] == list(found.pictures)


def test_the_viewer_has_every_version_of_every_picture(found):
    crops = json.loads(Outline(benchmark_page(found)).scripts[0])
    assert crops["models"] == ["jpeg", "ours", "peer & co", "original"]
    expected = {"original", *(f"{q} {model}" for q in (10, 20) for model in ("jpeg", "ours", "peer & co"))}
    for picture in crops["pictures"]:
        assert picture["versions"].keys() == expected


def test_with_another_codec_the_page_speaks_of_that_one(h264):
    page = benchmark_page(h264)
    outline = Outline(page)
    assert outline.headings == ["Scores", "Look", "Bits saved", "Curves", "Picture by picture", "How it was measured"]
    assert "JPEG" not in page and "jpeg" not in page
    assert "toys: H.264 and its restorations" in page
    assert "<caption>CRF 20</caption>" in page
    assert "H.264 at CRF 20 harms most" in page
    crops = json.loads(outline.scripts[0])
    assert (crops["knob"], crops["models"][0]) == ("CRF", "h264")


def test_sections_without_content_are_left_out(found):
    from dataclasses import replace

    jpeg = tuple(score for score in found.scores if score.model == "jpeg" and score.quality == 10)
    alone = replace(found, models=(), qualities=(10,), scores=jpeg, crops=())
    assert Outline(benchmark_page(alone)).headings == ["Scores", "How it was measured"]


@pytest.fixture
def predictor():
    scores = QualityScores(mae=0.31, confusion=((3, 1), (0, 4)), accuracy=(0.75, 1.0))
    return QualityReport(
        model="artgan/qf-predictor", dataset="toys", pictures=2, crop_px=128, crops=4, classes=(5, 10),
        subsamplings=("4:2:0",), aligned=scores, shifted=scores,
    )  # fmt: skip


def test_the_predictors_confusions_are_shown_in_per_cent(found, predictor):
    page = benchmark_page(found, predictor=predictor)
    assert "Quality predictor" in Outline(page).headings
    assert '<th>5</th><td style="--share:0.75">75.0</td><td style="--share:0.25">25.0</td>' in page
    assert "mean absolute error 0.31" in page
