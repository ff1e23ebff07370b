"""Small untrained models that visibly change a picture, for tests of everything around a network."""

from copy import deepcopy
from dataclasses import replace

import torch
from torch import nn

from artgan_hf.hub import EnsembleConfig, ModelConfig, save_model
from artgan_hf.networks import QualityNetwork, UnshuffleGenerator
from artgan_hf.restoring import Restorer

OPTIONS = {"channels": 8, "blocks": 2, "fold": 4}


def toy_network(**options):
    """Returns a network with random weights everywhere, the last layer included, that makes use of its whole field."""
    torch.manual_seed(1)
    network = UnshuffleGenerator(**{**OPTIONS, **options})
    with torch.no_grad():
        for block in network.body:
            block.second.weight.mul_(10)  # undoes the small start
        nn.init.normal_(network.tail.weight, std=0.03)
    return network


def toy_config(**options):
    """Returns the config of `toy_network`."""
    options = {**OPTIONS, **options}
    return ModelConfig(
        architecture="unshuffle", options=options, codec="jpeg", quality=(10, 10), description="A toy for tests."
    )


def toy_restorer(**knobs):
    """Returns a restorer around `toy_network`."""
    return Restorer(toy_network(), toy_config(), name="toy", device="cpu", **knobs)


def toy_folder(folder):
    """Writes the toy model as a model folder and returns the folder."""
    save_model(folder, toy_network(), toy_config())
    return folder


def toy_child():
    """Returns `toy_network` after a little training, as it were."""
    child = deepcopy(toy_network())
    with torch.no_grad():
        for weight in child.parameters():
            weight.add_(0.3 * weight.std() * torch.randn_like(weight))
    return child


def toy_shelf(folder, quality=12, experts=None):
    """Writes toys/pixel, toys/gan (its child), toys/predictor (says `quality`) and toys/auto, and returns the folder.

    Their ids are found from there as the current directory.
    """
    experts = experts or {10: "toys/gan", 40: "toys/pixel"}
    ensemble = EnsembleConfig(codec="jpeg", predictor="toys/predictor", experts=experts, description="A toy choice.")
    shelf = folder / "toys"
    save_model(shelf / "pixel", toy_network(), toy_config())
    save_model(shelf / "gan", toy_child(), replace(toy_config(), parent="toys/pixel"))
    toy_predictor_folder(shelf / "predictor", quality)
    (shelf / "auto").mkdir()
    (shelf / "auto" / "config.json").write_text(ensemble.to_json())
    return folder


def toy_predictor_folder(folder, quality=12):
    """Writes a quality predictor that says the same of every picture as a model folder and returns the folder."""
    network = QualityNetwork(channels=4)
    with torch.no_grad():
        network.out.weight.zero_()
        network.out.bias.zero_()
        network.out.bias[quality - 1] = 20
    config = ModelConfig(
        kind="quality-predictor", architecture="quality-cnn", options={"channels": 4}, codec="jpeg", quality=(3, 97),
        description="Says one thing.",
    )  # fmt: skip
    save_model(folder, network, config)
    return folder
