"""Finds a model: the caller's own folder, then the package, then the Hub. Called by every door that takes a model."""

import logging
import re
from os import PathLike, fspath
from pathlib import Path

from artgan_hf.errors import ModelNotFoundError, OptionError
from artgan_hf.hub.config import MODEL_ID
from artgan_hf.hub.folder import ModelFolder, check_complete
from artgan_hf.hub.shipped import shipped_folder, suggestion

logger = logging.getLogger("artgan_hf.hub")

LOOKS_LIKE_A_PATH = re.compile(r"[./~]|[A-Za-z]:|.*\\|.*/.*/", re.DOTALL)


def find_model(
    id_or_dir: str | PathLike[str],
    *,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: str | PathLike[str] | None = None,
    local_files_only: bool = False,
    force_download: bool = False,
) -> ModelFolder:
    """Returns the folder of a model.

    An existing folder wins. A model shipped with the package comes next, unless a revision or a fresh download is asked
    for. All else comes from the Hub: config.json and model.safetensors of one commit, never code and never a pickle.
    Which it was is logged to "artgan_hf.hub".

    Args:
        id_or_dir: an id such as "artgan/qf10", or a folder with config.json and model.safetensors.
        revision: branch, tag or commit on the Hub.
        token: a Hub token, or True for the stored one; by default the stored one is used where there is one.
        cache_dir: where downloads are kept; by default the Hub client's own cache.
        local_files_only: True to use only what is here already.
        force_download: True to download even what is here already.

    Raises:
        ModelNotFoundError: if there is no such folder, id or revision, or the Hub cannot be reached or refuses.
        IncompatibleModelError: if it was found but a file is missing, empty or damaged.
        OptionError: if the arguments exclude each other.

    Example:
        >>> find_model("./runs/no-such-folder")
        Traceback (most recent call last):
        artgan_hf.errors.ModelNotFoundError: there is no folder './runs/no-such-folder'; ...
    """
    if force_download and local_files_only:
        raise OptionError("force_download and local_files_only are both set; they exclude each other: leave one out.")
    name = fspath(id_or_dir)
    folder = _own_folder(name)
    if folder is not None and revision is not None:
        raise OptionError(
            f"revision is {revision!r} but {name!r} is a folder; revisions exist on the Hub only: leave it out."
        )
    if folder is None and revision is None and not force_download:
        folder = shipped_folder(name)
    if folder is None:
        _check_id(name, is_path=not isinstance(id_or_dir, str))
        # The client costs a quarter of a second to import: only who downloads pays for it.
        from artgan_hf.hub.download import download  # noqa: PLC0415

        path = download(
            name,
            revision=revision,
            token=token,
            cache_dir=cache_dir,
            local_files_only=local_files_only,
            force_download=force_download,
        )
        folder = ModelFolder(path, name, "hub")
    check_complete(folder)
    logger.info("model %s: from the %s, %s", folder.name, folder.origin, folder.path)
    return folder


def _own_folder(name: str) -> ModelFolder | None:
    if not name.strip():
        raise ModelNotFoundError(f"the model is {name!r}; an id such as 'artgan/qf10' or a folder was expected.")
    path = Path(name).expanduser() if name.startswith("~/") else Path(name)
    try:
        return ModelFolder(path, name, "folder") if path.is_dir() else None
    except OSError as error:
        raise ModelNotFoundError(f"the model {name[:200]!r} cannot be looked up: {error.strerror}.") from error


def _check_id(name: str, *, is_path: bool) -> None:
    """Checks that a name that is no folder can be an id; the Hub is asked only for those that can."""
    if "://" in name:
        raise ModelNotFoundError(f"{name!r} is a link; pass the id at its end, such as 'artgan/qf10'.")
    if Path(name).is_file():
        raise ModelNotFoundError(f"{name!r} is a file; pass the folder that holds config.json and model.safetensors.")
    if is_path or LOOKS_LIKE_A_PATH.match(name):
        raise ModelNotFoundError(f"there is no folder {name!r}; pass one that exists, or an id such as 'artgan/qf10'.")
    if not MODEL_ID.fullmatch(name) or "--" in name or ".." in name or name.endswith(".git"):
        raise ModelNotFoundError(f"{name!r} is not a model id; 'owner/name' was expected.{suggestion(name)}")
