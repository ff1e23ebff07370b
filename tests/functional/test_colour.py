import numpy as np
import pytest
import torch
from PIL import Image

from artgan_hf.errors import OptionError
from artgan_hf.functional import to_grey

PRIMARIES = torch.eye(3).view(3, 3, 1, 1)


def test_full_range_grey_is_pillows_luma():
    colour = np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    ours = 255 * to_grey(torch.from_numpy(colour).permute(2, 0, 1)[None] / 255)
    pillows = torch.from_numpy(np.array(Image.fromarray(colour).convert("L")))
    assert (ours[0, 0] - pillows).abs().max() < 0.51


def test_studio_grey_runs_from_16_to_235():
    levels = torch.tensor([0.0, 1.0]).view(2, 1, 1, 1).expand(2, 3, 1, 1)
    assert (255 * to_grey(levels, "bt601-studio")).flatten().tolist() == pytest.approx([16, 235], abs=1e-3)


def test_primaries_have_the_documented_weights():
    # MATLAB's documentation: rgb2gray's weights 0.2989, 0.5870, 0.1140; rgb2ycbcr's 65.481, 128.553, 24.966 on 16
    assert to_grey(PRIMARIES, "matlab-rgb2gray").flatten().tolist() == pytest.approx([0.2989, 0.587, 0.114], abs=1e-6)
    studio = 255 * to_grey(PRIMARIES, "bt601-studio").flatten() - 16
    assert studio.tolist() == pytest.approx([65.481, 128.553, 24.966], abs=1e-4)


def test_an_unknown_conversion_names_the_known_ones():
    with pytest.raises(OptionError, match=r"'ntsc'; one of bt601-full, bt601-studio"):
        to_grey(PRIMARIES, "ntsc")
