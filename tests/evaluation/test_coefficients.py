import numpy as np
import pytest

from artgan_hf.codecs import degrade, encode
from artgan_hf.evaluation.coefficients import returned_share


@pytest.fixture
def clean():
    y, x = np.mgrid[:48, :64][..., None]
    return (120 + 60 * np.sin(y / 5 + np.arange(3)) + 50 * np.cos(x / 7)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2", "4:2:0"])
def test_the_original_gives_its_own_file_back(clean, subsampling):
    assert returned_share(clean, encode(clean, 10, subsampling=subsampling)) == 1


def test_grey_files_are_compared_as_grey(clean):
    grey = clean[..., 1]
    assert returned_share(grey, encode(grey, 20)) == 1


def test_one_changed_block_of_a_grey_file_is_its_share(clean):
    grey = np.array(clean[..., 1])
    jpeg = encode(grey, 10)
    dark = np.array(grey)
    dark[:8, :8] = np.clip(dark[:8, :8].astype(int) - 40, 0, 255)
    coefficients = 48 * 64
    assert returned_share(dark, jpeg) == pytest.approx(1 - 1 / coefficients, abs=0.1 / coefficients)


def test_a_picture_of_another_scene_gives_other_coefficients(clean):
    assert returned_share(degrade(clean, 10)[::-1].copy(), encode(clean, 10)) < 0.995
