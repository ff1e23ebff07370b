"""The grids of compressed pictures, on pictures that were cropped at known places."""

import numpy as np
import pytest
import torch
from PIL import Image

from artgan_hf.codecs import degrade, degrade_twice
from artgan_hf.errors import ShapeError
from artgan_hf.functional import block_grids


def to_tensor(picture):
    return torch.from_numpy(picture.copy()).permute(2, 0, 1).unsqueeze(0).float() / 255


@pytest.fixture(params=["otters", "osprey", "piazza", "portrait", "spices"])
def sample(request, repository):
    with Image.open(repository / "artgan_hf" / "samples" / f"{request.param}.avif") as image:
        return np.asarray(image.convert("RGB"))


def test_a_picture_that_was_never_compressed_has_none(sample):
    assert block_grids(to_tensor(sample)) == []


@pytest.mark.parametrize("quality", [5, 10, 30, 60, 85])
def test_what_was_cropped_tells_where_its_blocks_begin(sample, quality):
    jpeg = degrade(sample, quality)
    assert block_grids(to_tensor(jpeg)) == [(0, 0)]
    assert block_grids(to_tensor(jpeg[3:, 5:])) == [(5, 3)]
    assert block_grids(to_tensor(jpeg[6:, 8:])) == [(2, 0)]


@pytest.mark.parametrize("subsampling", ["4:4:4", "4:2:2"])
def test_the_subsampling_does_not_matter(sample, subsampling):
    assert block_grids(to_tensor(degrade(sample, 40, subsampling=subsampling)[1:, 7:])) == [(7, 1)]


def test_of_two_compressions_the_last_comes_first(sample):
    assert block_grids(to_tensor(degrade_twice(sample, 10, 50, shift_px=(4, 4)))) == [(0, 0), (4, 4)]
    assert block_grids(to_tensor(degrade_twice(sample, 50, 10, shift_px=(4, 4)))) == [(0, 0)]


def test_grey_is_enough(sample):
    jpeg = to_tensor(degrade(sample, 20)[2:, 2:])
    assert block_grids(jpeg.mean(1, keepdim=True)) == [(6, 6)]


def test_small_or_even_pictures_have_none():
    assert block_grids(torch.rand(1, 3, 95, 400)) == []
    assert block_grids(torch.full((1, 3, 128, 128), 0.4)) == []


def test_two_channels_are_refused():
    with pytest.raises(ShapeError):
        block_grids(torch.rand(1, 2, 128, 128))
