import math

import pytest

from artgan_hf.errors import DataError
from artgan_hf.evaluation.captions import read_word_vectors, vifidel

GLOVE = "the 1 0 0\ndog 2 0 0\npuppy 3 4 0\ncar 0 0 5\nred 0 7 0\n"


@pytest.fixture
def vectors(tmp_path):
    (tmp_path / "glove.txt").write_text(GLOVE)
    return read_word_vectors(tmp_path / "glove.txt", ["dog", "puppy", "car", "red", "unicorn"])


def test_vectors_have_length_one_and_only_the_wanted_words_are_kept(vectors):
    assert set(vectors) == {"dog", "puppy", "car", "red"}
    assert vectors["puppy"].tolist() == pytest.approx([0.6, 0.8, 0])


def test_naming_just_the_objects_is_one_and_a_near_word_beats_a_far_one(vectors):
    assert vifidel(["dog"], "A dog.", vectors) == 1
    # From dog (1, 0, 0) to puppy (.6, .8, 0) it is sqrt(.16 + .64), to car (0, 0, 1) sqrt(2).
    assert vifidel(["dog"], "the puppy", vectors) == pytest.approx(math.exp(-math.sqrt(0.8)))
    assert vifidel(["dog"], "the car", vectors) == pytest.approx(math.exp(-math.sqrt(2)))


def test_words_are_moved_by_the_cheapest_way_and_in_their_shares(vectors):
    # Two dogs of three objects: a third of the weight stays at the car, one third at the dog, one third is moved over.
    value = vifidel(["dog", "dog", "car"], "a dog, a car and a car", vectors)
    assert value == pytest.approx(math.exp(-math.sqrt(2) / 3))


def test_nothing_in_common_with_the_vectors_is_zero(vectors):
    assert vifidel(["unicorn"], "A dog.", vectors) == 0
    assert vifidel(["dog"], "It is on the.", vectors) == 0


def test_bad_files_are_named(tmp_path):
    path = tmp_path / "glove.txt"
    with pytest.raises(DataError, match=r"glove\.txt cannot be read"):
        read_word_vectors(path, ["dog"])
    path.write_text("dog 1 2 x\n")
    with pytest.raises(DataError, match=r"glove\.txt, line 1"):
        read_word_vectors(path, ["dog"])
    path.write_text("cat 1 2\n")
    with pytest.raises(DataError, match="none of the words"):
        read_word_vectors(path, ["dog"])
    path.write_text("cat 1 2\ndog 1\n")
    with pytest.raises(DataError, match="different lengths"):
        read_word_vectors(path, ["dog", "cat"])
