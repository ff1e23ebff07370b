"""Every shipped recipe parses and trains for a step, on tiny widths; families differ in what they say."""

import re
from pathlib import Path

import pytest
import torch
import yaml
from safetensors.torch import save_file
from tiny import overrides, photos

from artgan_hf.cli.fit import main as fit
from artgan_hf.hub import ModelConfig, save_model
from artgan_hf.networks import TwoScaleGenerator
from artgan_hf.networks.backbones import FILE_NAMES, FOLDER_VARIABLE, FeatureTrunk

FOLDER = Path(__file__).parent.parent / "recipes"
RECIPES = sorted(FOLDER.glob("*.yaml"))
TINY_WIDTHS = {"channels": 8, "deep_channels": 8, "blocks": 4, "deep_blocks": 4}
FAMILY = ["qf5", "qf10", "qf20", "qf30", "qf40", "qf60"]


@pytest.fixture(scope="module")
def stubs(tmp_path_factory):
    """A folder with a model to start from and backbones that have never seen ImageNet."""
    folder = tmp_path_factory.mktemp("stubs")
    for net, name in FILE_NAMES.items():
        save_file(FeatureTrunk(net).state_dict(), folder / name)
    config = ModelConfig(
        architecture="two-scale", options={"channels": 8, "deep_channels": 8}, codec="jpeg", quality=(5, 95),
        description="A start.",
    )  # fmt: skip
    save_model(folder / "start", TwoScaleGenerator(channels=8, deep_channels=8), config)
    return folder


def content(name):
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text())


def tiny_widths(model, stubs):
    """Overrides for one recipe: small networks, and stubs in place of what is downloaded."""
    for network in ("generator", "network"):
        if model.get(network):
            for option in TINY_WIDTHS.keys() & model[network]["init_args"].keys():
                yield f"model.{network}.init_args.{option}", TINY_WIDTHS[option]
    if model.get("discriminator"):
        yield "model.discriminator.init_args.channels", 4
        yield "model.discriminator_steps", 1
        yield "model.pixel_steps", 0
    if model.get("start_from"):
        yield "model.start_from", stubs / "start"


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_takes_its_steps_on_tiny_widths(recipe, tmp_path, stubs, monkeypatch):
    monkeypatch.setenv(FOLDER_VARIABLE, str(stubs))
    data = photos(tmp_path / "photos")
    model = yaml.safe_load(recipe.read_text())["model"]["init_args"]
    steps = 2 if model.get("discriminator") else 1  # the discriminator's first, then both
    tiny = {**dict(tiny_widths(model, stubs)), "trainer.max_epochs": 1, "data.steps_per_epoch": steps}
    if "region_px" in yaml.safe_load(recipe.read_text())["data"]:
        tiny["data.region_px"] = 48
    fit(["-c", str(recipe), *overrides(tmp_path / "run", data, **tiny)])
    checkpoint = torch.load(tmp_path / "run" / "checkpoints" / "last.ckpt", weights_only=True)
    assert checkpoint["artgan"]["steps"] == steps
    assert len(checkpoint["optimizer_states"]) == (2 if model.get("discriminator") else 1)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_in_the_table(recipe):
    assert f"]({recipe.name})" in (recipe.parent / "README.md").read_text()


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_names_itself_in_its_command_and_its_run(recipe):
    text = recipe.read_text()
    assert set(re.findall(r"artgan fit -c recipes/(\w+)\.yaml", text)) == {recipe.stem}
    assert content(recipe.stem)["trainer"]["default_root_dir"] == f"runs/{recipe.stem}"


def without(recipe, *places):
    for place in (("trainer", "default_root_dir"), *places):
        branch = recipe
        for name in place[:-1]:
            branch = branch[name]
        del branch[place[-1]]
    return recipe


def test_the_family_differs_in_the_quality_alone():
    degradation = ("data", "degradation", "init_args")
    for name in FAMILY:
        qualities = content(name)["data"]["degradation"]["init_args"]
        assert f"qf{qualities['lowest_quality']}" == f"qf{qualities['highest_quality']}" == name
    rest = [
        without(content(name), (*degradation, "lowest_quality"), (*degradation, "highest_quality")) for name in FAMILY
    ]
    assert all(recipe == rest[0] for recipe in rest)


@pytest.mark.parametrize(
    ("one", "other", "place"),
    [("mse_baseline", "ssim_baseline", "losses"), ("sub_patch", "whole_patch", "discriminator")],
)
def test_baselines_and_ablations_differ_in_one_thing(one, other, place):
    first, second = content(one), content(other)
    assert first["model"]["init_args"][place] != second["model"]["init_args"][place]
    assert without(first, ("model", "init_args", place)) == without(second, ("model", "init_args", place))
