import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub import ModelFolder, load_network, save_model
from artgan_hf.networks import UnshuffleGenerator

WEIGHTS, CONFIG = "model.safetensors", "config.json"


def edit_weights(folder: Path, **changes: torch.Tensor | None) -> None:
    """Rewrites the weights; None drops one."""
    weights = load_file(folder / WEIGHTS) | {name.replace("__", "."): value for name, value in changes.items()}
    save_file({name: value for name, value in weights.items() if value is not None}, folder / WEIGHTS)


def edit_config(folder: Path, **changes: object) -> None:
    content = json.loads((folder / CONFIG).read_text())
    (folder / CONFIG).write_text(json.dumps(content | changes))


def test_a_loaded_network_computes_what_the_saved_one_did(tmp_path, network, config):
    network.tail.weight.data.normal_(std=0.05)
    save_model(tmp_path, network, config, half=False)
    loaded, read = load_network(tmp_path)
    image = torch.rand(1, 3, 9, 13)
    assert read == config
    assert torch.equal(loaded(image), network(image))
    assert not loaded.training
    assert not any(parameter.requires_grad for parameter in loaded.parameters())


def test_half_precision_on_disk_is_float32_in_memory(folder, network):
    loaded, _ = load_network(ModelFolder(folder, "toy", "folder"))
    assert {tensor.dtype for tensor in load_file(folder / WEIGHTS).values()} == {torch.float16}
    assert {tensor.dtype for tensor in loaded.state_dict().values()} == {torch.float32}
    for name, tensor in network.state_dict().items():
        assert torch.equal(loaded.state_dict()[name], tensor.half().float())


def test_a_loaded_network_outlives_its_file(tmp_path, network, config):
    save_model(tmp_path, network, config, half=False)
    loaded, _ = load_network(tmp_path)
    before = loaded.head.weight.clone()
    with (tmp_path / WEIGHTS).open("r+b") as file:
        file.write(bytes((tmp_path / WEIGHTS).stat().st_size))
    assert torch.equal(loaded.head.weight, before)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tail__bias": None}, r"lacks tail\.bias; config\.json asks for"),
        ({"extra": torch.zeros(1)}, r"has extra; config\.json has no place"),
        ({"head__bias": torch.zeros(9)}, r"head\.bias \(9,\) for \(8,\)"),
        ({"head__bias": torch.zeros(8, dtype=torch.int64)}, r"holds head\.bias \(I64\)"),
        ({"head__bias": torch.full((8,), torch.nan)}, r"infinite or NaN weights in head\.bias"),
        ({"head__bias": torch.full((8,), torch.inf)}, r"infinite or NaN weights in head\.bias"),
        ({f"extra{index}": torch.zeros(1) for index in range(9)}, "and 6 more; config"),
    ],
)
def test_weights_that_do_not_fit_the_config_are_named(folder, changes, message):
    edit_weights(folder, **changes)
    with pytest.raises(IncompatibleModelError, match=message):
        load_network(folder)


@pytest.mark.parametrize("kept", [0, 4, 200, -1])
def test_truncated_weights_are_refused_by_path(folder, kept):
    whole = (folder / WEIGHTS).read_bytes()
    (folder / WEIGHTS).write_bytes(whole[:kept])
    with pytest.raises(
        IncompatibleModelError, match=r"model\.safetensors (has 0 bytes|is cut short).*Copy the model again"
    ):
        load_network(folder)


def test_a_pickle_named_safetensors_is_refused(folder):
    torch.save({"head.bias": torch.zeros(8)}, folder / WEIGHTS)
    with pytest.raises(IncompatibleModelError, match="not safetensors"):
        load_network(folder)


@pytest.mark.parametrize("name", [WEIGHTS, CONFIG])
def test_a_missing_file_is_named(folder, name):
    (folder / name).unlink()
    with pytest.raises(IncompatibleModelError, match=f"has no {name}"):
        load_network(folder)


def test_a_config_that_asks_for_a_huge_network_costs_no_memory(folder):
    edit_config(folder, architecture="inverted-residual", options={"channels": 1024, "blocks": 8, "expansion": 1024})
    with pytest.raises(IncompatibleModelError, match="lacks body"):  # 69 GB if it were built
        load_network(folder)


def test_an_unknown_architecture_is_an_error_of_that_config(folder):
    edit_config(folder, architecture="torch.hub.load")
    with pytest.raises(IncompatibleModelError, match=r"config\.json: architecture is 'torch\.hub\.load'"):
        load_network(folder)


def test_loading_does_not_disturb_the_random_state(folder):
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    load_network(folder)
    assert torch.equal(torch.rand(1), expected)


def test_a_network_and_another_networks_config_are_not_saved(tmp_path, network, config):
    other = replace(config, options={"channels": 8, "blocks": 2})
    with pytest.raises(IncompatibleModelError, match=r"has options .*'blocks': 1"):
        save_model(tmp_path / "new", network, other)
    with pytest.raises(IncompatibleModelError, match="is 'unshuffle' but its config says 'residual'"):
        save_model(tmp_path / "new", network, replace(config, architecture="residual", options={}))
    assert not (tmp_path / "new").exists()


def test_a_diverged_network_does_not_replace_a_good_one(folder, config):
    before = (folder / WEIGHTS).read_bytes()
    diverged = UnshuffleGenerator(channels=8, blocks=1, fold=4)
    diverged.head.weight.data.fill_(1e6)  # finite, but not in float16
    with pytest.raises(IncompatibleModelError, match=r"half=False stores float32\) has infinite or NaN"):
        save_model(folder, diverged, config)
    assert (folder / WEIGHTS).read_bytes() == before
    assert {file.name for file in folder.iterdir()} == {WEIGHTS, CONFIG}


class Killed(BaseException):
    """Ends the process; nothing after it takes effect."""


@pytest.mark.parametrize("survived", range(4))
def test_a_kill_while_saving_never_leaves_a_mixture_that_loads(folder, network, config, monkeypatch, survived):
    """The process dies at each renaming or removal in turn; what is left is one of the two models or does not load."""
    old = load_network(folder)[0].head.weight.clone()
    network.head.weight.data.fill_(0.5)
    left = [survived]

    def mortal(operation):
        def run(*args, **kwargs):
            if not left[0]:
                raise Killed
            left[0] -= 1
            return operation(*args, **kwargs)

        return run

    with monkeypatch.context() as patch, pytest.raises(Killed):
        patch.setattr(Path, "replace", mortal(Path.replace))
        patch.setattr(Path, "unlink", mortal(Path.unlink))
        save_model(folder, network, replace(config, description="The second."))
    if survived in (1, 2):
        with pytest.raises(IncompatibleModelError, match=r"has no model\.safetensors"):
            load_network(folder)
    else:
        loaded, read = load_network(folder)
        assert read.description == ("The second." if survived else "A toy.")
        assert torch.equal(loaded.head.weight, network.head.weight if survived else old)
