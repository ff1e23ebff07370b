"""Fetches a model from the Hub, and says in one line what went wrong. Called by `find_model`, which imports it late.

Works with huggingface_hub 1 (which speaks through httpx) and 2 (through httpx2).
"""

import hashlib
import re
from contextlib import suppress
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from huggingface_hub import (
    constants,
    get_hf_file_metadata,
    hf_hub_download,
    hf_hub_url,
    try_to_load_from_cache,
)
from huggingface_hub.errors import (
    DisabledRepoError,
    FileMetadataError,
    GatedRepoError,
    HfHubHTTPError,
    LocalEntryNotFoundError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RemoteEntryNotFoundError,
    RepositoryNotFoundError,
    RevisionNotFoundError,
    XetDownloadError,
)

from artgan_hf.errors import ArtganError, IncompatibleModelError, ModelNotFoundError
from artgan_hf.hub.config import EnsembleConfig, read_config
from artgan_hf.hub.folder import CONFIG_NAME, WEIGHTS_NAME
from artgan_hf.hub.shipped import suggestion

SHA256 = re.compile(r"[0-9a-f]{64}")
# What the client lets through when a connection fails: the HTTP library's own root, under whichever name it goes.
HTTP_ERROR: type[BaseException] = next(kind for kind in HfHubHTTPError.__mro__ if kind.__name__ == "HTTPError")


class _Request(NamedTuple):
    model_id: str
    revision: str | None
    token: str | bool | None
    cache_dir: str | PathLike[str] | None
    local_files_only: bool
    force_download: bool

    @property
    def page(self) -> str:
        return f"{constants.ENDPOINT}/{self.model_id}"


def download(
    model_id: str,
    *,
    revision: str | None = None,
    token: str | bool | None = None,
    cache_dir: str | PathLike[str] | None = None,
    local_files_only: bool = False,
    force_download: bool = False,
) -> Path:
    """Returns the cached folder of a Hub model after fetching what is not there yet.

    The config is fetched and checked first; then, unless it is an ensemble's, the weights of the same commit, compared
    with their SHA-256 where the cache knows it.

    Args:
        model_id: "owner/name".
        revision: branch, tag or commit; the main branch by default.
        token: as in `find_model`.
        cache_dir: as in `find_model`.
        local_files_only: as in `find_model`.
        force_download: as in `find_model`.

    Raises:
        ModelNotFoundError: if the Hub has no such model or revision, refuses, or cannot be reached.
        IncompatibleModelError: if a file is missing or damaged, or the config is not one of this package.
    """
    request = _Request(model_id, revision, token, cache_dir, local_files_only, force_download)
    if not (local_files_only or constants.HF_HUB_OFFLINE or _is_cached(request)):
        _check_connection(request)
    config = _fetch(request, CONFIG_NAME)
    if isinstance(read_config(config), EnsembleConfig):
        return config.parent
    commit = config.parent.name
    weights = _fetch(request._replace(revision=commit), WEIGHTS_NAME)
    _check_digest(weights)
    return weights.parent


def _is_cached(request: _Request) -> bool:
    where = None if request.cache_dir is None else Path(request.cache_dir)
    found = try_to_load_from_cache(request.model_id, CONFIG_NAME, where, request.revision)
    return isinstance(found, str) and not request.force_download


def _check_connection(request: _Request) -> None:
    """Fails at once where nothing answers: the download proper would try again for half a minute first."""
    url = hf_hub_url(request.model_id, CONFIG_NAME, revision=request.revision)
    try:
        with suppress(HfHubHTTPError):  # an answer: what it means is told when the download proper gets it, too
            get_hf_file_metadata(url, token=request.token, library_name="artgan-hf")
    except (HTTP_ERROR, OSError, ValueError) as error:
        raise _explained(error, request, CONFIG_NAME) from error


