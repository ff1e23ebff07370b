"""`artgan card FOLDER`: writes the model card of a model folder from its config and from measured scores."""

import argparse
import json
from bisect import bisect_left
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan_hf.cli.crop_sheet import SAMPLES, Cell, crop, draw_sheet, read_sample
from artgan_hf.errors import ArtganError, DataError, OptionError

if TYPE_CHECKING:
    from artgan_hf.restoring import Restorer

QUALITIES = {"jpeg": (10, 20, 40), "h264": (42, 37, 32)}  # one for each row of crops, as far as the model is for them
CROP_PX = 160
COLUMN_LIMIT_BYTES = 12_000
SHEET_QUALITIES = range(10, 100, 5)


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("card", help="write the model card (README.md) of a model folder")
    parser.add_argument("folder", type=Path, help="with config.json and, unless an ensemble, model.safetensors")
    parser.add_argument(
        "--scores",
        type=Path,
        nargs="+",
        default=[],
        help="JSON of `artgan evaluate`, of a predictor `evaluate-quality`",
    )
    parser.add_argument("--id", help="id on the Hub (default: artgan/ and the folder's name)")
    parser.add_argument("--datasets", nargs="+", default=[], help="ids on the Hub of the training data")
    parser.add_argument(
        "--crops", action="store_true", help="restore shipped pictures and show crops of them (writes crops.avif)"
    )
    parser.add_argument(
        "--beside", nargs="+", metavar="MODEL", help="with --crops: columns of these, in place of the parent's"
    )
    parser.add_argument(
        "--compared",
        type=Path,
        metavar="JSON",
        help="of `artgan evaluate`, on networks that other losses made: the card shows it (writes comparison.json)",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after writing the card.

    Raises:
        IncompatibleModelError: if the folder is not a sound model.
        ModelNotFoundError: if the id is not one, or a parent or an expert to show crops of cannot be found.
        DataError: if a file of scores cannot be read or has no row of this model.
        OptionError: if crops are asked of a quality predictor.
    """
    from artgan_hf.hub.card import read_scores, write_card

    scores = [read_scores(_read(path), where=str(path)) for path in arguments.scores]
    if arguments.compared:
        _keep_comparison(arguments.compared, arguments.folder)
    if arguments.crops:
        _write_crops(
            arguments.folder, arguments.id or f"artgan/{arguments.folder.resolve().name}", arguments.beside or ()
        )
    path = write_card(arguments.folder, scores=scores, model_id=arguments.id, datasets=arguments.datasets)
    print(path)
    return 0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{path} cannot be read ({error}); a JSON file of `artgan evaluate` was expected.") from error


def _keep_comparison(path: Path, folder: Path) -> None:
    """Writes comparison.json: the means of a benchmark, without its single pictures."""
    from artgan_hf.evaluation import write_json
    from artgan_hf.evaluation.published import shortened
    from artgan_hf.hub.card import ScoreTable, read_scores
    from artgan_hf.hub.card_bodies import COMPARISON_NAME

    text = _read(path)
    if not isinstance(read_scores(text, where=str(path)), ScoreTable):
        raise DataError(f"{path} is of a quality predictor; a JSON file of `artgan evaluate` was expected.")
    write_json(shortened(json.loads(text)), folder / COMPARISON_NAME)


def _write_crops(folder: Path, model_id: str, beside: Sequence[str]) -> None:
    """Writes crops.avif: the samples compressed, restored by others or by the parent, restored, and original."""
    from artgan_hf.hub.card_bodies import CODEC_WORDS, CROPS_NAME
    from artgan_hf.hub.config import ModelConfig
    from artgan_hf.hub.folder import ModelFolder, check_complete
    from artgan_hf.metadata import save_picture
    from artgan_hf.restoring import Restorer

    config = check_complete(ModelFolder(folder, model_id, "folder"))
    if config.kind == "quality-predictor":
        raise OptionError(f"{folder} is a {config.kind}: it restores no pictures to show crops of; leave --crops out.")
    restorer = Restorer.from_pretrained(folder)
    parent = config.parent if isinstance(config, ModelConfig) else None
    others: dict[str, Callable[[bytes], Any]]
    if beside:
        others = {Path(model).name: Restorer.from_pretrained(model) for model in beside}
    else:
        others = {f"{parent} (pixel loss)": partial(restorer, fidelity=1)} if parent else {}
    heads = [CODEC_WORDS[config.codec][0], *others, model_id, "original"]
    least, most = config.quality
    rows = [
        _row(restorer, name, config.codec, min(max(quality, least), most), list(others.values()))
        for name, quality in zip(SAMPLES, QUALITIES[config.codec], strict=True)
    ]
    sheet, limit = draw_sheet(heads, rows), COLUMN_LIMIT_BYTES * len(heads)

    def bytes_at(quality: int) -> int:
        return save_picture(sheet, folder / CROPS_NAME, quality=quality, overwrite=True).stat().st_size

    # the higher the quality, the more bytes: the best one that fits is found by halving
    best = SHEET_QUALITIES[max(0, bisect_left(SHEET_QUALITIES, limit, key=bytes_at) - 1)]
    if (size := bytes_at(best)) >= limit:
        raise ArtganError(f"{folder / CROPS_NAME} has {size:,} bytes; fewer than {limit:,} were expected.")


def _row(
    restorer: "Restorer", name: str, codec: str, quality: int, others: Sequence[Callable[[bytes], Any]]
) -> list[Cell]:
    from artgan_hf.evaluation.compression import make_codec

    clean = read_sample(name)
    compressed = make_codec(codec).compress(clean, quality)
    result = restorer.restore(compressed.file)
    chosen = result.model if result.model != restorer.name else ""  # of an ensemble
    shown = [(compressed.pixels, f"{compressed.setting}, {compressed.coded_bytes / 1000:.1f} KB")]
    shown += [(other(compressed.file), "") for other in others]
    shown += [(result.image, chosen), (clean, "")]
    return [Cell(crop(picture, name, CROP_PX), caption) for picture, caption in shown]
