"""`artgan publish`: puts model folders and the demo Space on the Hub, after showing what will change."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan_hf.errors import OptionError

if TYPE_CHECKING:
    from artgan_hf.hub.publish import Publication

EPILOG = """A folder is checked (config, every weight, the card's metadata), compared with the repository, and sent
in one commit; if nothing has changed, there is none. Files that only the repository has stay there.
The token is the one of `hf auth login` or HF_TOKEN; it must be allowed to write.

  artgan publish my-model --repo-id you/my-model --private
  artgan publish --all --repo-id you
  artgan publish --space --repo-id you/artgan-demo"""


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "publish",
        help="put a model or the demo page on the Hub",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, nargs="?", help="model folder with its card, e.g. model_cards/qf10")
    parser.add_argument("--all", action="store_true", help="every model of the package; --repo-id is the owner")
    parser.add_argument(
        "--space", nargs="?", const="artgan-demo", metavar="NAME", help="a page in spaces/ (default: %(const)s)"
    )
    parser.add_argument("--repo-id", required=True, metavar="ID", help="where to, e.g. you/qf10")
    parser.add_argument("--private", action="store_true", help="make a new repository private")
    parser.add_argument("--create-pr", action="store_true", help="open a pull request instead of changing main")
    parser.add_argument("--dry-run", action="store_true", help="check and compare, send nothing")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing what changes and the address of each repository.

    Raises:
        OptionError: if the arguments make no sense together.
        PublishError: if a folder is not fit to be published, or the Hub refuses or is away.
        IncompatibleModelError: if a folder is not a sound model.
    """
    from artgan_hf.hub.publish import plan_publication, publish

    for folder, repo_id in _targets(arguments):
        publication = plan_publication(folder, repo_id, repo_type="space" if arguments.space else "model")
        _show(publication)
        if not arguments.dry_run:
            print(publish(publication, private=arguments.private, create_pr=arguments.create_pr), flush=True)
    return 0


def _targets(arguments: argparse.Namespace) -> list[tuple[Path, str]]:
    """Folders and the repositories they go to."""
    from artgan_hf.cli.app import space_folder
    from artgan_hf.hub import find_model
    from artgan_hf.hub.shipped import shipped_ids

    folder, repo_id = arguments.folder, arguments.repo_id
    if sum((folder is not None, arguments.all, arguments.space is not None)) != 1:
        raise OptionError("one of FOLDER, --all and --space was expected; see artgan publish --help.")
    if arguments.space:
        return [(space_folder(arguments.space), repo_id)]
    if not arguments.all:
        return [(folder, repo_id)]
    if "/" in repo_id:
        raise OptionError(f"--repo-id is {repo_id!r}; with --all, the owner alone was expected, such as 'you'.")
    folders = [find_model(model_id).path for model_id in shipped_ids()]
    return [(folder, f"{repo_id}/{folder.name}") for folder in folders]


def _show(publication: "Publication") -> None:
    kind = "Space" if publication.repo_type == "space" else "model"
    print(f"{publication.repo_id}: {f'a new {kind}' if publication.commit is None else f'the {kind} that is there'}")
    for change in publication.changes:
        print(f"  {change.state:<9}  {change.path}  {change.size_bytes / 1000:,.1f} KB")
    if not publication.upload:
        print("  nothing to send")
