"""A model of one kind is not taken for one of another."""

import json

import pytest
from toy_models import toy_folder, toy_predictor_folder

from artgan_hf import QualityPredictor, Restorer
from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub import EnsembleConfig, ModelConfig, find_model, list_models, load_network, save_model, shipped
from artgan_hf.hub.config import read_config
from artgan_hf.hub.folder import check_complete
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


def ensemble(**changes):
    fields = {"codec": "jpeg", "predictor": "toys/predictor", "experts": {10: "toys/a", 40: "toys/b"}}
    return EnsembleConfig(**{**fields, "description": "A choice.", **changes})


@pytest.fixture
def choice(tmp_path):
    """A folder with an ensemble's config and nothing else."""
    (tmp_path / "choice").mkdir()
    (tmp_path / "choice" / "config.json").write_text(ensemble().to_json())
    return tmp_path / "choice"


def test_an_ensemble_survives_writing_and_reading(choice):
    read = read_config(choice / "config.json")
    assert read == ensemble(experts={40: "toys/b", 10: "toys/a"})
    assert read.quality == (10, 40)
    assert '"10": "toys/a"' in read.to_json()


def test_an_ensemble_needs_no_weights_and_gives_no_network(choice):
    assert find_model(choice).path == choice
    with pytest.raises(IncompatibleModelError, match="is an ensemble, but a generator was asked for"):
        load_network(choice)


def test_of_an_ensemble_on_the_hub_the_config_alone_is_fetched(hub):
    hub.add("someone/choice", {"config.json": ensemble().to_json().encode()})
    found = find_model("someone/choice")
    assert check_complete(found) == ensemble()
    assert {file.name for file in found.path.iterdir()} == {"config.json"}


def test_a_shipped_ensemble_is_listed_without_weights(choice, monkeypatch):
    monkeypatch.setattr(shipped, "_shipped_root", lambda: choice.parent)
    assert list_models() == [("artgan/choice", ensemble(), 0, 0.0)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"experts": {}}, "experts is {}; an object of model ids by quality"),
        ({"experts": ["toys/a"]}, "experts is .*; an object"),
        ({"experts": {"0": "toys/a"}}, "experts has '0'; a JPEG quality"),
        ({"experts": {"101": "toys/a"}}, "experts has 101; a JPEG quality"),
        ({"experts": {"010": "toys/a"}}, "experts has '010'"),
        ({"experts": {"1e1": "toys/a"}}, "experts has '1e1'"),
        ({"experts": {"10": "../a"}}, "the expert for quality 10 is '../a'; a model id"),
        ({"experts": {"10": ["toys/a"]}}, "the expert for quality 10 is .*; a model id"),
        ({"predictor": "os.system"}, "predictor is 'os.system'; a model id"),
        ({"codec": "h264"}, "codec is 'h264'; an ensemble is for jpeg"),
        ({"description": "two\nlines"}, "description is .*; one line"),
        ({"architecture": "residual"}, "unknown field 'architecture'"),
        ({"format_version": 2}, "made by a newer artgan-hf"),
    ],
)
def test_a_broken_ensemble_is_refused_by_field(choice, change, message):
    content = json.loads((choice / "config.json").read_text())
    (choice / "config.json").write_text(json.dumps(content | change))
    with pytest.raises(IncompatibleModelError, match=rf"config\.json: {message}"):
        find_model(choice)


def test_a_missing_field_of_an_ensemble_is_named(choice):
    content = json.loads((choice / "config.json").read_text())
    del content["predictor"]
    (choice / "config.json").write_text(json.dumps(content))
    with pytest.raises(IncompatibleModelError, match=r"config\.json: field predictor is missing"):
        find_model(choice)
