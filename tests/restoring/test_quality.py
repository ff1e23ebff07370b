"""The quality predictor takes every kind of picture, and looks where there is something to see."""

import pickle

import numpy as np
import pytest
import torch
from PIL import Image
from toy_models import toy_predictor_folder

from artgan_hf import ImageError, ModelConfig, PredictedQuality, QualityPredictor, ShapeError
from artgan_hf.networks import QualityNetwork
from artgan_hf.restoring.quality import textured_crops


@pytest.fixture
def predictor():
    """Untrained: what it says depends on the picture."""
    config = ModelConfig(
        kind="quality-predictor", architecture="quality-cnn", options={"channels": 8}, codec="jpeg", quality=(3, 97),
        description="A toy.",
    )  # fmt: skip
    return QualityPredictor(QualityNetwork(channels=8), config, name="toy", device="cpu")


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (50, 70, 3), dtype=np.uint8)


def test_the_same_pixels_in_any_form_have_the_same_quality(predictor, pixels, tmp_path):
    Image.fromarray(pixels).save(tmp_path / "a.png")
    expected = predictor(pixels)
    tensor = torch.from_numpy(pixels).permute(2, 0, 1)
    for source in (
        tmp_path / "a.png", (tmp_path / "a.png").read_bytes(), Image.fromarray(pixels), tensor, tensor / 255,
        pixels.astype(np.float32) / 255, pixels.astype(np.uint16) * 257,
    ):  # fmt: skip
        assert predictor(source).expected == pytest.approx(expected.expected, abs=1e-3)


def test_grey_and_alpha_pictures_are_judged_too(predictor, pixels):
    for mode in ("L", "LA", "RGBA", "CMYK", "P", "1"):
        assert 1 <= predictor(Image.fromarray(pixels).convert(mode)).quality <= 100


def test_the_answer_is_one_quality_and_the_shares_of_six(predictor, pixels):
    predicted = predictor(pixels)
    assert isinstance(predicted, PredictedQuality)
    assert list(predicted.probabilities) == [5, 10, 20, 30, 40, 60]
    assert sum(predicted.probabilities.values()) == pytest.approx(1, abs=1e-4)
    assert isinstance(predicted.quality, int)


def test_a_sure_network_is_quoted(tmp_path, pixels):
    predicted = QualityPredictor.from_pretrained(toy_predictor_folder(tmp_path, quality=37), device="cpu")(pixels)
    assert predicted.quality == 37
    assert predicted.expected == pytest.approx(37, abs=0.01)
    assert predicted.probabilities[40] == pytest.approx(1, abs=1e-3)


def test_of_a_large_picture_the_textured_parts_are_judged():
    flat = np.full((600, 900, 3), 90, np.uint8)
    flat[128:192, 512:640] = np.random.default_rng(0).integers(0, 256, (64, 128, 3))
    crops = textured_crops(flat, crop_px=64, most=2)
    assert len(crops) == 2
    assert all(crop.std() > 50 for crop in crops)


def test_a_narrow_picture_is_cut_into_pieces_of_its_own_height():
    crops = textured_crops(np.zeros((20, 200, 3), np.uint8), crop_px=64)
    assert [crop.shape for crop in crops] == [(20, 64, 3)] * 3


def test_too_small_and_impossible_sources_are_refused_in_words(predictor):
    with pytest.raises(ImageError, match="the picture has 40x15 pixels; a quality can be told from 16x16 on"):
        predictor(np.zeros((15, 40, 3), np.uint8))
    with pytest.raises(ShapeError, match="dtype int64"):
        predictor(np.zeros((20, 20, 3), np.int64))
    with pytest.raises(ImageError):
        predictor("nothing.jpg")


def test_a_predictor_can_be_pickled(predictor, pixels):
    assert pickle.loads(pickle.dumps(predictor))(pixels) == predictor(pixels)
