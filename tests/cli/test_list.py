import json

from artgan_hf import hub
from artgan_hf.cli.main import main
from artgan_hf.hub import EnsembleConfig, ModelConfig, ModelSummary


def config(quality):
    return ModelConfig(
        architecture="unshuffle", options={}, codec="jpeg", quality=quality, description="For strong artifacts."
    )


MODELS = [
    ModelSummary("artgan/a", config((10, 10)), 1_234_567, 2.5),
    ModelSummary("artgan/longer", config((5, 40)), 99_000, 0.2),
]


def test_each_model_is_a_line_with_purpose_and_size(monkeypatch, capsys):
    monkeypatch.setattr(hub, "list_models", lambda: MODELS)
    assert main(["list"]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "artgan/a       JPEG quality 10, 1.23 M parameters, 2.5 MB  For strong artifacts.",
        "artgan/longer  JPEG quality 5 to 40, 0.10 M parameters, 0.2 MB  For strong artifacts.",
    ]


def test_json_has_the_same_facts(monkeypatch, capsys):
    monkeypatch.setattr(hub, "list_models", lambda: MODELS)
    assert main(["list", "--json"]) == 0
    first = json.loads(capsys.readouterr().out)[0]
    assert (first["id"], first["quality"], first["parameters"], first["megabytes"]) == (
        "artgan/a",
        [10, 10],
        1234567,
        2.5,
    )


def test_an_ensemble_tells_among_how_many_it_chooses(monkeypatch, capsys):
    experts = {5: "artgan/a", 10: "artgan/a", 40: "artgan/b"}
    choice = EnsembleConfig(codec="jpeg", predictor="artgan/eye", experts=experts, description="A choice.")
    monkeypatch.setattr(hub, "list_models", lambda: [ModelSummary("artgan/auto", choice, 0, 0.0)])
    assert main(["list"]) == 0
    assert capsys.readouterr().out == "artgan/auto  JPEG quality 5 to 40, chooses among 2 models  A choice.\n"
    assert main(["list", "--json"]) == 0
    (record,) = json.loads(capsys.readouterr().out)
    assert (record["kind"], record["experts"]["10"], record["architecture"]) == ("ensemble", "artgan/a", None)


def test_an_empty_package_says_what_to_do(monkeypatch, capsys):
    monkeypatch.setattr(hub, "list_models", list)
    assert main(["list"]) == 0
    assert "--model" in capsys.readouterr().out
