import json
from itertools import pairwise

import numpy as np
import PIL.Image
import pytest
from toy_models import toy_restorer

from artgan_hf.codecs import degrade
from artgan_hf.errors import DataError, OptionError, QualityError, ShapeError
from artgan_hf.evaluation.study import Plan, new_study, open_study


@pytest.fixture
def clean(tmp_path):
    folder = tmp_path / "clean"
    folder.mkdir()
    for name, pixels in zip("abcd", np.random.default_rng(0).integers(0, 256, (4, 16, 24, 3), np.uint8), strict=True):
        PIL.Image.fromarray(pixels).save(folder / f"{name}.png")
    return folder


@pytest.fixture
def study(tmp_path, clean):
    return new_study(tmp_path / "study", Plan(clean, models=[toy_restorer()]), title="Toys", seed=3)


def pixels_of(study, picture, method):
    (file,) = [one.file for one in study.stimuli if (one.picture, one.method) == (picture, method)]
    return np.array(PIL.Image.open(study.folder / file))


def test_every_picture_but_those_for_training_comes_by_every_method(study):
    assert study.methods == ("original", "jpeg", "anchor", "toy")
    assert sorted({stimulus.picture for stimulus in study.stimuli}) == ["b", "c", "d"]
    assert len(study.stimuli) == 3 * 4
    assert [(one.picture, one.method) for one in study.training] == [("a", "original"), ("a", "anchor")]
    assert open_study(study.folder) == study


def test_the_stored_pictures_are_exactly_what_the_methods_gave(study, clean):
    original = np.array(PIL.Image.open(clean / "b.png"))
    assert np.array_equal(pixels_of(study, "b", "original"), original)
    assert np.array_equal(pixels_of(study, "b", "jpeg"), degrade(original, 10))
    assert np.array_equal(pixels_of(study, "b", "anchor"), degrade(original, 5))
    assert not np.array_equal(pixels_of(study, "b", "toy"), degrade(original, 10))


def test_file_names_tell_neither_picture_nor_method(study):
    for stimulus in study.stimuli:
        assert stimulus.picture not in stimulus.file.removeprefix("stimuli/").removesuffix(".png").split("/")
        assert stimulus.method not in stimulus.file
    assert len({stimulus.file for stimulus in study.stimuli}) == len(study.stimuli)


def test_raters_get_orders_of_their_own_that_stay_the_same(study):
    orders = {rater: study.order(rater) for rater in ("Anna", "Bob")}
    assert orders["Anna"] == study.order("Anna")
    assert orders["Anna"] != orders["Bob"]
    for order in orders.values():
        assert sorted(trial.stimulus.file for trial in order) == sorted(one.file for one in study.stimuli)
        pictures = [trial.stimulus.picture for trial in order]
        assert all(first != second for first, second in pairwise(pictures))


def test_a_question_shows_the_original_of_the_same_picture(study):
    for trial in (*study.order("Anna"), *study.training_trials()):
        stimuli = (*study.stimuli, *study.training)
        (reference,) = [one for one in stimuli if study.folder / one.file == trial.reference]
        assert (reference.picture, reference.method) == (trial.stimulus.picture, "original")


def test_methods_may_be_folders_of_pictures(tmp_path, clean):
    ours = tmp_path / "ours"
    ours.mkdir()
    for name in "abcd":
        PIL.Image.new("RGB", (24, 16), "red").save(ours / f"{name}.webp", lossless=True)
    study = new_study(tmp_path / "study", Plan(clean, folders={"ours": ours}, anchor_quality=None))
    assert study.methods == ("original", "jpeg", "ours")
    assert (pixels_of(study, "c", "ours") == (255, 0, 0)).all()
    (ours / "c.webp").unlink()
    with pytest.raises(DataError, match=r"ours has no picture named c, as .*c\.png is"):
        new_study(tmp_path / "second", Plan(clean, folders={"ours": ours}))
    PIL.Image.new("RGB", (16, 24)).save(ours / "c.webp")
    with pytest.raises(ShapeError, match=r"c\.webp is 16x24 pixels, its original .*c\.png 24x16"):
        new_study(tmp_path / "second", Plan(clean, folders={"ours": ours}))
    assert not list(tmp_path.glob("second*"))  # whole or not at all


def test_a_plan_without_sense_is_refused(tmp_path, clean):
    place = tmp_path / "study"
    with pytest.raises(OptionError, match="training takes 4 of 4"):
        new_study(place, Plan(clean, training=4))
    with pytest.raises(OptionError, match="the anchor is JPEG at 10"):
        new_study(place, Plan(clean, anchor_quality=10))
    with pytest.raises(OptionError, match="a name of its own"):
        new_study(place, Plan(clean, folders={"jpeg": clean}))
    with pytest.raises(QualityError):
        new_study(place, Plan(clean, quality=0))
    with pytest.raises(DataError, match="nowhere is not a folder"):
        new_study(place, Plan(clean, folders={"ours": tmp_path / "nowhere"}))
    PIL.Image.new("RGB", (24, 16)).save(clean / "a.webp")
    with pytest.raises(DataError, match="two pictures named a"):
        new_study(place, Plan(clean))


def test_ratings_are_safe_from_a_second_new(study, clean):
    with pytest.raises(DataError, match="study is there already and not empty"):
        new_study(study.folder, Plan(clean))


def test_broken_studies_are_named(study, tmp_path):
    with pytest.raises(DataError, match=r"study\.json does not exist; make a study"):
        open_study(tmp_path)
    (study.folder / study.stimuli[0].file).unlink()
    with pytest.raises(DataError, match=rf"{study.stimuli[0].file} is missing"):
        open_study(study.folder)
    path = study.folder / "study.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format_version": 99}))
    with pytest.raises(DataError, match="newer than this program"):
        open_study(study.folder)
    path.write_text("{}")
    with pytest.raises(DataError, match=r"study\.json is not a study"):
        open_study(study.folder)
