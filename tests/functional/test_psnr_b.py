import math

import pytest
import torch

from artgan_hf.errors import ShapeError
from artgan_hf.functional import blocking_effect, psnr, psnr_b

STEP = 0.1


def blocks(step_column: int) -> torch.Tensor:
    image = torch.zeros(1, 1, 16, 16)
    image[..., step_column:] = STEP
    return image


def test_blocking_effect_of_one_step_on_the_grid_is_what_the_paper_computes_by_hand():
    # 16 pairs cross the border at column 8; the paper counts 2 * (16 * 2 - 1) of them; strength log2(8) / log2(16)
    expected = 3 / 4 * (16 * STEP**2) / (2 * (16 * 2 - 1))
    assert blocking_effect(blocks(8)).item() == pytest.approx(expected, rel=1e-5)


def test_a_step_off_the_grid_is_no_block():
    assert blocking_effect(blocks(7)).item() == 0
    assert blocking_effect(blocks(9)).item() == 0


def test_rows_count_like_columns():
    assert blocking_effect(blocks(8).mT).item() == pytest.approx(blocking_effect(blocks(8)).item())


def test_colour_blocks_are_judged_in_studio_luma():
    grey_in_colour = blocks(8).expand(1, 3, 16, 16)
    assert blocking_effect(grey_in_colour).item() == pytest.approx(
        blocking_effect(blocks(8)).item() * (219 / 255) ** 2, rel=1e-4
    )


def test_only_the_restored_image_is_searched_for_blocks():
    flat = torch.full((1, 1, 16, 16), STEP / 2)
    torch.testing.assert_close(psnr_b(flat, blocks(8)), psnr(flat, blocks(8)))
    error = (STEP / 2) ** 2 + blocking_effect(blocks(8)).item()
    assert psnr_b(blocks(8), flat).item() == pytest.approx(-10 * math.log10(error), abs=1e-4)


def test_an_image_without_a_block_border_or_of_four_channels_is_refused():
    with pytest.raises(ShapeError, match="at least 9x9"):
        psnr_b(torch.rand(1, 1, 8, 8), torch.rand(1, 1, 8, 8))
    with pytest.raises(ShapeError, match="4 channels"):
        psnr_b(torch.rand(1, 4, 16, 16), torch.rand(1, 4, 16, 16))
