"""The models that travel with the package: found without a network. Used by `find_model` and by lists of models."""

import re
from difflib import get_close_matches
from math import prod
from pathlib import Path
from typing import NamedTuple

from artgan_hf.hub.config import MODEL_ID, AnyConfig, EnsembleConfig
from artgan_hf.hub.folder import CONFIG_NAME, WEIGHTS_NAME, ModelFolder, check_complete, read_header

OWNER = "artgan"
FOLDER_NAME = "model_cards"


class ModelSummary(NamedTuple):
    """One line of a list of models.

    Args:
        id: as `find_model` takes it, e.g. "artgan/qf10".
        config: what it is and was trained for.
        parameters: number of weights; 0 for an ensemble, which has none of its own.
        megabytes: size of the weights file, in 10^6 bytes; likewise.
    """

    id: str
    config: AnyConfig
    parameters: int
    megabytes: float


def list_models() -> list[ModelSummary]:
    """Returns the models shipped with the package, sorted by id; an empty list if there are none.

    Raises:
        IncompatibleModelError: if a shipped model is broken.

    Example:
        >>> [model.id for model in list_models() if model.parameters == 0 and model.config.kind != "ensemble"]
        []
    """
    return [_summary(model_id) for model_id in shipped_ids()]


def shipped_ids() -> list[str]:
    """Returns the ids of the models shipped with the package, sorted, qf5 before qf10."""
    ids = (f"{OWNER}/{config.parent.name}" for config in _shipped_root().glob(f"*/{CONFIG_NAME}"))
    return sorted(ids, key=lambda name: [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", name)])


def shipped_folder(model_id: str) -> ModelFolder | None:
    """Returns the folder of a model shipped with the package; None if it is not among them."""
    if not MODEL_ID.fullmatch(model_id) or model_id not in shipped_ids():
        return None
    return ModelFolder(_shipped_root() / model_id.removeprefix(f"{OWNER}/"), model_id, "package")


def suggestion(model_id: str) -> str:
    """Returns " Did you mean ...?" with the nearest shipped models, or nothing if none is near.

    Example:
        >>> suggestion("nobody/has-a-model-of-this-name")
        ''
    """
    asked = model_id if "/" in model_id else f"{OWNER}/{model_id}"
    near = get_close_matches(asked.lower(), shipped_ids(), n=3, cutoff=0.7)
    return f" Did you mean {' or '.join(near)}?" if near else ""


def _summary(model_id: str) -> ModelSummary:
    folder = shipped_folder(model_id)
    assert folder is not None, "shipped_ids lists folders that exist"
    config = check_complete(folder)
    if isinstance(config, EnsembleConfig):
        return ModelSummary(model_id, config, 0, 0.0)
    parameters = sum(prod(tensor.shape) for tensor in read_header(folder).values())
    megabytes = (folder.path / WEIGHTS_NAME).stat().st_size / 1e6
    return ModelSummary(model_id, config, parameters, megabytes)


def _shipped_root() -> Path:
    """The folder of shipped models: inside the package in a wheel, beside it in a checkout; it need not exist."""
    package = Path(__file__).resolve().parent.parent
    checkout = package.parent
    if not (package / FOLDER_NAME).is_dir() and (checkout / "pyproject.toml").is_file():
        return checkout / FOLDER_NAME
    return package / FOLDER_NAME
