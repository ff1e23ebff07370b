"""Shared by the tests of hub/: a toy model, its files, and the real Hub client pointed at a server on this machine."""

from collections.abc import Iterator
from pathlib import Path

import huggingface_hub
import pytest
from loopback_hub import LoopbackHub, connect_client, serve_hub
from torch import nn

from artgan_hf.hub import ModelConfig, Provenance, save_model
from artgan_hf.networks import UnshuffleGenerator


@pytest.fixture
def config() -> ModelConfig:
    return ModelConfig(
        architecture="unshuffle",
        options={"channels": 8, "blocks": 1, "fold": 4},
        codec="jpeg",
        quality=(5, 95),
        description="A toy.",
        parent="artgan/toy-pixel",
        provenance=Provenance(recipe="toy.yaml", data="Noise", licences="CC0-1.0", hours=0.5, steps=10),
    )


@pytest.fixture
def network() -> nn.Module:
    return UnshuffleGenerator(channels=8, blocks=1, fold=4)


@pytest.fixture
def folder(tmp_path: Path, network: nn.Module, config: ModelConfig) -> Path:
    """A model folder as the training writes it."""
    save_model(tmp_path / "toy", network, config)
    return tmp_path / "toy"


@pytest.fixture
def files(folder: Path) -> dict[str, bytes]:
    """The same as a Hub repository's content."""
    return {file.name: file.read_bytes() for file in folder.iterdir()}


@pytest.fixture(scope="session")
def _server() -> Iterator[LoopbackHub]:
    with serve_hub() as hub:
        yield hub


@pytest.fixture
def hub(_server: LoopbackHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LoopbackHub]:
    """An empty Hub to which the client of this process is connected; its cache is new, and it waits for nothing."""
    _server.clear()
    connect_client(monkeypatch, _server.url, tmp_path / "cache")
    yield _server
    huggingface_hub.close_session()
