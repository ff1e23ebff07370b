"""Says whether a folder is fit to be published, as far as can be told without the Hub. Called by publish."""

import re
from pathlib import Path
from typing import Literal, TypeAlias

from huggingface_hub import ModelCard, SpaceCard

from artgan_hf.errors import PublishError
from artgan_hf.hub.card import CARD_NAME
from artgan_hf.hub.config import EnsembleConfig
from artgan_hf.hub.folder import ModelFolder, check_complete
from artgan_hf.hub.weights import load_network

RepoType: TypeAlias = Literal["model", "space"]
CARDS: dict[RepoType, type[ModelCard] | type[SpaceCard]] = {"model": ModelCard, "space": SpaceCard}
EXPORTS = re.compile(r'"(\w+)": "artgan export \S+ -o (\S+)')
"""What scripts in a package.json are called that write a model, and which file."""
BUILT = ("node_modules", "dist")
NEEDED = {"model": ("license", "library_name", "pipeline_tag"), "space": ("title", "sdk", "app_file", "license")}


def check_publishable(folder: Path, *, repo_type: RepoType = "model") -> ModelCard | SpaceCard:
    """Returns the card of a folder that is fit to be published, as far as can be told without the Hub.

    Args:
        folder: as in `plan_publication`.
        repo_type: "model" or "space".

    Raises:
        PublishError: if the card or a file is missing or wrong.
        IncompatibleModelError: if the folder is not a sound model.
    """
    if repo_type == "model":
        config = check_complete(ModelFolder(folder, str(folder), "folder"))
        if not isinstance(config, EnsembleConfig):  # which has no weights of its own
            load_network(folder, kind=config.kind)
    card = read_card(folder, repo_type)
    if repo_type == "space" and card.data.get("sdk") == "static":
        _check_models(folder)
    elif repo_type == "space":
        for name in (str(card.data.get("app_file")), "requirements.txt"):
            if not (folder / name).is_file():
                raise PublishError(f"{folder} has no {name}; a Space has its app and its requirements.")
    return card


def _check_models(folder: Path) -> None:
    """Checks that the models of a static Space are there: the page is built where it is published, they are not."""
    package = folder / "package.json"
    scripts = package.read_text(encoding="utf-8") if package.is_file() else ""
    for script, name in EXPORTS.findall(scripts):
        if not (folder / name).is_file():
            raise PublishError(f"{folder} has no {name}, which goes to the Space with it: npm run {script} makes it.")


def read_card(folder: Path, repo_type: RepoType) -> ModelCard | SpaceCard:
    """Returns the parsed card of a folder.

    Args:
        folder: with a README.md.
        repo_type: "model" or "space".

    Raises:
        PublishError: if it is missing, or its metadata cannot be read or lacks what people find it by.
    """
    path = folder / CARD_NAME
    if not path.is_file():
        advice = f"artgan card {folder} writes one" if repo_type == "model" else "a Space begins with one"
        raise PublishError(f"{folder} has no {CARD_NAME}: {advice}.")
    try:
        card = CARDS[repo_type](path.read_text(encoding="utf-8"))
    except Exception as error:  # the parsers of YAML and of the metadata raise many kinds
        raise PublishError(f"the metadata of {path} cannot be read: {one_line(error)}.") from error
    if missing := [name for name in NEEDED[repo_type] if not card.data.get(name)]:
        raise PublishError(f"the metadata of {path} lacks {', '.join(missing)}; see the other cards.")
    return card


def files_to_publish(folder: Path) -> list[str]:
    """Returns the paths of what is published, relative to the folder, sorted: nothing hidden, unfinished or built."""
    files = (file.relative_to(folder) for file in folder.rglob("*") if file.is_file())
    return sorted(file.as_posix() for file in files if _is_ours(file))


def content_of(folder: Path, path: str, *, repo_id: str) -> bytes:
    """Returns what is published of one file: a model's card goes by the name of its repository."""
    content = (folder / path).read_bytes()
    if path != CARD_NAME:
        return content
    card = content.decode()
    if not (head := re.search(r"^# ([\w.-]+/[\w.-]+)$", card, re.MULTILINE)):
        return content
    return re.sub(rf"(?<![\w.-]){re.escape(head[1])}(?![\w-]|\.\w)", repo_id, card).encode()


def _is_ours(file: Path) -> bool:
    is_left_out = any(part.startswith((".", "__")) or part in BUILT for part in file.parts)
    return not is_left_out and file.suffix != ".part"


def one_line(error: BaseException) -> str:
    """Returns the message of an error on one line, without its full stop."""
    return " ".join(str(error).split()).rstrip(".") or type(error).__name__
