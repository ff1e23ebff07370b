"""Puts a model folder or a Space on the Hub, in one commit, once it is known what will change.

Called by cli/publish and `Restorer.push_to_hub`. Imports huggingface_hub, so `artgan_hf.hub` does not import it.
"""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

import torch
from huggingface_hub import CommitOperationAdd, HfApi, ModelCard, SpaceCard, constants
from huggingface_hub.errors import (
    HfHubHTTPError,
    LocalTokenNotFoundError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
)
from huggingface_hub.hf_api import RepoFile
from torch import nn

from artgan_hf.errors import PublishError
from artgan_hf.hub.card import CARD_NAME, write_card
from artgan_hf.hub.config import MODEL_ID, AnyConfig, EnsembleConfig
from artgan_hf.hub.download import HTTP_ERROR
from artgan_hf.hub.folder import CONFIG_NAME
from artgan_hf.hub.publishable import RepoType, check_publishable, content_of, files_to_publish, one_line, read_card
from artgan_hf.hub.weights import save_model

WAYS_IN = "hf auth login, or set HF_TOKEN, or pass token; it must be allowed to write"


class Change(NamedTuple):
    """What becomes of one file.

    Args:
        path: in the repository.
        state: "added", "changed" or "unchanged".
        size_bytes: of the file here.
    """

    path: str
    state: Literal["added", "changed", "unchanged"]
    size_bytes: int


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A checked folder beside the repository it is to go to: nothing has been sent yet.

    Args:
        folder: what is to be published.
        repo_id: "owner/name".
        repo_type: "model" or "space".
        changes: one for each file of the folder. Files that only the repository has stay there.
        commit: where the repository's main branch is; None if there is no such repository yet.
        is_private: whether the repository is; None if there is none yet.
    """

    folder: Path
    repo_id: str
    repo_type: RepoType
    changes: tuple[Change, ...]
    commit: str | None
    is_private: bool | None

    @property
    def url(self) -> str:
        """The repository's page."""
        return f"{constants.ENDPOINT}/{'spaces/' if self.repo_type == 'space' else ''}{self.repo_id}"

    @property
    def upload(self) -> tuple[Change, ...]:
        """What is to be sent: the changes without the unchanged."""
        return tuple(change for change in self.changes if change.state != "unchanged")


def plan_publication(
    folder: Path, repo_id: str, *, repo_type: RepoType = "model", token: str | bool | None = None
) -> Publication:
    """Returns what publishing a folder would change on the Hub, after checking that it is fit to be published.

    A model must load strictly, and its card must have the metadata that people find it by; a Space must have its app.
    The Hub's own validation of the card comes last.

    Args:
        folder: a model folder with its card, or a Space. Hidden files and unfinished ones (.part) are left out.
        repo_id: "owner/name".
        repo_type: "model" or "space".
        token: a Hub token, or True for the stored one; by default the stored one is used where there is one.

    Raises:
        PublishError: if the card or a file is missing or wrong, the id is not one, or the Hub refuses or is away.
        IncompatibleModelError: if the folder is not a sound model.
    """
    if not MODEL_ID.fullmatch(repo_id):
        raise PublishError(f"{repo_id!r} is not a repository on the Hub; 'owner/name' was expected.")
    card = check_publishable(folder, repo_type=repo_type)
    with _refusals_explained(repo_id):
        _validate_on_hub(card, folder / CARD_NAME)
        api = HfApi(token=token, library_name="artgan-hf")
        there: dict[str, RepoFile] = {}
        commit = is_private = None
        with suppress(RepositoryNotFoundError):
            info = api.repo_info(repo_id, repo_type=repo_type)
            commit, is_private = info.sha, info.private
            tree = api.list_repo_tree(repo_id, recursive=True, revision=commit, repo_type=repo_type)
            there = {entry.path: entry for entry in tree if isinstance(entry, RepoFile)}
    changes = tuple(
        _change(file, content_of(folder, file, repo_id=repo_id), there) for file in files_to_publish(folder)
    )
    return Publication(
        folder=folder,
        repo_id=repo_id,
        repo_type=repo_type,
        changes=changes,
        commit=commit,
        is_private=is_private,
    )


def publish(
    publication: Publication,
    *,
    private: bool = False,
    create_pr: bool = False,
    message: str | None = None,
    token: str | bool | None = None,
) -> str:
    """Returns the address of what is on the Hub now: the repository's page, or that of the pull request.

    Everything goes into one commit; if nothing has changed, there is none.

    Args:
        publication: from `plan_publication`.
        private: True to make a new repository private; an existing one stays as it is.
        create_pr: True to open a pull request instead of changing the main branch.
        message: of the commit, one line.
        token: as in `plan_publication`.

    Raises:
        PublishError: if the Hub refuses or is away, the repository has changed since it was looked at, `private` is
            asked of a public repository, or a pull request of one that does not exist.
    """
    repo_id, is_new = publication.repo_id, publication.commit is None
    if is_new and create_pr:
        raise PublishError(f"{repo_id} does not exist yet: publish it without a pull request first.")
    if private and publication.is_private is False:
        raise PublishError(f"{repo_id} is public already; make it private in its settings: {publication.url}/settings.")
    if not publication.upload:
        return publication.url
    api = HfApi(token=token, library_name="artgan-hf")
    folder, repo_type = publication.folder, publication.repo_type
    files = [
        CommitOperationAdd(change.path, content_of(folder, change.path, repo_id=repo_id))
        for change in publication.upload
    ]
    with _refusals_explained(repo_id):
        if is_new:
            sdk = read_card(folder, "space").data.get("sdk") if repo_type == "space" else None
            api.create_repo(repo_id, repo_type=repo_type, private=private, space_sdk=sdk)
        commit = api.create_commit(
            repo_id,
            files,
            commit_message=message or f"Publish {folder.resolve().name}",
            repo_type=repo_type,
            create_pr=create_pr,
            parent_commit=publication.commit,
        )
    return commit.pr_url or publication.url


