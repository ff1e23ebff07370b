"""Shared by the tests of evaluation/: a folder of small clean pictures, and a model that changes nothing."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import PIL.Image
import pytest

from artgan_hf.evaluation import Benchmark, PictureScore, make_figures
from artgan_hf.evaluation.compression import make_codec
from artgan_hf.evaluation.crops import Crop
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


@pytest.fixture
def h264(found: Benchmark) -> Benchmark:
    """The same numbers, found with another codec."""

    def renamed(one: PictureScore | Crop) -> Any:
        return replace(one, model="h264") if one.model == "jpeg" else one

    scores, crops = tuple(map(renamed, found.scores)), tuple(map(renamed, found.crops))
    return replace(found, codec=make_codec("h264"), scores=scores, crops=crops)


@pytest.fixture
def found() -> Benchmark:
    """What a benchmark of two models at two qualities might have found on two pictures, one of an evil name."""
    pictures, models, qualities = ("a.png", "</script><b>.png"), ("ours", "peer & co"), (10, 20)
    values = {"jpeg": (25.0, 6.0), "ours": (27.0, 4.0), "peer & co": (26.0, 5.0)}
    scores = [PictureScore("original", None, picture, {"psnr": None, "niqe": 3.0}, None, None) for picture in pictures]
    scores += [
        PictureScore(model, quality, picture, {"psnr": psnr + i + quality / 10, "niqe": niqe + i - quality / 20},
                     0.03 * quality, None if model == "jpeg" else 0.5)
        for quality in qualities for model, (psnr, niqe) in values.items() for i, picture in enumerate(pictures)
    ]  # fmt: skip
    versions = [("original", None), *((model, quality) for quality in qualities for model in ("jpeg", *models))]
    crops = [Crop(picture, model, quality, "UklGRg==") for picture in pictures for model, quality in versions]
    return Benchmark(
        dataset="toys", pictures=pictures, models=models, qualities=qualities, codec=make_codec(), grey=False,
        crop_px=0, figures=tuple(make_figures(["psnr", "niqe"])), scores=tuple(scores), crops=tuple(crops),
    )  # fmt: skip
