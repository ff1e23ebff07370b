import shutil

import pytest

from artgan_hf.errors import OptionError
from artgan_hf.evaluation.captions import read_captions, score_captions
from artgan_hf.evaluation.captions.scores import Tools, find_tools

FREE_OF_JAVA = ("bleu", "rouge", "cider")


@pytest.fixture(scope="module")
def human(shared_data):
    """One person's captions of 28 pictures, and four other people's."""
    pictures = read_captions(shared_data / "coco_mini" / "captions.json", shared_data / "coco_mini")
    said = {picture.path.name: picture.captions[0] for picture in pictures}
    return said, {picture.path.name: picture.captions[1:] for picture in pictures}


def test_people_agree_with_each_other_as_the_coco_leaderboard_says(human):
    # COCO's row for human captions, 5 references: BLEU-1 .663, BLEU-4 .217, ROUGE-L .484, CIDEr .854 (40775 pictures).
    scores = score_captions(*human, Tools("plain", FREE_OF_JAVA, {}))
    assert scores["bleu_1"] == pytest.approx(0.663, abs=0.02)
    assert scores["bleu_4"] == pytest.approx(0.217, abs=0.04)
    assert scores["rouge"] == pytest.approx(0.484, abs=0.02)
    assert scores["cider"] == pytest.approx(0.854, abs=0.15)
    # What pycocoevalcap 1.2 itself gives for these 28.
    pinned = {"bleu_1": 0.6667, "bleu_2": 0.4531, "bleu_3": 0.3035, "bleu_4": 0.1963, "rouge": 0.4837, "cider": 0.9693}
    assert scores == pytest.approx(pinned, abs=1e-4)


def test_captions_of_other_pictures_score_low(human):
    said, references = human
    names = list(said)
    moved = dict(zip(names, [said[name] for name in names[1:] + names[:1]], strict=True))
    scores = score_captions(moved, references, Tools("plain", ("bleu", "cider"), {}))
    assert scores["cider"] < 0.1
    assert scores["bleu_4"] < 0.01


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("java") is None, reason="METEOR and the PTB tokenizer need Java")
@pytest.mark.filterwarnings("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning")
def test_with_java_there_is_meteor_and_the_ptb_tokenizer(human):
    tools = find_tools()
    assert (tools.tokenizer, tools.scores, tools.reasons) == ("PTB", ("bleu", "meteor", "rouge", "cider"), {})
    scores = score_captions(*human, tools)
    assert scores["meteor"] == pytest.approx(0.252, abs=0.01)  # COCO's row for human captions
    assert scores["bleu_4"] == pytest.approx(0.1963, abs=1e-4)


def test_without_java_the_rest_is_computed_and_the_reason_said(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    tools = find_tools(["bleu", "meteor", "spice"])
    assert (tools.tokenizer, tools.scores) == ("plain", ("bleu",))
    assert tools.reasons == {"meteor": "METEOR needs Java", "spice": "SPICE needs Java"}
    assert set(score_captions({"a": "a dog"}, {"a": ["a dog"]}, tools)) == {"bleu_1", "bleu_2", "bleu_3", "bleu_4"}


def test_spice_without_its_models_is_a_reason_not_a_download(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: "/usr/bin/java")
    monkeypatch.setattr("artgan_hf.evaluation.captions.scores.SPICE_MODELS", "not-there.jar")
    assert "get_stanford_models" in find_tools(["spice", "rouge"]).reasons["spice"]


def test_bad_calls_are_refused():
    with pytest.raises(OptionError, match="known: bleu"):
        find_tools(["blue"])
    with pytest.raises(OptionError, match="1 captions for 2 pictures"):
        score_captions({"a": "x"}, {"a": ["x"], "b": ["y"]})
