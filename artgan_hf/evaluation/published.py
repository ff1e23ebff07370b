"""Where a checkout tells measured figures: the README's tables, the cards, and the JSON they are written from."""

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from artgan_hf.errors import DataError
from artgan_hf.evaluation.compression import JPEG
from artgan_hf.evaluation.documents import markdown_table, write_text
from artgan_hf.evaluation.report import ORIGINAL, write_json
from artgan_hf.hub import EnsembleConfig, ModelSummary
from artgan_hf.hub.card import write_card
from artgan_hf.hub.card_scores import METRICS, QualityReport, Score, ScoreTable, read_scores
from artgan_hf.hub.config import read_config
from artgan_hf.hub.folder import CONFIG_NAME
from artgan_hf.hub.shipped import FOLDER_NAME, OWNER

SCORES_PATH = f"{FOLDER_NAME}/scores.json"
BEGIN, END = "<!-- scores: begin; written by `artgan report --update` -->", "<!-- scores: end -->"
MAIN_QUALITY = 10
MAIN_FIGURES = ("psnr", "ssim", "psnr_b", "lpips", "dists", "niqe", "brisque")
PROGRESS_FIGURES = ("psnr", "lpips", "dists")
CLIP_FIGURES = ("lpips", "psnr", "ssim", "niqe", "brisque", "flicker")


def shortened(content: dict[str, Any]) -> dict[str, Any]:
    """Returns a report's JSON without what is said of single pictures and classes: small enough for a repository."""
    short = {key: value for key, value in content.items() if key not in ("per_image", "quoted")}
    if "detection" in content:
        kept = ("dataset", "detector", "images", "codec", "protocol")
        short["detection"] = {key: content["detection"][key] for key in kept}
        columns = ("model", "quality", "ap", "ap50")
        short["detection"]["rows"] = [{key: row[key] for key in columns} for row in content["detection"]["rows"]]
    return short


def update_checkout(
    content: dict[str, Any],
    checkout: str | PathLike[str],
    models: Sequence[ModelSummary],
    *,
    clips: Sequence[dict[str, Any]] = (),
) -> None:
    """Writes model_cards/scores.json, the README's tables and every model's card.

    Args:
        content: a report's JSON.
        checkout: of this project.
        models: those in it, from `list_models`.
        clips: JSON of `artgan evaluate-video`; none keeps those that the checkout has.

    Raises:
        DataError: if the README has no place for the tables, or the JSON is not a report's.
        IncompatibleModelError: if a model folder is not sound.
    """
    checkout = Path(checkout)
    readme = checkout / "README.md"
    content = shortened(content)
    if found := list(clips) or _kept_clips(checkout / SCORES_PATH):
        content["clips"] = found
    try:
        text = with_tables(readme.read_text(encoding="utf-8"), readme_tables(content, models))
    except OSError as error:
        raise DataError(f"{readme} cannot be read ({error.strerror}); pass a checkout of this project.") from error
    write_json(content, checkout / SCORES_PATH)
    write_text(text, readme)
    for folder in sorted(path.parent for path in (checkout / FOLDER_NAME).glob(f"*/{CONFIG_NAME}")):
        if scores := card_scores(content, folder):
            write_card(folder, scores=scores)


def _kept_clips(scores: Path) -> list[dict[str, Any]]:
    return json.loads(scores.read_text(encoding="utf-8")).get("clips", []) if scores.exists() else []


def read_report(path: str | PathLike[str]) -> dict[str, Any]:
    """Returns a report's JSON.

    Raises:
        DataError: if the file is missing or not such JSON.
    """
    try:
        content: dict[str, Any] = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"{path} cannot be read ({error}); measure first: artgan report --data FOLDER.") from error
    read_scores(json.dumps(content), where=str(path))
    return content


