import io
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from artgan_hf.errors import ModelNotFoundError, ShapeError
from artgan_hf.networks.backbones import FILE_NAMES, FeatureTrunk
from artgan_hf.networks.dists import Dists

# By the authors' own code (DISTS-pytorch 0.1), of JPEG quality 10, 4:2:0, the upper left 181x181 pixels.
LIVE1 = {"bikes": 0.233221, "building2": 0.230373}
# Ours, of the whole picture at quality 10; the means of all 29 at 5, 10 and 20 come out as 0.3242, 0.2387 and 0.1653,
# published are 0.324, 0.239 and 0.165.
DANCERS = 0.181224


@pytest.fixture
def random_dists(tmp_path) -> Dists:
    """With random trunk weights: a distance, though not the published one."""
    save_file(FeatureTrunk("vgg").state_dict(), tmp_path / FILE_NAMES["vgg"])
    return Dists(tmp_path)


def test_the_distance_is_zero_for_identical_pictures_and_symmetric(random_dists):
    first, second = torch.rand(2, 3, 24, 17), torch.rand(2, 3, 24, 17) ** 3
    assert random_dists(first, first).abs().max() < 1e-5
    torch.testing.assert_close(random_dists(first, second), random_dists(second, first))
    alone = torch.cat([random_dists(first[i : i + 1], second[i : i + 1]) for i in range(2)])
    torch.testing.assert_close(random_dists(first, second), alone)
    assert (alone > 0.01).all()


def test_another_texture_of_the_same_kind_is_nearer_than_to_the_eye_of_psnr(random_dists):
    first, second = torch.rand(2, 1, 3, 48, 48).unbind(0)  # two pieces of the same noise
    blurred = torch.full_like(first, 0.5)  # nearer in PSNR
    assert (second - first).square().mean() > (blurred - first).square().mean()
    assert random_dists(second, first) < random_dists(blurred, first)


def test_gradients_flow_and_the_judge_stays_frozen(random_dists):
    restored = torch.rand(1, 3, 16, 16, requires_grad=True)
    random_dists.train()(restored, torch.rand(1, 3, 16, 16)).sum().backward()
    assert not random_dists.training
    assert restored.grad.isfinite().all()
    assert not [parameter for parameter in random_dists.parameters() if parameter.requires_grad]


def test_pictures_of_different_shape_or_too_small_are_refused(random_dists):
    with pytest.raises(ShapeError, match="must be the same"):
        random_dists(torch.rand(1, 3, 40, 40), torch.rand(1, 3, 40, 41))
    with pytest.raises(ShapeError, match="at least 16x16"):
        random_dists(torch.rand(1, 3, 15, 40), torch.rand(1, 3, 15, 40))


@pytest.fixture(scope="session")
def dists() -> Dists:
    try:
        return Dists()
    except ModelNotFoundError as error:
        pytest.skip(str(error))


def of_jpeg(dists: Dists, path: Path, quality: int = 10, *, crop_px: int | None = None) -> float:
    with Image.open(path) as image:
        clean = image.convert("RGB")
    file = io.BytesIO()
    clean.save(file, "JPEG", quality=quality, subsampling=2)
    pair = [torch.from_numpy(np.array(one)).float().permute(2, 0, 1)[None] / 255 for one in (Image.open(file), clean)]
    with torch.inference_mode():
        return dists(*(one[..., :crop_px, :crop_px] for one in pair)).item()


@pytest.mark.parametrize("name", LIVE1)
def test_live1_pictures_have_the_distance_of_the_authors_code(dists, shared_data, name):
    path = shared_data / "test" / "LIVE1" / f"{name}.webp"
    assert of_jpeg(dists, path, crop_px=181) == pytest.approx(LIVE1[name], abs=2e-5)


def test_a_whole_live1_picture_has_the_distance_that_the_means_were_made_of(dists, shared_data):
    assert of_jpeg(dists, shared_data / "test" / "LIVE1" / "dancers.webp") == pytest.approx(DANCERS, abs=1e-5)
