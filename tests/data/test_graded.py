"""Graded crops are the same every time, and are what they say they are."""

from types import SimpleNamespace

import numpy as np
import pytest
from tiny import photos

from artgan_hf.codecs.jpeg import degrade
from artgan_hf.data import GradedCrops, JpegDegradation
from artgan_hf.data.module import PairDataModule
from artgan_hf.errors import DataError, OptionError


@pytest.fixture
def images():
    generator = np.random.default_rng(0)
    return [generator.integers(0, 256, size, dtype=np.uint8) for size in ((96, 100, 3), (48, 40, 3), (20, 90, 3))]


def pixels(tensor):
    return (255 * tensor).round().byte().permute(1, 2, 0).numpy()


def test_every_crop_comes_at_every_quality_and_is_the_same_every_time(images):
    crops = GradedCrops(images, [5, 60], crop_px=24)
    assert len(crops) == 2 * (2 * 2 + 1)
    assert [int(crops[i].quality) for i in range(4)] == [5, 60, 5, 60]
    for index in (0, 3, len(crops) - 1):
        assert crops[index].degraded.shape == (3, 24, 24)
        assert crops[index].degraded.equal(crops[index].degraded)


def test_an_aligned_crop_is_the_corner_of_a_file(images):
    crops = GradedCrops(images, [10], crop_px=24, shifted=False, subsamplings=["4:2:0", "4:4:4"])
    second = images[0][:40, 40:80]
    assert np.array_equal(pixels(crops[1].degraded), degrade(second, 10, subsampling="4:4:4")[:24, :24])
    assert np.array_equal(pixels(crops[1].clean), second[:24, :24])


def test_shifted_crops_start_anywhere_on_the_grid(images):
    crops = GradedCrops(images[:1], list(range(1, 101)), crop_px=24)
    clean = images[0][:40, :40]
    origins = set()
    for index in range(60):
        crop = pixels(crops[index].clean)
        places = [(y, x) for y in range(17) for x in range(17) if np.array_equal(crop, clean[y : y + 24, x : x + 24])]
        origins.update((y % 8, x % 8) for y, x in places)
    assert len(origins) > 25


def test_too_small_pictures_and_too_high_indices_are_refused(images):
    with pytest.raises(DataError, match="none of 1 pictures is large enough: crops of 24 need 40x40"):
        GradedCrops(images[2:], [5], crop_px=24)
    with pytest.raises(IndexError, match="there are 5 graded crops"):
        GradedCrops(images, [5], crop_px=24)[5]


@pytest.mark.parametrize("degradation", [JpegDegradation(3, 97), [JpegDegradation(3, 20), JpegDegradation(3, 97)]])
def test_a_recipe_with_grades_validates_on_crops_of_held_out_pictures(tmp_path, degradation):
    module = PairDataModule(
        [str(photos(tmp_path))],
        degradation,
        batch_size=4,
        patch_px=32,
        held_out=0.25,
        workers=0,
        graded=[5, 60],
    )
    module.setup()
    (batch,) = list(module.val_dataloader())
    assert batch.degraded.shape == (2, 3, 32, 32)
    assert batch.quality.tolist() == [5, 60]


def test_grades_of_another_codec_are_refused():
    with pytest.raises(OptionError, match="graded crops are JPEGs, but the degradation is h264"):
        PairDataModule([], SimpleNamespace(codec="h264"), graded=[5])
