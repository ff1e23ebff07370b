import io
import json
import shutil
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest

from artgan_hf.errors import ModelNotFoundError
from artgan_hf.evaluation.captions import Fidelity, evaluate_captions, open_captioner, read_captions
from artgan_hf.evaluation.detection import Detections
from artgan_hf.types import Restored

SAID = {"red": "a red dog on the bed", "blue": "a blue cat on the street"}


@pytest.fixture(autouse=True)
def _without_java(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)  # its start takes longer than all of these tests


@pytest.fixture
def pictures(tmp_path):
    images, captions = [], []
    for number, (colour, caption) in enumerate(SAID.items()):
        PIL.Image.new("RGB", (24, 16), colour).save(tmp_path / f"{colour}.png")
        images.append({"id": number, "file_name": f"{colour}.png"})
        captions += [{"image_id": number, "caption": caption}, {"image_id": number, "caption": f"{caption} today"}]
    (tmp_path / "captions.json").write_text(json.dumps({"images": images, "annotations": captions}))
    return read_captions(tmp_path / "captions.json", tmp_path)


class SeesColours:
    """Says the human sentence of a picture of one even colour, and nothing of use of another."""

    name = "sees-colours"

    def __call__(self, image):
        colours = {(255, 0, 0): "red", (0, 0, 255): "blue"}
        return SAID.get(colours.get(tuple(image[0, 0]), ""), "something else entirely is here")


def repaired(file):
    mean = np.asarray(PIL.Image.open(io.BytesIO(file))).mean((0, 1))
    return Restored(PIL.Image.new("RGB", (24, 16), "red" if mean[0] > mean[2] else "blue"), 10, "fixes", 0.1)


MODEL = SimpleNamespace(name="fixes", restore=repaired)


def test_sentences_on_restored_pictures_score_as_on_the_originals(pictures):
    report = evaluate_captions(SeesColours(), pictures, [MODEL], [10], scores=["bleu", "rouge"])
    original, jpeg, restored = report.rows
    assert original.scores["bleu_4"] == pytest.approx(1, abs=1e-6)
    assert restored.scores == original.scores
    assert jpeg.scores["bleu_4"] < 0.01
    assert jpeg.captions == dict.fromkeys(("blue.png", "red.png"), "something else entirely is here")


def test_the_report_is_a_table_json_and_markdown_and_says_what_is_missing(pictures):
    report = evaluate_captions(SeesColours(), pictures, [MODEL], [10, 20], scores=["rouge", "meteor"])
    lines = report.table().splitlines()
    assert lines[1].split() == ["quality", "version", "ROUGE-L"]
    assert lines[-1] == "METEOR needs Java; the rest was computed."
    content = json.loads(json.dumps(report.as_dict(), allow_nan=False))
    assert content["rows"][0]["captions"]["red.png"] == SAID["red"]
    assert content["not_computed"] == {"meteor": "METEOR needs Java"}
    assert "plain tokenizer" in content["protocol"]
    assert "| fixes | 20 | 1.000 |" in report.markdown()


def test_vifidel_holds_the_sentence_against_the_objects_of_the_original(pictures, tmp_path):
    (tmp_path / "glove.txt").write_text("dog 1 0 0\nred 0 1 0\nbed 0 0 1\ncat 1 1 1\n")

    class Finder:
        name, classes = "finder", ("dog", "bed", "cat")

        def __call__(self, image):
            labels = self.classes if image[0, 0, 0] > 100 else ()
            return Detections(np.zeros((len(labels), 4)), np.array([0.9, 0.8, 0.2])[: len(labels)], labels)

    fidelity = Fidelity(Finder(), tmp_path / "glove.txt")
    report = evaluate_captions(SeesColours(), pictures, [], [10], scores=["bleu"], fidelity=fidelity)
    original, jpeg = (row.scores["vifidel"] for row in report.rows)
    # Dog and bed, half each, against red, dog and bed, a third each: a third is moved over sqrt(2), to red. The unsure
    # cat and the picture without objects do not count.
    assert original == pytest.approx(np.exp(-np.sqrt(2) / 3))
    assert jpeg == 0
    assert "finder detects" in report.as_dict()["protocol"]


def test_a_transformers_captioner_runs_end_to_end(pictures, tiny_captioner):
    captioner = open_captioner(str(tiny_captioner))
    image = np.random.default_rng(0).integers(0, 256, (24, 32, 3), np.uint8)
    sentence = captioner(image)
    assert sentence == captioner(image)
    assert set(sentence.split()) <= {"a", "dog", "cat", "on", "the", "bed", "red", "street", "."}
    report = evaluate_captions(captioner, pictures, [MODEL], [10], scores=["bleu", "cider"])
    assert [row.version.model for row in report.rows] == ["original", "jpeg", "fixes"]
    assert all(0 <= row.scores["bleu_1"] <= 1 for row in report.rows)


def test_a_function_is_a_captioner_and_what_is_none_is_said(tmp_path, monkeypatch):
    (tmp_path / "captioner_of_the_test.py").write_text("def say(image):\n    return f'{image.shape[1]} pixels wide'\n")
    monkeypatch.chdir(tmp_path)
    assert open_captioner("captioner_of_the_test:say")(np.zeros((2, 7, 3), np.uint8)) == "7 pixels wide"
    with pytest.raises(ModelNotFoundError, match="cannot be loaded as a captioner"):
        open_captioner(str(tmp_path))
