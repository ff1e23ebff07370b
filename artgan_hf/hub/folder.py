"""What a model folder holds, wherever it was found, and a first look at its files. Used by every other file of hub/."""

from pathlib import Path
from typing import Literal, NamedTuple

from safetensors import SafetensorError, safe_open

from artgan_hf.errors import IncompatibleModelError

CONFIG_NAME = "config.json"
WEIGHTS_NAME = "model.safetensors"

REMEDIES = {
    "folder": "Copy the model again.",
    "package": "Install the package again: pip install --force-reinstall --no-deps artgan-hf.",
    "hub": "Download it again: force_download=True.",
}


class ModelFolder(NamedTuple):
    """A folder with config.json and model.safetensors.

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


def check_complete(folder: ModelFolder) -> None:
    """Checks that both files are there and not empty.

    Raises:
        IncompatibleModelError: if one is missing or has 0 bytes.
    """
    for name in (CONFIG_NAME, WEIGHTS_NAME):
        file = folder.path / name
        if not file.is_file():
            raise IncompatibleModelError(
                f"{folder.path} has no {name}; a model folder holds {CONFIG_NAME} and {WEIGHTS_NAME}. {folder.remedy}"
            )
        if not file.stat().st_size:
            raise IncompatibleModelError(f"{file} has 0 bytes. {folder.remedy}")


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
