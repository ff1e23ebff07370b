"""Shared by all tests: no network but loopback, one thread, and the optional research data beside the checkout."""

import logging
import os
import socket
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")

import pytest
import torch

ROOT = Path(__file__).resolve().parent.parent
LOOPBACK = ("127.", "localhost", "::1")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with LIVE1, Classic5 and the training photos; tests that need it skip without it."""
    folder = Path(os.environ.get("ARTGAN_SHARED", ROOT.parent / "shared")) / "data"
    if not (folder / "test" / "LIVE1").is_dir():
        pytest.skip(f"needs the research images in {folder} (set ARTGAN_SHARED to the folder that holds data/)")
    return folder


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        is_local = self.family == socket.AF_UNIX or str(address[0]).startswith(LOOPBACK)  # type: ignore[index]
        if not is_local:
            raise OSError(f"a test tried to reach {address}; tests run offline")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_handler_outlives_its_test() -> Iterator[None]:
    yield
    logging.getLogger("artgan_hf").handlers.clear()  # `artgan` logs to the stderr that pytest has closed by now


@pytest.fixture(autouse=True)
def _same_seed() -> None:
    torch.manual_seed(0)
