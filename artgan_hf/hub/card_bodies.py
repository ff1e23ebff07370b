"""The text of a model card below its metadata. Called by card, which writes the file."""

from collections.abc import Sequence
from itertools import groupby, pairwise
from math import prod
from typing import NamedTuple

from artgan_hf.hub.card_scores import METRICS, QualityReport, ScoreTable, read_scores
from artgan_hf.hub.card_texts import (
    CITATION,
    COMPARISON,
    CROPS,
    ENSEMBLE,
    FIDELITY,
    FINE_TUNING,
    GENERATOR,
    PREDICTOR,
    USAGE,
)
from artgan_hf.hub.config import AnyConfig, EnsembleConfig, ModelConfig
from artgan_hf.hub.folder import WEIGHTS_NAME, ModelFolder, read_header

CROPS_NAME = "crops.avif"
COMPARISON_NAME = "comparison.json"
CODEC_WORDS = {"jpeg": ("JPEG", "quality"), "h264": ("H.264", "CRF")}
NOT_MEASURED = "Not measured yet."
# Galteri et al., TMM 2019: the diagonal of their predictor's confusion matrix, in per cent, by quality.
PUBLISHED_ACCURACY = {5: 97.5, 10: 92.6, 20: 99.4, 30: 97.7, 40: 94.5, 60: 98.6}


class Facts(NamedTuple):
    """What a card is written from.

    Args:
        model: its folder and id.
        config: its config.
        scores: of a generator or an ensemble.
        quality_scores: of a quality predictor.
    """

    model: ModelFolder
    config: AnyConfig
    scores: Sequence[ScoreTable]
    quality_scores: Sequence[QualityReport]


def card_body(facts: Facts) -> str:
    """Returns the text of a card, from its title to the citation."""
    if isinstance(facts.config, EnsembleConfig):
        body = _ensemble(facts, facts.config)
    elif facts.config.kind == "quality-predictor":
        body = _predictor(facts, facts.config)
    else:
        body = _generator(facts, facts.config)
    return body + CITATION


def _generator(facts: Facts, config: ModelConfig) -> str:
    parent = config.parent
    return GENERATOR.format(
        model_id=facts.model.name,
        description=config.description,
        crops=_crops(facts.model),
        codec=CODEC_WORDS[config.codec][0],
        range=_range(config),
        parent=f" Started from [{parent}](https://huggingface.co/{parent})." if parent else "",
        usage=USAGE[config.codec].format(model_id=facts.model.name),
        fidelity=FIDELITY.format(model_id=facts.model.name, parent=parent) if parent else "",
        scores=_score_tables(facts.scores, config.codec),
        comparison=_comparison(facts.model, config.codec),
        training=_training(config),
        fine_tuning=FINE_TUNING[config.codec].format(
            model_id=facts.model.name, recipe=config.provenance.recipe or "RECIPE"
        ),
        kind="Pictures" if config.codec == "jpeg" else "Videos",
        **_size(facts.model, config),
    )


def _predictor(facts: Facts, config: ModelConfig) -> str:
    return PREDICTOR.format(
        model_id=facts.model.name,
        description=config.description,
        range=_range(config),
        scores="\n\n".join(map(_quality_report, facts.quality_scores)) or NOT_MEASURED,
        training=_training(config),
        **_size(facts.model, config),
    )


def _ensemble(facts: Facts, config: EnsembleConfig) -> str:
    return ENSEMBLE.format(
        model_id=facts.model.name,
        description=config.description,
        crops=_crops(facts.model),
        experts="\n".join(_expert_rows(config)),
        predictor=config.predictor,
        scores=_score_tables(facts.scores, config.codec),
    )


