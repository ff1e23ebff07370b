"""The model card: README.md with the Hub's metadata, written from config.json and measured scores. Called by cli/card.

Imports huggingface_hub, so `artgan_hf.hub` does not import it: who lists or loads models does not pay for it.
"""

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCard, ModelCardData
from huggingface_hub.errors import HFValidationError
from huggingface_hub.utils import validate_repo_id  # type: ignore[attr-defined] # public by its documentation

from artgan_hf.errors import DataError, ModelNotFoundError
from artgan_hf.hub.card_bodies import CODEC_WORDS, Facts, card_body
from artgan_hf.hub.card_scores import METRICS, QualityReport, ScoreTable, read_scores
from artgan_hf.hub.config import MODEL_ID, AnyConfig, EnsembleConfig
from artgan_hf.hub.folder import ModelFolder, check_complete
from artgan_hf.hub.shipped import OWNER

__all__ = ["CARD_NAME", "QualityReport", "ScoreTable", "read_scores", "write_card"]

CARD_NAME = "README.md"


def write_card(
    folder: Path,
    *,
    scores: Sequence[ScoreTable | QualityReport] = (),
    model_id: str | None = None,
    datasets: Sequence[str] = (),
) -> Path:
    """Returns the path of the README.md it wrote into a model folder.

    The same config, scores, crop sheet (crops.avif) and comparison of losses (comparison.json) always give the same
    card. It is read back by the Hub's client before it is written; what only the Hub itself can check is checked when
    it is published.

    Args:
        folder: with config.json and, unless it is an ensemble, model.safetensors.
        scores: one table per data set; each must be of this model.
        model_id: by default "artgan/" and the folder's name.
        datasets: ids on the Hub of the training data, for its filters.

    Raises:
        IncompatibleModelError: if the folder is not a sound model.
        ModelNotFoundError: if `model_id` is not an id.
        DataError: if a table has no row of this model or is of another kind, or a data set has no sound id.
    """
    model_id = model_id or f"{OWNER}/{folder.resolve().name}"
    if not MODEL_ID.fullmatch(model_id):
        raise ModelNotFoundError(f"{model_id!r} is not a model id; 'owner/name' was expected.")
    model = ModelFolder(folder, model_id, "folder")
    config = check_complete(model)
    for table in scores:
        _check_measured(table, model_id, config)
    for dataset in datasets:
        _check_dataset(dataset)
    facts = Facts(
        model,
        config,
        [table for table in scores if isinstance(table, ScoreTable)],
        [table for table in scores if isinstance(table, QualityReport)],
    )
    metadata = _metadata(facts, datasets).to_yaml()
    text = f"---\n{metadata}\n---\n\n{card_body(facts)}"
    assert ModelCard(text).data.to_yaml() == metadata, "the Hub's client reads back what it wrote"
    unfinished = folder / f"{CARD_NAME}.{os.getpid()}.part"
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    return unfinished.replace(folder / CARD_NAME)


def _metadata(facts: Facts, datasets: Sequence[str]) -> ModelCardData:
    config = facts.config
    results = [result for table in facts.scores for result in _results(table, facts)]
    results += [result for table in facts.quality_scores for result in _quality_results(table)]
    return ModelCardData(
        license="apache-2.0",
        library_name="artgan-hf",
        pipeline_tag="image-classification" if config.kind == "quality-predictor" else "image-to-image",
        tags=_tags(config),
        datasets=list(datasets) or None,
        base_model=_bases(config),
        metrics=list(dict.fromkeys(result.metric_type for result in results)) or None,
        model_name=facts.model.name.partition("/")[2] if results else None,
        eval_results=results or None,
    )


def _tags(config: AnyConfig) -> list[str]:
    if config.kind == "quality-predictor":
        return ["image-restoration", "quality-estimation", config.codec]
    tags = ["image-restoration", "compression-artifact-removal", config.codec]
    if isinstance(config, EnsembleConfig):
        return [*tags, config.kind]
    return [*tags, "gan"] if config.parent or "(GAN)" in config.description else tags


def _bases(config: AnyConfig) -> str | list[str] | None:
    """What the Hub shows as the models that this one is made from."""
    if isinstance(config, EnsembleConfig):
        return list(dict.fromkeys([*(config.experts[quality] for quality in sorted(config.experts)), config.predictor]))
    return config.parent


def _results(table: ScoreTable, facts: Facts) -> list[EvalResult]:
    codec, word = CODEC_WORDS[facts.config.codec]
    return [
        EvalResult(
            task_type="image-to-image",
            task_name=f"{codec} artifact removal",
            dataset_type=_slug(table.dataset),
            dataset_name=f"{table.dataset}, {codec} {word} {row.quality}",
            dataset_config=f"quality-{row.quality}",
            metric_type=metric,
            metric_name=METRICS[metric].label,
            metric_value=value,
        )
        for row in table.rows
        if row.model == facts.model.name
        for metric, value in row.figures.items()
    ]


def _quality_results(table: QualityReport) -> list[EvalResult]:
    common: dict[str, Any] = {"task_type": "image-classification", "task_name": "JPEG quality estimation"}
    common["dataset_type"] = _slug(table.dataset)
    return [
        EvalResult(
            **common,
            dataset_name=f"{table.dataset}, {grid} 8x8 grid",
            dataset_config=grid,
            metric_type=metric,
            metric_name=name,
            metric_value=value,
        )
        for grid, found in (("aligned", table.aligned), ("shifted", table.shifted))
        for metric, name, value in (
            ("mae", "mean absolute error over JPEG quality 5 to 95", found.mae),
            ("accuracy", "accuracy over six classes", sum(found.accuracy) / len(found.accuracy)),
        )
    ]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


def _check_measured(table: ScoreTable | QualityReport, model_id: str, config: AnyConfig) -> None:
    if isinstance(table, QualityReport) != (config.kind == "quality-predictor"):
        command = "evaluate-quality" if config.kind == "quality-predictor" else "evaluate"
        raise DataError(
            f"the scores on {table.dataset} are of another kind than {config.kind}: measure it with `artgan {command}`."
        )
    if model_id not in table.models:
        raise DataError(
            f"the scores on {table.dataset} have no row of {model_id!r}; they are of {', '.join(table.models)}."
        )


def _check_dataset(name: str) -> None:
    try:
        validate_repo_id(name)
    except HFValidationError as error:
        raise DataError(f"{name!r} is not the id of a data set on the Hub; 'owner/name' was expected.") from error
