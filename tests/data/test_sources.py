"""Folders of pictures: found, split and read, with clear words for what is wrong."""

import logging

import numpy as np
import pytest
from PIL import Image

from artgan_hf.data import JpegDegradation
from artgan_hf.data.patches import PatchPairs, WholePairs, read_all
from artgan_hf.data.sources import find_images, read_clean, split
from artgan_hf.errors import DataError


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Ünter ordner").mkdir()
    for i, name in enumerate(["b.png", "a.PNG", "Ünter ordner/c.webp"]):
        Image.new("RGB", (100, 90), (i, 0, 0)).save(tmp_path / name)
    (tmp_path / "notes.txt").write_text("no picture")
    (tmp_path / ".hidden.png").write_bytes(b"")
    return tmp_path


def test_pictures_are_found_in_subfolders_and_sorted(folder):
    assert [path.name for path in find_images([folder])] == ["a.PNG", "b.png", "c.webp"]


def test_missing_and_empty_folders_are_named(tmp_path):
    with pytest.raises(DataError, match="nowhere does not exist"):
        find_images([tmp_path / "nowhere"])
    with pytest.raises(DataError, match="no pictures in"):
        find_images([tmp_path])


def test_held_out_pictures_are_never_trained_on(folder):
    paths = find_images([folder]) * 20
    training, validation = split(sorted(paths), 0.1)
    assert len(validation) == 6
    assert len(training) + len(validation) == 60
    assert split(paths, 0)[1] == []


def test_broken_pictures_are_left_out_with_one_counted_warning(folder, caplog):
    (folder / "broken.png").write_bytes(b"\x89PNG no")
    (folder / "empty.jpg").write_bytes(b"")
    with caplog.at_level(logging.WARNING):
        images = read_all(find_images([folder]))
    assert len(images) == 3
    assert [record.getMessage().split(" cannot")[0] for record in caplog.records] == ["2 of 5 pictures"]
    with pytest.raises(DataError, match="none of the 1 pictures"):
        read_all([folder / "broken.png"])


def test_patches_have_the_asked_size_and_range(folder):
    patches = PatchPairs(find_images([folder]), JpegDegradation(), patch_px=64, length=5)
    assert len(patches) == 5
    degraded, clean, quality = patches[4]
    assert degraded.shape == clean.shape == (3, 64, 64)
    assert 0 <= degraded.min() <= degraded.max() <= 1
    assert quality == 10


def test_a_picture_smaller_than_a_patch_is_refused(folder):
    patches = PatchPairs([read_clean(folder / "b.png")], JpegDegradation(), patch_px=96, length=1)
    with pytest.raises(DataError, match="100x90 is too small; patches of 96 need 112"):
        patches[0]


def test_validation_pairs_are_whole_and_the_same_every_time():
    image = np.random.default_rng(0).integers(0, 256, (33, 47, 3)).astype(np.uint8)
    pairs = WholePairs([image], JpegDegradation(10, 30))
    assert pairs[0].clean.shape == (3, 33, 47)
    assert pairs[0].quality == 20
    assert pairs[0].degraded.equal(pairs[0].degraded)
