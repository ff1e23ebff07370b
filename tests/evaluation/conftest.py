"""Shared by the tests of evaluation/: a folder of small clean pictures, and a model that changes nothing."""

from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from artgan_hf.hub import ModelConfig
from artgan_hf.networks import UnshuffleGenerator
from artgan_hf.restoring import Restorer


def waves(height: int, width: int, phase: float) -> np.ndarray:
    rows, columns, channel = np.ogrid[:height, :width, :3]
    return (127 + 90 * np.sin(rows / 3 + phase) * np.cos(columns / 5 + channel)).astype(np.uint8)


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """Three pictures of different sizes, written out of order, and a hidden file."""
    folder = tmp_path / "waves"
    folder.mkdir()
    for name, size in {"c.png": (40, 24), "a.png": (32, 48), "b.png": (25, 31)}.items():
        PIL.Image.fromarray(waves(*size, phase=ord(name[0]))).save(folder / name)
    (folder / ".DS_Store").write_bytes(b"hidden")
    return folder


@pytest.fixture
def untrained() -> Restorer:
    """A generator fresh from its constructor, which gives back what it gets."""
    config = ModelConfig(
        architecture="unshuffle",
        options={"channels": 8, "blocks": 1, "fold": 4},
        codec="jpeg",
        quality=(10, 10),
        description="Untrained.",
    )
    return Restorer(UnshuffleGenerator(channels=8, blocks=1), config, name="untrained", device="cpu", dtype="float32")