def with_tables(text: str, tables: str) -> str:
    """Returns the text of a README with other tables between the two comments that mark their place.

    Raises:
        DataError: if the comments are not there, each once and in order.
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end or BEGIN in rest or END in after:
        raise DataError(f"the README needs the lines {BEGIN!r} and {END!r} once, around the tables of scores.")
    return f"{before}{BEGIN}\n\n{tables}\n\n{END}{after}"


def readme_tables(content: dict[str, Any], models: Sequence[ModelSummary]) -> str:
    """Returns what the README says of measured figures, as Markdown.

    Args:
        content: a report's JSON, shortened or not.
        models: from `list_models`.
    """
    table = _score_table(content)
    parts = [
        _main_table(table, content, models),
        f"{table.dataset}, {table.images} pictures, {table.codec}; each model at quality {MAIN_QUALITY} or what it is "
        "for. better: pictures with a higher PSNR than their JPEG's.",
    ]
    parts += [_progress_table(table, models, figure) for figure in PROGRESS_FIGURES]
    parts += [_detection_table(content["detection"])] if "detection" in content else []
    parts += [_clip_table(content["clips"])] if "clips" in content else []
    parts += [_predictor_line(_predictor(content))] if "quality_predictor" in content else []
    return "\n\n".join(part for part in parts if part)


def card_scores(content: dict[str, Any], folder: Path) -> list[ScoreTable | QualityReport]:
    """Returns what concerns the model in a folder: its rows, its parent's, and those of the codec and the originals."""
    config, model = read_config(folder / CONFIG_NAME), f"{OWNER}/{folder.name}"
    if config.kind == "quality-predictor":
        predictors = [_predictor(content)] if "quality_predictor" in content else []
        return [report for report in predictors if report.model == model]
    if config.codec != JPEG:
        return [table for table in map(_clip_scores, content.get("clips", [])) if model in table.models]
    table = _score_table(content)
    qualities = {row.quality for row in table.rows if row.model == model}
    if not qualities:
        return []
    parent = None if isinstance(config, EnsembleConfig) else config.parent
    shown = {JPEG, ORIGINAL, model, parent}
    rows = [row for row in table.rows if row.model in shown or row.model.startswith(f"{model}, ")]
    kept = tuple(row for row in rows if row.quality is None or row.quality in qualities)
    return [ScoreTable(dataset=table.dataset, images=table.images, codec=table.codec, rows=kept)]


def _score_table(content: dict[str, Any]) -> ScoreTable:
    table = read_scores(json.dumps(content), where=SCORES_PATH)
    assert isinstance(table, ScoreTable), "a report's JSON is that of `artgan evaluate`, and more"
    return table


def _predictor(content: dict[str, Any]) -> QualityReport:
    report = read_scores(json.dumps(content["quality_predictor"]), where=SCORES_PATH)
    assert isinstance(report, QualityReport), "it was written by `as_record`"
    return report


def _clip_scores(clip: dict[str, Any]) -> ScoreTable:
    table = read_scores(json.dumps(clip), where=SCORES_PATH)
    assert isinstance(table, ScoreTable), "what `artgan evaluate-video` writes is a table"
    return table


def _main_table(table: ScoreTable, content: dict[str, Any], models: Sequence[ModelSummary]) -> str:
    """Every model at one quality, JPEG before those that share it."""
    shown = [name for name in MAIN_FIGURES if any(name in row.figures for row in table.rows)]
    better = {(row["model"], row["quality"]): row.get("better") for row in content["rows"]}
    found = {(row.model, row.quality): row for row in table.rows}
    chosen = sorted((quality, model.id, model) for model in models if (quality := _quality_of(model, table)))
    heads = ["model", "for", "parameters", "quality", *(METRICS[name].label for name in shown), "better"]
    lines, last = [heads], None
    for quality, name, model in chosen:
        if quality != last:
            lines.append(["(JPEG)", "", "", str(quality), *_cells(found.get((JPEG, quality)), shown), ""])
        last = quality
        count = f"{better[name, quality]}/{table.images}"
        size = f"{model.parameters / 1e6:.2f} M" if model.parameters else ""
        link = f"[`{name}`]({FOLDER_NAME}/{name.partition('/')[2]}/README.md)"
        purpose = model.config.description.rstrip(".")
        lines.append([link, purpose, size, str(quality), *_cells(found[name, quality], shown), count])
    if (ORIGINAL, None) in found:
        lines.append(["(the originals)", "", "", "", *_cells(found[ORIGINAL, None], shown), ""])
    return markdown_table(lines, left=2)


