import sys
from importlib.util import find_spec

import numpy as np
import pytest

from artgan_hf.errors import DataError, MissingExtraError, OptionError
from artgan_hf.evaluation.identity import open_embedder

PICTURE = np.zeros((8, 8, 3), np.uint8)


def test_a_function_of_ones_own_is_an_embedder(tmp_path, monkeypatch):
    (tmp_path / "embedder_of_the_test.py").write_text(
        "def good(versions):\n    return [[one.mean()] for one in versions]\n\ndef bad(versions):\n    return [1, 2]\n"
    )
    monkeypatch.chdir(tmp_path)
    assert open_embedder("embedder_of_the_test:good")([PICTURE, PICTURE + 4]).tolist() == [[0], [4]]
    with pytest.raises(OptionError, match=r"embedder_of_the_test:bad gave shape \(2,\) for 2 pictures"):
        open_embedder("embedder_of_the_test:bad")([PICTURE, PICTURE])
    with pytest.raises(OptionError, match="'arcface'; dlib, or MODULE:FUNCTION"):
        open_embedder("arcface")


def test_without_dlib_the_message_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "dlib", None)
    with pytest.raises(MissingExtraError, match=r"artgan-hf\[faces\]"):
        open_embedder("dlib")


def test_dlib_knows_a_face_again_and_says_when_there_is_none(repository):
    pytest.importorskip("dlib", reason="needs dlib")
    if find_spec("face_recognition_models") is None:
        pytest.skip("needs dlib's models")
    from artgan_hf.evaluation.clean_pictures import read_clean

    embed = open_embedder("dlib")
    face = read_clean(repository / "artgan_hf" / "samples" / "portrait.avif")
    same, mirrored, noise = embed(
        [face, face[:, ::-1], np.random.default_rng(0).integers(0, 256, face.shape, np.uint8)]
    )
    assert np.linalg.norm(same - mirrored) < np.linalg.norm(same - noise)
    with pytest.raises(DataError, match="no face"):
        embed([np.zeros((64, 64, 3), np.uint8)])
