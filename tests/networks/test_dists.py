import io

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


@pytest.mark.parametrize("name", LIVE1)
def test_live1_pictures_have_the_distance_of_the_authors_code(shared_data, name):
    try:
        dists = Dists()
    except ModelNotFoundError as error:
        pytest.skip(str(error))
    with Image.open(shared_data / "test" / "LIVE1" / f"{name}.webp") as image:
        clean = image.convert("RGB")
    file = io.BytesIO()
    clean.save(file, "JPEG", quality=10, subsampling=2)
    pair = [torch.from_numpy(np.array(one)).float().permute(2, 0, 1)[None] / 255 for one in (Image.open(file), clean)]
    with torch.inference_mode():
        assert dists(*(one[..., :181, :181] for one in pair)).item() == pytest.approx(LIVE1[name], abs=2e-5)