def _quality_of(model: ModelSummary, table: ScoreTable) -> int | None:
    """The quality to show a model at: of those it is for and was measured at, the one nearest to the main one."""
    return min(_qualities_of(model, table), key=lambda quality: abs(quality - MAIN_QUALITY), default=None)


def _qualities_of(model: ModelSummary, table: ScoreTable) -> list[int]:
    least, most = model.config.quality
    measured = [row.quality for row in table.rows if row.model == model.id and row.quality is not None]
    return [quality for quality in measured if least <= quality <= most]


def _cells(row: Score | None, names: Sequence[str]) -> list[str]:
    figures = {} if row is None else row.figures
    return [format(figures[name], METRICS[name].format) if name in figures else "" for name in names]


def _progress_table(table: ScoreTable, models: Sequence[ModelSummary], figure: str) -> str:
    """One figure over the qualities: JPEG, peers, and models for more than one of them; nothing if there is no such."""
    wide = {model.id for model in models if len(_qualities_of(model, table)) > 1}
    own = {model.id for model in models}
    names = [name for name in table.models if name != ORIGINAL and (name in wide or name not in own)]
    qualities = sorted({row.quality for row in table.rows if row.quality is not None})
    found = {(row.model, row.quality): row for row in table.rows if figure in row.figures}
    if not wide or len(qualities) < 2 or not found:
        return ""
    lines = [[METRICS[figure].words, *(f"QF {quality}" for quality in qualities)]]
    for name in names:
        label = "(JPEG)" if name == JPEG else f"`{name}`"
        lines.append([label, *(_cells(found.get((name, quality)), [figure])[0] for quality in qualities)])
    return markdown_table(lines)


def _clip_table(clips: Sequence[dict[str, Any]]) -> str:
    """What becomes of each clip: as the codec leaves it, and as models restore it."""
    tables = [_clip_scores(clip) for clip in clips]
    shown = [name for name in CLIP_FIGURES if any(name in row.figures for table in tables for row in table.rows)]
    lines = [["video", "model", *(METRICS[name].label for name in shown)]]
    for table in tables:
        said = f"{table.dataset}, {table.images} {table.unit}, {table.codec}"
        for row in table.rows:
            name = {ORIGINAL: "(the original)"}.get(
                row.model, f"`{row.model}`" if "/" in row.model else f"({row.model})"
            )
            lines.append([said, name, *_cells(row, shown)])
            said = ""
    return markdown_table(lines, left=2)


def _detection_table(detection: dict[str, Any]) -> str:
    """What an object detector finds at each quality."""
    rows = [row for row in detection["rows"] if row["model"] != ORIGINAL]
    found = {(row["model"], row["quality"]): f"{100 * row['ap']:.1f}" for row in rows}
    qualities = sorted({row["quality"] for row in rows})
    lines = [[f"AP of {detection['detector']}", *(f"QF {quality}" for quality in qualities)]]
    for name in dict.fromkeys(row["model"] for row in rows):
        label = "(JPEG)" if name == JPEG else f"`{name}`"
        lines.append([label, *(found.get((name, quality), "") for quality in qualities)])
    original = next(row for row in detection["rows"] if row["model"] == ORIGINAL)
    said = f"{detection['images']} COCO pictures; the originals: {100 * original['ap']:.1f}."
    return f"{markdown_table(lines)}\n\n{said}"


def _predictor_line(report: QualityReport) -> str:
    shares = [100 * share for scores in (report.aligned, report.shifted) for share in scores.accuracy]
    worst = max(report.aligned.mae, report.shifted.mae)
    link = f"[`{report.model}`]({FOLDER_NAME}/{report.model.partition('/')[2]}/README.md)"
    return (
        f"{link} tells the quality from pixels alone (`artgan inspect` shows it): mean absolute error {worst:.1f} over "
        f"QF 5 to 95, {min(shares):.1f} to {max(shares):.1f} % of {report.crop_px}x{report.crop_px} crops in the right "
        "class."
    )
