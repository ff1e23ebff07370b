"""What the tabs share: the models, the limits, scratch files, and errors in one line. Uses the public API only."""

import html
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

import gradio as gr
from PIL import Image

from artgan_hf import ArtganError, ModelSummary, QualityPredictor, Restored, Restorer, list_models

MAX_PIXELS = 24_000_000
MAX_FILE = "20mb"
KEPT_SECONDS = 3600
TOLD = (ArtganError, OSError, MemoryError)  # errors that a visitor is told of
TO_8_BITS = {"I;16": 1 / 257, "F": 255}  # by mode; Pillow's own conversion would clip instead
SHOWN_PX = 1600  # the longer side of what the page shows; the download has every pixel
ONE_AT_A_TIME = {"concurrency_limit": 1, "concurrency_id": "network"}  # two CPU cores restore one picture at a time

ZOO = {model.id: model for model in list_models()}
RESTORERS = [name for name, model in ZOO.items() if model.config.kind != "quality-predictor"]
MODELS = [name for name in RESTORERS if ZOO[name].config.codec == "jpeg"]
MODEL = "artgan/auto" if "artgan/auto" in MODELS else next(iter(MODELS), None)
PREDICTOR = next((name for name, model in ZOO.items() if model.config.kind == "quality-predictor"), None)

scratch = tempfile.TemporaryDirectory(prefix="artgan-demo-")
restorers: dict[str, Restorer] = {}
predictors: dict[str, QualityPredictor] = {}


def on_gpu(function: Callable) -> Callable:
    """Returns the function as ZeroGPU wants it, where that is what the Space runs on; elsewhere the function itself."""
    try:
        from spaces import GPU  # noqa: PLC0415 - there on Hugging Face only
    except ImportError:
        return function

    @GPU
    def answer(*arguments: Any) -> Any:
        try:
            return function(*arguments)
        except TOLD as error:  # raised, only its name would leave ZeroGPU's process
            return error

    @wraps(function)
    def run(*arguments: Any) -> Any:
        result = answer(*arguments)
        if isinstance(result, Exception):
            raise result
        return result

    return run


def restorer_for(model: str) -> Restorer:
    """Returns the restorer of a model, loaded once. The page offers what is in the zoo; the API could ask for more."""
    if model not in RESTORERS:
        raise gr.Error(f"There is no model {html.escape(str(model))}; take one of {', '.join(RESTORERS)}.")
    if model not in restorers:
        restorers[model] = Restorer.from_pretrained(model, max_pixels=MAX_PIXELS)
    return restorers[model]


def restore(model: str, path: Path, knobs: dict[str, Any]) -> Restored:
    """Returns the restored picture of a file."""
    restorer_for(model)  # loaded before ZeroGPU forks
    return _restore(model, path, knobs)


@on_gpu
def _restore(model: str, path: Path, knobs: dict[str, Any]) -> Restored:
    return restorer_for(model).restore(path, **knobs)


def predictor() -> QualityPredictor | None:
    """Returns the predictor of the zoo, loaded once; None if there is none."""
    if PREDICTOR is not None and PREDICTOR not in predictors:
        predictors[PREDICTOR] = QualityPredictor.from_pretrained(PREDICTOR, device="cpu")
    return predictors.get(PREDICTOR or "")


def takes_quality(model: ModelSummary) -> bool:
    """Returns True if a quality can be asked for: an ensemble chooses by it."""
    return model.config.kind == "ensemble"


def takes_fidelity(model: ModelSummary) -> bool:
    """Returns True if there may be a pixel-loss parent to go back to."""
    return takes_quality(model) or model.config.parent is not None


def knobs_for(model: str, strength: float, fidelity: float, quality: int, consistent: bool) -> dict[str, Any]:
    """Returns what `Restorer.restore` is told: knobs that mean nothing to a model are left out."""
    knobs: dict[str, Any] = {"strength": strength, "consistent": consistent}
    if fidelity and takes_fidelity(ZOO[model]):
        knobs["fidelity"] = fidelity
    if quality and takes_quality(ZOO[model]):
        knobs["quality"] = quality
    return knobs


def new_folder() -> Path:
    """Returns a fresh folder, and removes those that visitors have long fetched from."""
    for old in Path(scratch.name).iterdir():
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            shutil.rmtree(old, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=scratch.name))


def in_rgb(image: Image.Image) -> Image.Image:
    """Returns a picture as 8 bits of RGB."""
    if scale := TO_8_BITS.get(image.mode):
        image = image.point(lambda value: value * scale + 0.5)
    return image.convert("RGB")


def shown(image: Image.Image) -> Image.Image:
    """Returns a picture as the page shows it: in RGB, and not larger than a screen."""
    image = in_rgb(image)
    image.thumbnail((SHOWN_PX, SHOWN_PX), Image.Resampling.LANCZOS)
    return image


@contextmanager
def told_in_one_line(folder: Path) -> Iterator[None]:
    """Shows the visitor our own errors, without the server's paths."""
    try:
        yield
    except TOLD as error:
        text = str(error).replace(f"{folder}/", "") or "The picture is too large for this machine."
        raise gr.Error(html.escape(text, quote=False), print_exception=False) from error