def publish_model(
    network: nn.Module | None,
    config: AnyConfig,
    repo_id: str,
    *,
    private: bool = False,
    create_pr: bool = False,
    token: str | bool | None = None,
) -> str:
    """Returns the address of a model after writing its folder and card and publishing them.

    Weights are stored in float16 where that loses nothing, otherwise in float32.

    Args:
        network: of the registry, on any device; None for an ensemble.
        config: its description.
        repo_id: "owner/name".
        private: as in `publish`.
        create_pr: as in `publish`.
        token: as in `plan_publication`.

    Raises:
        PublishError: as `plan_publication` and `publish`.
        IncompatibleModelError: if network and config do not fit.
    """
    if not MODEL_ID.fullmatch(repo_id):
        raise PublishError(f"{repo_id!r} is not a repository on the Hub; 'owner/name' was expected.")
    with tempfile.TemporaryDirectory(prefix="artgan-publish-") as scratch:
        folder = Path(scratch) / repo_id.partition("/")[2]
        if isinstance(config, EnsembleConfig):
            folder.mkdir()
            (folder / CONFIG_NAME).write_text(config.to_json(), encoding="utf-8", newline="\n")
        else:
            assert network is not None, "only an ensemble has no network"
            save_model(folder, network, config, half=_fits_in_half(network))
        write_card(folder, model_id=repo_id)
        publication = plan_publication(folder, repo_id, token=token)
        return publish(publication, private=private, create_pr=create_pr, token=token)


def _fits_in_half(network: nn.Module) -> bool:
    return all(torch.equal(tensor.half().to(tensor.dtype), tensor) for tensor in network.state_dict().values())


def _validate_on_hub(card: ModelCard | SpaceCard, path: Path) -> None:
    try:
        card.validate()
    except ValueError as error:  # a refusal with any other status is an HfHubHTTPError
        raise PublishError(f"the Hub finds the metadata of {path} wrong: {one_line(error)}.") from error


def _change(path: str, content: bytes, there: dict[str, RepoFile]) -> Change:
    if path not in there:
        return Change(path, "added", len(content))
    kept = there[path]
    if kept.lfs is not None:  # kept outside git, named by its SHA-256
        is_same = kept.lfs.sha256 == hashlib.sha256(content).hexdigest()
    else:
        is_same = kept.blob_id == hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    return Change(path, "unchanged" if is_same else "changed", len(content))


@contextmanager
def _refusals_explained(repo_id: str) -> Iterator[None]:
    """Turns what the client raises into one line of ours."""
    try:
        yield
    except HfHubHTTPError as error:
        raise PublishError(_refusal(repo_id, error.response.status_code)) from error
    except LocalTokenNotFoundError as error:
        raise PublishError(f"no token to publish {repo_id} with: {WAYS_IN}.") from error
    except OfflineModeIsEnabled as error:
        raise PublishError("HF_HUB_OFFLINE is set; publishing needs the Hub: unset it.") from error
    except HTTP_ERROR as error:
        raise PublishError(f"no connection to {constants.ENDPOINT} ({one_line(error)}): try again later.") from error
    except (RuntimeError, ValueError, OSError) as error:  # a file that broke off on its way, or an answer of no Hub
        cause = error.__cause__ or error
        if isinstance(cause, HfHubHTTPError):
            raise PublishError(_refusal(repo_id, cause.response.status_code)) from error
        raise PublishError(f"{repo_id} was not published ({one_line(cause)}): try again.") from error


def _refusal(repo_id: str, status: int) -> str:
    owner = repo_id.partition("/")[0]
    reasons = {
        401: f"knows no token with this call: {WAYS_IN}",
        402: "asks for a paid account: see the owner's billing page",
        403: f"does not let this token write to {owner}: use one that may, or another owner",
        404: f"finds no such repository for this token: {WAYS_IN}",
        409: "is busy with this repository, or it was just made: run it again",
        412: "says that the repository has changed since it was looked at: run it again",
        413: "finds a file too large",
        429: "asks to slow down: try again in a few minutes",
    }
    unknown = "has trouble: try again later" if status >= 500 else "gave an answer that was not expected"
    return f"{repo_id} was not published; {constants.ENDPOINT} answered {status} and {reasons.get(status, unknown)}."
