import os
import subprocess
import sys
from pathlib import Path

import pytest
from huggingface_hub import constants

from artgan_hf.errors import IncompatibleModelError, ModelNotFoundError, OptionError
from artgan_hf.hub import find_model, load_network, shipped


def test_a_folder_wins_over_the_hub_and_the_package(folder, monkeypatch, hub, files):
    hub.add("artgan/toy", files)
    (folder.parent / "artgan").mkdir()
    folder.rename(folder.parent / "artgan" / "toy")
    monkeypatch.chdir(folder.parent)
    assert find_model("artgan/toy") == (Path("artgan/toy"), "artgan/toy", "folder")
    assert hub.requests == []


def test_a_home_folder_is_expanded(folder, monkeypatch):
    monkeypatch.setenv("HOME", str(folder.parent))
    assert find_model("~/toy").path == folder


def test_a_revision_of_a_folder_is_refused(folder):
    with pytest.raises(OptionError, match=r"revision is 'main' but .* is a folder"):
        find_model(folder, revision="main")


def test_downloading_and_not_downloading_exclude_each_other():
    with pytest.raises(OptionError, match="exclude each other"):
        find_model("artgan/toy", force_download=True, local_files_only=True)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("", "the model is ''; an id"),
        ("./runs/toy", "there is no folder './runs/toy'"),
        ("/runs", "there is no folder '/runs'"),
        ("runs/toy/last", "there is no folder"),
        ("C:\\models\\toy", "there is no folder"),
        ("x" * 5000, "cannot be looked up: File name too long"),
        (Path("toy"), "there is no folder 'toy'"),
        ("https://huggingface.co/artgan/toy", "is a link; pass the id"),
        ("toy", "'toy' is not a model id; 'owner/name' was expected"),
        ("artgan/to y", "is not a model id"),
        ("artgan/a--b", "is not a model id"),
        ("bücher/toy", "is not a model id"),
    ],
)
def test_what_is_neither_folder_nor_id_is_told_apart_without_a_network(name, message):
    with pytest.raises(ModelNotFoundError, match=message):
        find_model(name)


def test_a_file_in_place_of_its_folder_is_told_so(folder):
    with pytest.raises(ModelNotFoundError, match="is a file; pass the folder"):
        find_model(folder / "config.json")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_folder_without_or_with_an_empty_file_is_refused(folder, name):
    (folder / name).write_bytes(b"")
    with pytest.raises(IncompatibleModelError, match=f"{name} has 0 bytes. Copy the model again"):
        find_model(folder)
    (folder / name).unlink()
    with pytest.raises(IncompatibleModelError, match=f"has no {name}"):
        find_model(folder)


def test_a_revision_or_a_fresh_download_goes_past_the_package(hub, files, folder, monkeypatch):
    monkeypatch.setattr(shipped, "_shipped_root", lambda: folder.parent)
    hub.add("artgan/toy", files)
    assert find_model("artgan/toy").origin == "package"
    assert find_model("artgan/toy", revision="main").origin == "hub"
    assert find_model("artgan/toy", force_download=True).origin == "hub"


def test_a_fresh_process_offline_uses_the_cache_and_asks_nobody(hub, files):
    """As a user has it: HF_HUB_OFFLINE in the environment of a process that has imported nothing yet."""
    hub.add("artgan/toy", files)
    path = find_model("artgan/toy").path
    hub.requests.clear()
    code = "from artgan_hf.hub import *; folder = find_model('artgan/toy'); load_network(folder); print(folder.path)"
    environment = {"HF_HUB_OFFLINE": "1", "HF_ENDPOINT": hub.url, "HF_HUB_CACHE": constants.HF_HUB_CACHE}
    command = [sys.executable, "-W", "error", "-c", code]
    run = subprocess.run(command, env=os.environ | environment, capture_output=True, text=True, check=False)
    assert (run.stdout.strip(), run.returncode) == (str(path), 0), run.stderr
    assert hub.requests == []


def test_offline_without_a_cache_says_what_to_unset(hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ModelNotFoundError, match="is not in the download cache and HF_HUB_OFFLINE is set"):
        find_model("artgan/toy")
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    with pytest.raises(ModelNotFoundError, match="is not in the download cache and local_files_only is set"):
        find_model("artgan/toy", local_files_only=True)
    assert hub.requests == []


def test_a_downloaded_model_loads(hub, files, config):
    hub.add("someone/toy", files)
    found = find_model("someone/toy")
    assert found.origin == "hub"
    assert load_network(found)[1] == config
