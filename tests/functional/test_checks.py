import pytest
import torch

from artgan_hf.errors import ShapeError
from artgan_hf.functional import psnr, psnr_b, ssim
from artgan_hf.functional.checks import crop_border

FIGURES = [psnr, ssim, psnr_b]


@pytest.mark.parametrize("figure", FIGURES)
def test_a_figure_refuses_what_it_cannot_compare_in_one_line(figure):
    image = torch.rand(1, 3, 16, 16)
    bad = [
        (image, torch.rand(1, 3, 16, 17), "must be the same"),
        (image[0], image[0], "use image.None."),
        ((image * 255).byte(), (image * 255).byte(), "divide 8-bit values by 255"),
        (image[..., :0], image[..., :0], "none of them 0"),
    ]
    for restored, clean, words in bad:
        with pytest.raises(ShapeError, match=words) as caught:
            figure(restored, clean)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("figure", FIGURES)
def test_each_image_of_a_batch_gets_the_figure_it_gets_alone(figure):
    clean = torch.rand(3, 3, 24, 32)
    restored = (clean + 0.05 * torch.randn(clean.shape)).clamp(0, 1)
    alone = torch.cat([figure(restored[i : i + 1], clean[i : i + 1]) for i in range(3)])
    torch.testing.assert_close(figure(restored, clean), alone)
    assert alone.unique().numel() == 3


@pytest.mark.parametrize("figure", FIGURES)
def test_a_crop_leaves_the_border_out(figure):
    clean = torch.rand(1, 3, 32, 32)
    restored = (clean + 0.05).clamp(0, 1)
    spoilt = restored.clone()
    spoilt[..., 0] = 1.0
    inside = figure(restored[..., 8:-8, 8:-8], clean[..., 8:-8, 8:-8])
    torch.testing.assert_close(figure(spoilt, clean, crop_px=8), inside)
    assert not torch.allclose(figure(spoilt, clean), inside)


def test_a_crop_that_leaves_nothing_says_what_would_fit():
    with pytest.raises(ShapeError, match="0 to 4 fits"):
        crop_border(torch.zeros(1, 3, 9, 20), 5)
