"""`artgan card FOLDER`: writes the model card of a model folder from its config and from measured scores."""

import argparse
from pathlib import Path
from typing import Any

from artgan_hf.errors import DataError


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("card", help="write the model card (README.md) of a model folder")
    parser.add_argument("folder", type=Path, help="with config.json and model.safetensors, e.g. model_cards/qf10")
    parser.add_argument("--scores", type=Path, nargs="+", default=[], help="JSON files written by `artgan evaluate`")
    parser.add_argument("--id", help="id on the Hub (default: artgan/ and the folder's name)")
    parser.add_argument("--datasets", nargs="+", default=[], help="ids on the Hub of the training data")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after writing the card.

    Raises:
        IncompatibleModelError: if the folder is not a sound model.
        ModelNotFoundError: if the id is not one.
        DataError: if a file of scores cannot be read or has no row of this model.
    """
    from artgan_hf.hub.card import ScoreTable, write_card

    scores = [ScoreTable.from_json(_read(path), where=str(path)) for path in arguments.scores]
    path = write_card(arguments.folder, scores=scores, model_id=arguments.id, datasets=arguments.datasets)
    print(path)
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}); a JSON file of `artgan evaluate` was expected.") from error
