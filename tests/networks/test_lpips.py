import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from artgan_hf.errors import ModelNotFoundError, ShapeError
from artgan_hf.networks.backbones import FILE_NAMES, FeatureTrunk
from artgan_hf.networks.lpips import Lpips

# Of JPEG quality 10, 4:2:0, with AlexNet; the mean of all 29 pictures is the published 0.3013.
LIVE1 = {"bikes": 0.2115, "caps": 0.3423, "lighthouse3": 0.4115}
# By the authors' own code (lpips 0.1.4) with VGG16, of the upper left 181x181 pixels.
VGG = {"bikes": 0.379065, "building2": 0.357502}


@pytest.fixture
def random_lpips(tmp_path) -> Lpips:
    """With random trunk weights: a distance, though not the published one."""
    save_file(FeatureTrunk("alex").state_dict(), tmp_path / FILE_NAMES["alex"])
    return Lpips("alex", tmp_path)


@pytest.fixture(scope="session")
def lpips() -> Lpips:
    try:
        return Lpips("alex")
    except ModelNotFoundError as error:
        pytest.skip(str(error))


def of_jpeg(lpips: Lpips, path: Path, quality: int = 10, *, crop_px: int | None = None) -> float:
    with Image.open(path) as image:
        clean = image.convert("RGB")
    file = io.BytesIO()
    clean.save(file, "JPEG", quality=quality, subsampling=2)
    pair = [torch.from_numpy(np.array(one)).float().permute(2, 0, 1)[None] / 255 for one in (Image.open(file), clean)]
    with torch.inference_mode():
        return lpips(*(one[..., :crop_px, :crop_px] for one in pair)).item()


def test_the_distance_is_zero_for_identical_pictures_and_symmetric(random_lpips):
    first, second = torch.rand(2, 3, 40, 40), torch.rand(2, 3, 40, 40)
    assert random_lpips(first, first).tolist() == [0, 0]
    torch.testing.assert_close(random_lpips(first, second), random_lpips(second, first))
    assert (random_lpips(first, second) > 0).all()


def test_each_pair_gets_the_distance_it_has_alone(random_lpips):
    first, second = torch.rand(2, 3, 40, 40), torch.rand(2, 3, 40, 40)
    alone = torch.cat([random_lpips(first[i : i + 1], second[i : i + 1]) for i in range(2)])
    torch.testing.assert_close(random_lpips(first, second), alone)


def test_gradients_are_finite_even_where_features_are_all_zero(random_lpips):
    torch.nn.init.constant_(random_lpips.trunk.features[0].bias, -100)  # a dead first layer
    restored = torch.rand(1, 3, 40, 40, requires_grad=True)
    random_lpips.train()(restored, torch.rand(1, 3, 40, 40)).sum().backward()
    assert not random_lpips.training
    assert restored.grad.isfinite().all()
    assert not list(filter(lambda parameter: parameter.requires_grad, random_lpips.parameters()))


def test_pictures_of_different_shape_are_refused(random_lpips):
    with pytest.raises(ShapeError, match="must be the same"):
        random_lpips(torch.rand(1, 3, 40, 40), torch.rand(1, 3, 40, 41))


@pytest.mark.parametrize("name", LIVE1)
def test_live1_pictures_have_the_known_distance(lpips, shared_data, name):
    assert of_jpeg(lpips, shared_data / "test" / "LIVE1" / f"{name}.webp") == pytest.approx(LIVE1[name], abs=2e-4)


@pytest.mark.parametrize("name", VGG)
def test_with_vgg_the_distance_is_that_of_the_authors_code(shared_data, name):
    try:
        vgg = Lpips("vgg")
    except ModelNotFoundError as error:
        pytest.skip(str(error))
    distance = of_jpeg(vgg, shared_data / "test" / "LIVE1" / f"{name}.webp", crop_px=181)
    assert distance == pytest.approx(VGG[name], abs=2e-5)


@pytest.mark.slow
@pytest.mark.parametrize(("quality", "expected"), [(5, 0.4384), (10, 0.3013), (20, 0.1799)])
def test_live1_mean_is_the_published_one(lpips, shared_data, quality, expected):
    paths = sorted((shared_data / "test" / "LIVE1").iterdir())
    assert np.mean([of_jpeg(lpips, path, quality) for path in paths]) == pytest.approx(expected, abs=5e-5)
