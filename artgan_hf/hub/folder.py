"""What a model folder holds, wherever it was found, and a first look at its files. Used by every other file of hub/."""

from pathlib import Path
from typing import Literal, NamedTuple

from safetensors import SafetensorError, safe_open

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub.config import AnyConfig, ModelConfig, read_config

CONFIG_NAME = "config.json"
WEIGHTS_NAME = "model.safetensors"

REMEDIES = {
    "folder": "Copy the model again.",
    "package": "Install the package again: pip install --force-reinstall --no-deps artgan-hf.",
    "hub": "Download it again: force_download=True.",
}


class ModelFolder(NamedTuple):
    """A folder with config.json and, unless it is an ensemble, model.safetensors.

    Args:
        path: the folder.
        name: the id or folder it was asked for by, e.g. "artgan/qf10".
        origin: "folder" (the caller's own), "package" (shipped with it) or "hub" (the download cache).
    """

    path: Path
    name: str
    origin: Literal["folder", "package", "hub"]

    @property
    def remedy(self) -> str:
        """What to do if the folder turns out to be broken."""
        return REMEDIES[self.origin]


class StoredTensor(NamedTuple):
    """An entry of a weights file, seen without reading it.

    Args:
        shape: as stored.
        dtype: safetensors' name for it, e.g. "F16".
    """

    shape: tuple[int, ...]
    dtype: str


def check_complete(folder: ModelFolder) -> AnyConfig:
    """Returns the config of a folder after checking that no file is missing or empty.

    Raises:
        IncompatibleModelError: if one is missing or has 0 bytes, or the config cannot be used.
    """
    _check_file(folder, CONFIG_NAME)
    config = read_config(folder.path / CONFIG_NAME)
    if isinstance(config, ModelConfig):
        _check_file(folder, WEIGHTS_NAME)
    return config


def read_header(folder: ModelFolder) -> dict[str, StoredTensor]:
    """Returns names, shapes and types of the weights without reading them.

    Raises:
        IncompatibleModelError: if the file is truncated or is not safetensors.
    """
    file = folder.path / WEIGHTS_NAME
    try:
        with safe_open(file, framework="pt") as weights:
            slices = {name: weights.get_slice(name) for name in weights.keys()}  # noqa: SIM118 - not a dict
            return {name: StoredTensor(tuple(part.get_shape()), part.get_dtype()) for name, part in slices.items()}
    except (SafetensorError, OSError) as error:
        raise IncompatibleModelError(f"{file} is cut short or not safetensors ({error}). {folder.remedy}") from error


def _check_file(folder: ModelFolder, name: str) -> None:
    file = folder.path / name
    if not file.is_file():
        raise IncompatibleModelError(
            f"{folder.path} has no {name}; a model folder holds {CONFIG_NAME} and {WEIGHTS_NAME}. {folder.remedy}"
        )
    if not file.stat().st_size:
        raise IncompatibleModelError(f"{file} has 0 bytes. {folder.remedy}")
