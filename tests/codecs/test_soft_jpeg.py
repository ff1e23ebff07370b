import sys

import numpy as np
import pytest
import torch

from artgan_hf.codecs import degrade, soft_jpeg
from artgan_hf.errors import MissingExtraError, QualityError, ShapeError


def smooth_scene(height: int, width: int) -> np.ndarray:
    y, x = np.mgrid[:height, :width][..., None]
    scene = np.sin(y / 9 + np.arange(3)) + np.cos(x / 6 - np.arange(3)) + ((x // 20 + y // 24) % 2)
    return (40 + 50 * (scene + 2)).clip(0, 255).astype(np.uint8)


@pytest.mark.parametrize(("quality", "least_db"), [(5, 30), (10, 32), (40, 35), (90, 40)])
@pytest.mark.parametrize("size", [(64, 96), (50, 71)])
def test_it_is_close_to_the_real_codec(quality: int, least_db: float, size: tuple[int, int]) -> None:
    clean = smooth_scene(*size)
    soft = soft_jpeg(torch.from_numpy(clean).permute(2, 0, 1)[None] / 255, torch.tensor([quality]))
    real = degrade(clean, quality).astype(float)
    error = soft[0].permute(1, 2, 0).double().numpy() * 255 - real
    assert 10 * np.log10(255**2 / np.square(error).mean()) > least_db


def test_each_image_has_its_own_quality_and_stays_in_range() -> None:
    clean = torch.rand(2, 3, 17, 30).round()
    coded = soft_jpeg(clean, torch.tensor([3, 95]))
    assert coded.shape == clean.shape
    assert coded.min() >= 0
    assert coded.max() <= 1
    errors = (coded - clean).square().flatten(1).mean(1)
    assert errors[0] > 1.2 * errors[1]
    assert torch.allclose(coded[1:], soft_jpeg(clean[1:], torch.tensor([95])), atol=1e-5)


def test_picture_and_quality_have_a_gradient() -> None:
    clean = torch.rand(2, 3, 20, 20).mul(0.5).add(0.25).requires_grad_()
    quality = torch.tensor([20.0, 70.0], requires_grad=True)
    soft_jpeg(clean, quality).square().sum().backward()
    for gradient in (clean.grad, quality.grad):
        assert gradient is not None
        assert torch.isfinite(gradient).all()
        assert (gradient.flatten(1) if gradient.ndim > 1 else gradient[:, None]).abs().sum(1).gt(0).all()


def test_wrong_arguments_are_refused() -> None:
    clean = torch.rand(2, 3, 16, 16)
    with pytest.raises(QualityError, match="1 to 100"):
        soft_jpeg(clean, torch.tensor([0, 50]))
    with pytest.raises(QualityError, match="1 to 100"):
        soft_jpeg(clean, torch.tensor([float("nan"), 50]))
    with pytest.raises(ShapeError, match="one per image"):
        soft_jpeg(clean, torch.tensor([50]))
    with pytest.raises(ShapeError, match="float"):
        soft_jpeg((clean * 255).to(torch.uint8), torch.tensor([50, 50]))


def test_without_kornia_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "kornia", None)
    with pytest.raises(MissingExtraError, match=r"artgan-hf\[train\]"):
        soft_jpeg(torch.rand(1, 3, 16, 16), torch.tensor([50]))
