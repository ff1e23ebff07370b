"""Folders of pictures: found, split and read, with clear words for what is wrong."""

import logging

import numpy as np
import pytest
from PIL import Image

from artgan_hf.data import JpegDegradation
from artgan_hf.data.patches import PatchPairs, WholePairs
from artgan_hf.data.sources import FilePictures, FolderSource, find_images, read_all, read_clean, split
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
    training, validation = split(list(range(60)), 0.1)
    assert len(validation) == 6
    assert sorted(training + validation) == list(range(60))
    assert split([1, 2], 0)[1] == []


def test_unusable_pictures_are_left_out_with_one_counted_warning(folder, caplog):
    (folder / "broken.png").write_bytes(b"\x89PNG no")
    (folder / "empty.jpg").write_bytes(b"")
    Image.new("RGB", (300, 79)).save(folder / "flat.png")
    with caplog.at_level(logging.WARNING):
        images = read_all(find_images([folder]), read_clean, 80)
    assert [image.shape for image in images] == [(90, 100, 3)] * 3
    assert [record.getMessage().split(";")[0] for record in caplog.records] == ["3 of 6 pictures are left out"]
    with pytest.raises(DataError, match="none of the 1 pictures"):
        read_all([folder / "broken.png"], read_clean)
    with pytest.raises(DataError, match=r"b\.png is too small, 100x90; 96 pixels are needed"):
        read_all([folder / "b.png"], read_clean, 96)


def test_a_folder_source_keeps_whole_small_pictures_for_validation_or_their_middle(folder):
    for i in range(7):
        Image.new("RGB", (200, 150), (0, i, 0)).save(folder / f"{i}.png")
    opened = FolderSource([str(folder)]).open(0.5, 120, None)
    assert {image.shape for image in opened.training} == {(150, 200, 3)}
    assert {image.shape for image in opened.held_out} == {(150, 200, 3), (90, 100, 3)}
    opened = FolderSource([str(folder)]).open(0.5, 120, 96)
    assert {image.shape for image in opened.held_out} == {(96, 96, 3), (90, 96, 3)}


def test_files_read_anew_give_the_same_pictures_as_files_in_memory(folder):
    read_anew = FolderSource([str(folder)], in_memory=False).open(0.3, 64, None).training
    in_memory = FolderSource([str(folder)]).open(0.3, 64, None).training
    assert len(read_anew) == len(in_memory) == 2
    assert all(np.array_equal(read_anew[i], in_memory[i]) for i in range(2))


def test_patches_have_the_asked_size_and_range(folder):
    patches = PatchPairs(FilePictures(find_images([folder])), JpegDegradation(), patch_px=64, length=5)
    assert len(patches) == 5
    degraded, clean, quality = patches[4]
    assert degraded.shape == clean.shape == (3, 64, 64)
    assert 0 <= degraded.min() <= degraded.max() <= 1
    assert quality == 10


def test_in_place_of_an_unusable_picture_the_next_one_is_taken(folder, caplog):
    (folder / "c.png").write_bytes(b"\x89PNG no")
    Image.new("RGB", (79, 300)).save(folder / "d.png")
    pictures = FilePictures([folder / name for name in ("b.png", "c.png", "d.png", "a.PNG")])
    patches = PatchPairs(pictures, JpegDegradation(), patch_px=64, length=1)
    reds = [round(255 * patches[0].clean[0].mean().item()) for _ in range(200)]
    assert 120 <= sum(reds) <= 180  # b.png is black; a.PNG has red 1 and comes in place of two others
    assert [record.getMessage().split(":")[0] for record in caplog.records] == [
        "a picture is left out, and so will be others like it"
    ]


def test_every_picture_is_trained_on_however_short_an_epoch_is():
    pictures = [np.full((80, 80, 3), level, np.uint8) for level in range(6)]
    patches = PatchPairs(pictures, JpegDegradation(clean=1), patch_px=64, length=2)
    assert {round(255 * patches[0].clean.max().item()) for _ in range(100)} == set(range(6))


def test_nothing_usable_is_an_error_that_says_why(folder):
    patches = PatchPairs([read_clean(folder / "b.png")], JpegDegradation(), patch_px=96, length=1)
    with pytest.raises(DataError, match=r"1 pictures in a row cannot be trained on; the last: .*100x90; 112 pixels"):
        patches[0]
    with pytest.raises(DataError, match="no picture to train on"):
        PatchPairs([], JpegDegradation())


def test_validation_pairs_are_whole_and_the_same_every_time():
    image = np.random.default_rng(0).integers(0, 256, (33, 47, 3)).astype(np.uint8)
    pairs = WholePairs([image], JpegDegradation(10, 30))
    assert pairs[0].clean.shape == (3, 33, 47)
    assert pairs[0].quality == 20
    assert pairs[0].degraded.equal(pairs[0].degraded)
