import shutil
from pathlib import Path

import pytest

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub import find_model, list_models, shipped


@pytest.fixture
def cards(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped models with two toys."""
    root = tmp_path / "model_cards"
    for name in ("qf10", "auto"):
        shutil.copytree(folder, root / name)
    monkeypatch.setattr(shipped, "_shipped_root", lambda: root)
    return root


def test_shipped_models_are_listed_with_size(cards, config, network):
    models = list_models()
    parameters = sum(parameter.numel() for parameter in network.parameters())
    assert [model.id for model in models] == ["artgan/auto", "artgan/qf10"]
    assert {model.parameters for model in models} == {parameters}
    assert all(2 * parameters / 1e6 < model.megabytes < 2 * parameters / 1e6 + 0.003 for model in models)
    assert models[0].config == config


def test_no_shipped_models_are_an_empty_list(tmp_path, monkeypatch):
    monkeypatch.setattr(shipped, "_shipped_root", lambda: tmp_path / "nothing")
    assert list_models() == []
    assert shipped.suggestion("artgan/qf10") == ""


def test_a_shipped_model_needs_no_network_and_no_hub_client(cards, caplog):
    caplog.set_level("INFO", "artgan_hf.hub")
    found = find_model("artgan/qf10")  # sockets beyond this machine are blocked
    assert found == (cards / "qf10", "artgan/qf10", "package")
    assert [record.message for record in caplog.records] == [f"model artgan/qf10: from the package, {cards / 'qf10'}"]


def test_a_broken_shipped_model_says_how_to_repair_the_package(cards):
    (cards / "qf10" / "model.safetensors").write_bytes(b"")
    with pytest.raises(IncompatibleModelError, match=r"0 bytes\. Install the package again: pip install"):
        find_model("artgan/qf10")


def test_a_card_without_a_model_is_not_listed(cards):
    (cards / "draft").mkdir()
    (cards / "draft" / "README.md").write_text("soon")
    assert "artgan/draft" not in shipped.shipped_ids()


@pytest.mark.parametrize("name", ["artgan/../qf10", "artgan/.", "other/qf10", "artgan/QF10"])
def test_only_exact_ids_are_shipped_models(cards, name):
    assert shipped.shipped_folder(name) is None


def test_a_slip_of_the_pen_gets_a_suggestion(cards):
    assert shipped.suggestion("artgan/qf01") == " Did you mean artgan/qf10?"
    assert shipped.suggestion("qf10") == " Did you mean artgan/qf10?"


def test_the_models_of_this_checkout_are_sound():
    for model in list_models():
        assert (model.parameters > 0) == (model.config.kind != "ensemble")
        assert find_model(model.id).origin == "package"
