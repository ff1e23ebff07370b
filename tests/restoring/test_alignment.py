"""Crops of a JPEG are restored as well as the whole file: the network sees the blocks where they were."""

from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from artgan_hf import Restorer
from artgan_hf.codecs import degrade, degrade_twice
from artgan_hf.restoring.alignment import passes_of
from tests.toy_models import toy_child, toy_config


@pytest.fixture
def clean(repository):
    with Image.open(repository / "artgan_hf" / "samples" / "otters.avif") as image:
        return np.asarray(image.convert("RGB"))


def error(one, other):
    return float(np.square(one.astype(float) - other).mean())


def test_a_crop_of_a_jpeg_gains_nearly_what_the_whole_gains(clean):
    restorer = Restorer.from_pretrained("artgan/universal-pixel", device="cpu")
    jpeg = degrade(clean, 10)
    part = (slice(3, None), slice(5, None))
    gained = error(jpeg, clean) - error(restorer(jpeg), clean)
    of_crop = error(jpeg[part], clean[part]) - error(restorer(jpeg[part]), clean[part])
    assert of_crop > 0.9 * gained


def test_a_picture_compressed_twice_is_restored_twice(clean, monkeypatch):
    restorer = Restorer.from_pretrained("artgan/universal-pixel", device="cpu")
    compressed = degrade_twice(clean, 10, 50, shift_px=(4, 4))
    twice = restorer(compressed)
    assert passes_of(compressed) == [(0, 0), (4, 4)]
    monkeypatch.setattr("artgan_hf.restoring.expert.passes_of", lambda layer: [(0, 0)])
    once = restorer(compressed)
    gained_twice, gained_once = (error(compressed, clean) - error(restored, clean) for restored in (twice, once))
    assert gained_twice > 1.2 * gained_once > 0


def test_a_gan_does_not_make_up_detail_twice(clean, monkeypatch):
    restorer = Restorer.from_pretrained("artgan/universal", device="cpu")
    compressed = degrade_twice(clean, 10, 50, shift_px=(4, 4))
    careful = restorer(compressed)
    faithful = restorer(compressed, fidelity=1)
    monkeypatch.setattr("artgan_hf.restoring.fidelity.Lineage.has_parent", False)
    careless = restorer(compressed)
    assert error(faithful, clean) < error(careful, clean) < 0.9 * error(compressed, clean) < error(careless, clean)


def test_a_picture_compressed_twice_is_restored_where_the_parent_cannot_be_had(clean, caplog):
    config = replace(toy_config(), parent="nobody/nothing")
    restorer = Restorer(toy_child(), config, name="child", device="cpu")
    restored = restorer(degrade_twice(clean, 10, 50, shift_px=(4, 4)))
    assert restored.shape == clean.shape
    assert "without the parent: " in caplog.text


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
def test_the_type_of_the_pixels_does_not_matter(clean, dtype):
    highest = 1 if dtype is np.float32 else np.iinfo(dtype).max
    layer = (degrade(clean, 20)[2:, 7:] / 255 * highest).astype(dtype)
    assert passes_of(layer) == [(2, 7)]


def test_large_pictures_are_judged_by_their_middle(clean):
    large = np.tile(degrade(clean, 20), (2, 3, 1))
    assert passes_of(large) == [(0, 0)]
    assert passes_of(large[1:, 6:]) == [(1, 6)]


def test_what_was_never_compressed_and_what_is_small_stay_where_they_are(clean):
    assert passes_of(clean[3:, 5:]) == [(0, 0)]
    assert passes_of(degrade(clean, 20)[3:90, 5:]) == [(0, 0)]
