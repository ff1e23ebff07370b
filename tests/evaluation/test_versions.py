import io
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest

from artgan_hf.codecs import degrade, encode
from artgan_hf.errors import OptionError, QualityError, ShapeError
from artgan_hf.evaluation.versions import Version, list_versions, make_versions
from artgan_hf.types import Restored

CLEAN = np.random.default_rng(0).integers(0, 256, (24, 40, 3), np.uint8)


def model(change=lambda image: image, name="ours"):
    def restore(file):
        return Restored(change(PIL.Image.open(io.BytesIO(file))), 10, name, 0.1)

    return SimpleNamespace(name=name, restore=restore)


def test_every_version_comes_in_the_listed_order_and_is_what_it_says():
    inverted = model(lambda image: PIL.Image.fromarray(255 - np.asarray(image)))
    made = dict(make_versions(Path("a.png"), CLEAN, [inverted], [10, 20, 10]))
    assert tuple(made) == list_versions([inverted], [10, 20, 10])
    assert [version.label for version in made] == ["original", "jpeg at 10", "ours at 10", "jpeg at 20", "ours at 20"]
    assert np.array_equal(made[Version("original", None)], CLEAN)
    assert np.array_equal(made[Version("jpeg", 20)], degrade(CLEAN, 20))
    assert np.array_equal(made[Version("ours", 20)], 255 - degrade(CLEAN, 20))


def test_grey_pictures_become_rgb_for_the_judge_but_grey_jpegs_for_the_model():
    seen = []
    grey = SimpleNamespace(name="ours", restore=lambda file: seen.append(file) or model().restore(file))
    shapes = {pixels.shape for _, pixels in make_versions(Path("a.png"), CLEAN[..., 0], [grey], [10])}
    assert shapes == {(24, 40, 3)}
    assert seen == [encode(CLEAN[..., 0], 10)]


def test_a_model_that_changes_the_size_is_named():
    with pytest.raises(ShapeError, match=r"ours gave 8x8 pixels for a\.png, which is 40x24"):
        list(make_versions(Path("a.png"), CLEAN, [model(lambda image: image.resize((8, 8)))], [10]))


def test_bad_knobs_are_refused():
    with pytest.raises(QualityError):
        list_versions([], [0])
    with pytest.raises(OptionError, match="no quality"):
        list_versions([], [])
    with pytest.raises(OptionError, match="a name of its own"):
        list_versions([model(name="jpeg")], [10])