def _fetch(request: _Request, filename: str) -> Path:
    try:
        path = hf_hub_download(
            request.model_id,
            filename,
            revision=request.revision,
            token=request.token,
            cache_dir=None if request.cache_dir is None else Path(request.cache_dir),
            local_files_only=request.local_files_only,
            force_download=request.force_download,
            library_name="artgan-hf",
        )
    except (HTTP_ERROR, OSError, ValueError, RuntimeError, XetDownloadError) as error:
        raise _explained(error, request, filename) from error
    return Path(path)


def _explained(error: BaseException, request: _Request, filename: str) -> ArtganError:
    """The error of this package for one of the client's."""
    if isinstance(error, HfHubHTTPError):
        return _refused(error, request, filename)
    if isinstance(error, LocalEntryNotFoundError | ValueError) and error.__cause__ is not None:
        # "Not in the cache either", wrapped around the reason why the Hub did not answer.
        return _explained(error.__cause__, request, filename)
    model_id, line = request.model_id, _first_line(error)
    absent = f"{filename} of {model_id} is not in the download cache and"
    reasons: list[tuple[type[BaseException], str]] = [
        (OfflineModeIsEnabled, f"{absent} HF_HUB_OFFLINE is set: unset it for one call.{suggestion(model_id)}"),
        (LocalEntryNotFoundError, f"{absent} local_files_only is set: unset it for one call.{suggestion(model_id)}"),
        (LocalTokenNotFoundError, "token is True but no token is stored: hf auth login."),
        (FileMetadataError, f"what answers at {request.page} is no Hub: check HF_ENDPOINT, proxy and sign-in pages."),
        (
            HTTP_ERROR,
            f"no connection to {constants.ENDPOINT} for {model_id} ({line}): try again later.{suggestion(model_id)}",
        ),
    ]
    for kind, message in reasons:
        if isinstance(error, kind):
            return ModelNotFoundError(message)
    if isinstance(error, OSError) and error.errno is not None:
        return ModelNotFoundError(f"{filename} of {model_id} cannot be stored ({line}): try another cache_dir.")
    return IncompatibleModelError(f"{filename} of {model_id} did not arrive whole ({line}): try again.")


def _refused(error: HfHubHTTPError, request: _Request, filename: str) -> ArtganError:
    """The error of this package for an answer of the Hub."""
    model_id, page, status = request.model_id, request.page, error.response.status_code
    if isinstance(error, GatedRepoError):
        advice = f"accept its terms at {page}, then hf auth login or pass token"
        return ModelNotFoundError(f"{model_id} is gated ({status}): {advice}.")
    if isinstance(error, RepositoryNotFoundError):
        advice = suggestion(model_id) or " Check the spelling; a private model needs hf auth login or a token."
        return ModelNotFoundError(f"the Hub has no model {model_id!r}.{advice}")
    if isinstance(error, RevisionNotFoundError):
        return ModelNotFoundError(
            f"{model_id} has no revision {request.revision!r}; see {page}/tree/main for those it has."
        )
    if isinstance(error, RemoteEntryNotFoundError):
        return IncompatibleModelError(f"{model_id} has no {filename}; a model has {CONFIG_NAME} and {WEIGHTS_NAME}.")
    if isinstance(error, DisabledRepoError):
        return ModelNotFoundError(f"{model_id} was disabled; see {page}.")
    reasons = {
        401: "does not accept the token: hf auth login, or pass another token",
        403: "does not let this token read it: use one that may",
        429: "asks to slow down: try again in a few minutes, or hf auth login for a higher limit",
    }
    reason = reasons.get(
        status, "has trouble: try again later" if status >= 500 else "gave an answer that was not expected"
    )
    return ModelNotFoundError(f"{model_id} was not downloaded; {constants.ENDPOINT} answered {status} and {reason}.")


def _check_digest(weights: Path) -> None:
    """Compares the file with the SHA-256 that the cache names it by; a cache without links keeps none."""
    digest = weights.readlink().name if weights.is_symlink() else ""
    if SHA256.fullmatch(digest) and hashlib.sha256(weights.read_bytes()).hexdigest() != digest:
        raise IncompatibleModelError(
            f"{weights} is damaged: its SHA-256 is not the Hub's. Download it again: force_download=True."
        )


def _first_line(error: BaseException) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
