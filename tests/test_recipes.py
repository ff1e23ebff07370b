"""Every shipped recipe parses and trains for a step, on tiny widths."""

from pathlib import Path

import pytest
import torch
import yaml
from tiny import overrides, photos

from artgan_hf.cli.fit import main as fit

TINY_NETWORK = {
    "artgan_hf.training.RestorationModule": {"model.generator.channels": 8, "model.generator.deep_channels": 8},
    "artgan_hf.training.QualityModule": {"model.network.channels": 4},
}
RECIPES = sorted((Path(__file__).parent.parent / "recipes").glob("*.yaml"))


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_takes_a_step_on_tiny_widths(recipe, tmp_path):
    data = photos(tmp_path / "photos")
    module = yaml.safe_load(recipe.read_text())["model"]["class_path"]
    tiny = {**TINY_NETWORK[module], "trainer.max_epochs": 1, "data.steps_per_epoch": 1}
    fit(["-c", str(recipe), *overrides(tmp_path / "run", data, **tiny)])
    checkpoint = torch.load(tmp_path / "run" / "checkpoints" / "last.ckpt", weights_only=True)
    assert checkpoint["artgan"]["steps"] == 1


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda path: path.stem)
def test_a_recipe_is_in_the_table(recipe):
    assert f"]({recipe.name})" in (recipe.parent / "README.md").read_text()
