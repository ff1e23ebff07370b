"""Between a GAN and its pixel-loss parent: what is mixed, where the parent comes from, and what cannot be mixed."""

import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

import numpy as np
import pytest
import torch
from PIL import Image

from artgan_hf import IncompatibleModelError, ModelNotFoundError, OptionError, Restorer
from artgan_hf.networks import UnshuffleGenerator
from artgan_hf.restoring.fidelity import interpolated
from tests.toy_models import toy_child, toy_config, toy_network, toy_restorer, toy_shelf


@pytest.fixture
def pixels():
    small = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8))
    return np.asarray(small.resize((40, 32), Image.Resampling.BICUBIC))


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.chdir(toy_shelf(tmp_path))
    return tmp_path / "toys"


def child_restorer(**knobs):
    return Restorer(toy_child(), toy_config(), name="child", parent=toy_network(), device="cpu", **knobs)


def test_the_weights_lie_on_the_line_between_the_two():
    child, parent = toy_child(), toy_network()
    for share in (0, 0.25, 1):
        between = interpolated(child, parent, share).state_dict()
        for name, own in child.state_dict().items():
            assert torch.allclose(between[name], (1 - share) * own + share * parent.state_dict()[name], atol=1e-6)
    assert torch.equal(interpolated(child, parent, 1).head.weight, parent.head.weight)
    assert torch.equal(child.head.weight, toy_child().head.weight)


def test_other_shapes_and_strangers_are_not_mixed():
    with pytest.raises(IncompatibleModelError, match=r"one is UnshuffleGenerator with .*'blocks': 2.* 'blocks': 1"):
        interpolated(toy_network(), toy_network(blocks=1), 0.5)
    torch.manual_seed(5)
    with pytest.raises(IncompatibleModelError, match="nothing in common"):
        interpolated(toy_network(), UnshuffleGenerator(8, 2), 0.5)
    torch.manual_seed(5)
    with pytest.raises(IncompatibleModelError, match="child and its parent cannot be mixed: their weights"):
        Restorer(toy_child(), toy_config(), name="child", parent=UnshuffleGenerator(8, 2), device="cpu")


def test_fidelity_goes_from_the_network_to_its_parent(pixels):
    restorer = child_restorer()
    own, half, full = (restorer(pixels, fidelity=fidelity) for fidelity in (0, 0.5, 1))
    assert np.array_equal(restorer(pixels), own)
    assert np.array_equal(full, toy_restorer()(pixels))
    assert not np.array_equal(half, own)
    assert not np.array_equal(half, full)
    assert np.array_equal(restorer(pixels, fidelity=0), own)  # nothing sticks


def test_the_knob_of_the_restorer_is_the_default_of_every_call(pixels):
    restorer, half = child_restorer(fidelity=0.5), child_restorer()(pixels, fidelity=0.5)
    assert np.array_equal(restorer(pixels), half)
    assert np.array_equal(restorer([pixels])[0], half)
    batch = pixels.transpose(2, 0, 1)[None]
    assert np.array_equal(restorer(batch)[0].transpose(1, 2, 0), half)
    assert np.array_equal(restorer.restore(pixels, fidelity=0).image, child_restorer()(pixels))


def test_the_parent_is_found_by_its_id_when_it_is_needed(shelf, pixels):
    restorer = Restorer.from_pretrained("toys/gan", device="cpu", local_files_only=True)
    parent = Restorer.from_pretrained("toys/pixel", device="cpu")(pixels)
    (shelf / "pixel").rename(shelf / "elsewhere")
    restorer(pixels)
    with pytest.raises(ModelNotFoundError, match="toys/pixel is not in the download cache and local_files_only is set"):
        restorer(pixels, fidelity=1)
    (shelf / "elsewhere").rename(shelf / "pixel")
    assert np.array_equal(restorer(pixels, fidelity=1), parent)
    shutil.rmtree(shelf / "pixel")
    assert np.array_equal(restorer(pixels, fidelity=1), parent)  # it is kept


def test_a_missing_parent_is_told_before_the_first_picture(shelf):
    shutil.rmtree(shelf / "pixel")
    with pytest.raises(ModelNotFoundError, match="toys/pixel"):
        Restorer.from_pretrained("toys/gan", fidelity=0.5, local_files_only=True)


def test_a_parent_that_is_none_is_told_by_name(shelf):
    shutil.rmtree(shelf / "pixel")
    (shelf / "predictor").rename(shelf / "pixel")
    with pytest.raises(IncompatibleModelError, match="toys/pixel is a quality-predictor, but a generator"):
        Restorer.from_pretrained("toys/gan", fidelity=0.5)


def test_a_model_without_a_parent_says_so(pixels):
    for action in (lambda: toy_restorer(fidelity=0.5), lambda: toy_restorer()(pixels, fidelity=0.5)):
        with pytest.raises(
            OptionError, match=r"fidelity is 0.5, but toy names no pixel-loss parent .*leave fidelity at 0"
        ):
            action()


@pytest.mark.parametrize("fidelity", [-0.1, 1.1, float("nan"), "1", True])
def test_fidelity_outside_0_to_1_is_refused(fidelity, pixels):
    with pytest.raises(OptionError, match=r"fidelity is .*; a number from 0 \(the network as it is\)"):
        child_restorer()(pixels, fidelity=fidelity)


def test_it_goes_along_when_pickled_and_the_token_does_not(shelf, pixels):
    restorer = Restorer.from_pretrained("toys/gan", fidelity=0.5, token="hf_secret", device="cpu")
    expected = restorer(pixels)
    shutil.rmtree(shelf / "pixel")
    pickled = pickle.dumps(restorer)
    assert b"hf_secret" not in pickled
    assert np.array_equal(pickle.loads(pickled)(pixels), expected)


def test_threads_with_different_fidelities_do_not_disturb_each_other(pixels):
    restorer = child_restorer()
    fidelities = [0, 0.3, 1, 0.7] * 3
    expected = {fidelity: restorer(pixels, fidelity=fidelity) for fidelity in set(fidelities)}
    with ThreadPoolExecutor(4) as pool:
        restored = list(pool.map(lambda fidelity: restorer(pixels, fidelity=fidelity), fidelities))
    assert all(np.array_equal(one, expected[f]) for one, f in zip(restored, fidelities, strict=True))


def test_the_callers_parent_stays_as_it_was(pixels):
    parent = toy_network().train()
    before = deepcopy(parent.state_dict())
    Restorer(toy_child(), toy_config(), name="child", parent=parent, device="cpu")(pixels, fidelity=0.5)
    assert parent.training
    assert all(torch.equal(before[name], tensor) for name, tensor in parent.state_dict().items())