def _expert_rows(config: EnsembleConfig) -> list[str]:
    """A row for each expert with the qualities that are nearest to its own; the lower one gets those halfway."""
    trained_for = sorted(config.experts)
    ends = [(low + high) // 2 for low, high in pairwise(trained_for)] + [100]
    rows: list[str] = []
    start = 1
    for expert, neighbours in groupby(zip(trained_for, ends, strict=True), lambda pair: config.experts[pair[0]]):
        *_, (_, end) = neighbours
        rows.append(f"| {start} to {end} | [{expert}](https://huggingface.co/{expert}) |")
        start = end + 1
    return rows


def _crops(model: ModelFolder) -> str:
    return CROPS.format(file=CROPS_NAME) if (model.path / CROPS_NAME).is_file() else ""


def _comparison(model: ModelFolder, codec: str) -> str:
    path = model.path / COMPARISON_NAME
    if not path.is_file():
        return ""
    table = read_scores(path.read_text(encoding="utf-8"), where=str(path))
    assert isinstance(table, ScoreTable), "`artgan card --compared` takes no other"
    return COMPARISON.format(table=_score_table(table, codec))


def _range(config: ModelConfig) -> str:
    least, most = config.quality
    word = CODEC_WORDS[config.codec][1]
    return f"{word} {least}" if least == most else f"{word} {least} to {most}"


def _size(model: ModelFolder, config: ModelConfig) -> dict[str, str]:
    parameters = sum(prod(tensor.shape) for tensor in read_header(model).values())
    return {
        "parameters": f"{parameters / 1e6:.2f} million" if parameters >= 1e5 else f"{parameters:,}",
        "megabytes": f"{(model.path / WEIGHTS_NAME).stat().st_size / 1e6:.1f}",
        "architecture": config.architecture,
    }


def _score_tables(tables: Sequence[ScoreTable], codec: str) -> str:
    return "\n\n".join(_score_table(table, codec) for table in tables) or NOT_MEASURED


def _score_table(table: ScoreTable, codec: str) -> str:
    shown = {name: metric for name, metric in METRICS.items() if any(name in row.figures for row in table.rows)}
    lines = [
        f"| {' '.join(CODEC_WORDS[codec])} | | " + " | ".join(metric.label for metric in shown.values()) + " |",
        "|---" * (len(shown) + 2) + "|",
    ]
    names = {codec: f"{CODEC_WORDS[codec][0]} as it is", "original": "original"}
    for row in table.rows:
        figures = [
            format(row.figures[name], metric.format) if name in row.figures else "" for name, metric in shown.items()
        ]
        quality = "" if row.quality is None else str(row.quality)
        lines.append(" | ".join(["| " + quality, names.get(row.model, f"`{row.model}`"), *figures]) + " |")
    meanings = [
        f" {which.capitalize()} is better for {', '.join(found)}."
        for which in ("higher", "lower")
        if (found := [metric.words for metric in shown.values() if metric.is_better == which])
    ]
    return f"{table.dataset}, {table.images} {table.unit}, {table.codec}.{''.join(meanings)}\n\n" + "\n".join(lines)


def _quality_report(table: QualityReport) -> str:
    lines = ["| true quality | " + " | ".join(map(str, table.classes)) + " |", "|---" * (len(table.classes) + 1) + "|"]
    rows = {
        name: [f"{100 * share:.1f}" for share in accuracy.accuracy]
        for name, accuracy in (("aligned", table.aligned), ("shifted", table.shifted))
    }
    if all(quality in PUBLISHED_ACCURACY for quality in table.classes):
        rows["Galteri et al., quoted"] = [f"{PUBLISHED_ACCURACY[quality]:.1f}" for quality in table.classes]
    lines += [f"| {name} | " + " | ".join(cells) + " |" for name, cells in rows.items()]
    sampling = " and ".join([", ".join(table.subsamplings[:-1]), table.subsamplings[-1]]).removeprefix(" and ")
    return (
        f"{table.dataset}, {table.crops} crops of {table.crop_px}x{table.crop_px} from {table.pictures} pictures, "
        f"{sampling} in turns: `artgan evaluate-quality`. Mean absolute error over the qualities 5 to 95: "
        f"{table.aligned.mae:.2f} where the 8x8 grid starts at the crop's corner (aligned), {table.shifted.mae:.2f} "
        "where it starts anywhere (shifted). Share taken for the right one of these qualities, in per cent:\n\n"
        + "\n".join(lines)
        + "\n\nWhat was taken for what, on shifted grids, in crops (a row for each true quality):\n\n"
        + _confusion(table)
    )


def _confusion(table: QualityReport) -> str:
    lines = ["| | " + " | ".join(map(str, table.classes)) + " |", "|---" * (len(table.classes) + 1) + "|"]
    for quality, counts in zip(table.classes, table.shifted.confusion, strict=True):
        lines.append(f"| {quality} | " + " | ".join(str(count) if count else "" for count in counts) + " |")
    return "\n".join(lines)


def _training(config: ModelConfig) -> str:
    provenance = config.provenance
    cost = [f"{provenance.steps:,} steps" if provenance.steps is not None else None]
    cost.append(f"{provenance.hours:g} hours" if provenance.hours is not None else None)
    cost.append(provenance.machine)
    entries = {
        "Data": provenance.data,
        "Licences of the data": provenance.licences,
        "Recipe": provenance.recipe and f"`{provenance.recipe}`",
        "Commit": provenance.commit and f"`{provenance.commit}`",
        "Cost": ", ".join(part for part in cost if part) or None,
    }
    lines = [f"- {name}: {value or 'not recorded'}" for name, value in entries.items()]
    return "\n".join([*lines, "- Licence of these weights: Apache-2.0"])
