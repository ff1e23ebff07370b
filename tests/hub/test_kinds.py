"""A model of one kind is not taken for one of another."""

import json

import pytest
from toy_models import toy_folder, toy_predictor_folder

from artgan_hf import QualityPredictor, Restorer
from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub import ModelConfig, load_network, save_model
from artgan_hf.networks import QualityNetwork, UnshuffleGenerator, kind_of


def config(**changes):
    fields = {"architecture": "quality-cnn", "options": {"channels": 4}, "codec": "jpeg", "quality": (3, 97)}
    return ModelConfig(**{**fields, "kind": "quality-predictor", "description": "A toy.", **changes})


def test_a_predictor_survives_writing_and_reading(tmp_path):
    network, read = load_network(toy_predictor_folder(tmp_path), kind="quality-predictor")
    assert kind_of(network) == read.kind == "quality-predictor"
    assert network.options == {"channels": 4}


def test_a_predictor_is_no_restorer_and_the_message_names_both_kinds(tmp_path):
    toy_predictor_folder(tmp_path)
    message = "is a quality-predictor, but a generator was asked for: load it with QualityPredictor"
    with pytest.raises(IncompatibleModelError, match=message):
        Restorer.from_pretrained(tmp_path)


def test_a_generator_is_no_predictor_and_the_message_names_both_kinds(tmp_path):
    toy_folder(tmp_path)
    message = "is a generator, but a quality-predictor was asked for: load it with Restorer"
    with pytest.raises(IncompatibleModelError, match=message):
        QualityPredictor.from_pretrained(tmp_path)


def test_an_architecture_of_another_kind_is_unknown(tmp_path):
    toy_predictor_folder(tmp_path)
    content = json.loads((tmp_path / "config.json").read_text())
    (tmp_path / "config.json").write_text(json.dumps(content | {"architecture": "residual"}))
    with pytest.raises(IncompatibleModelError, match="architecture is 'residual'; known: quality-cnn"):
        load_network(tmp_path, kind="quality-predictor")


def test_a_network_is_not_saved_under_another_kind(tmp_path):
    with pytest.raises(IncompatibleModelError, match="is a quality-predictor but its config says 'generator'"):
        save_model(tmp_path, QualityNetwork(channels=4), config(kind="generator"))
    with pytest.raises(IncompatibleModelError, match="is a generator but its config says 'quality-predictor'"):
        save_model(tmp_path, UnshuffleGenerator(4, 1), config())
