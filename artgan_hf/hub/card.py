"""The model card: README.md with the Hub's metadata, written from config.json and measured scores. Called by cli/card.

Imports huggingface_hub, so `artgan_hf.hub` does not import it: who lists or loads models does not pay for it.
"""

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

from huggingface_hub import EvalResult, ModelCardData

from artgan_hf.errors import DataError, ModelNotFoundError
from artgan_hf.hub.config import MODEL_ID, ModelConfig
from artgan_hf.hub.folder import CONFIG_NAME, WEIGHTS_NAME, ModelFolder, check_complete, read_header
from artgan_hf.hub.shipped import OWNER

CARD_NAME = "README.md"
METRICS = {
    "psnr": ("PSNR", ".2f"),
    "ssim": ("SSIM", ".3f"),
    "psnr_b": ("PSNR-B", ".2f"),
    "lpips": ("LPIPS", ".3f"),
    "niqe": ("NIQE", ".2f"),
    "brisque": ("BRISQUE", ".1f"),
}
UNITS = (
    "PSNR and PSNR-B in dB, higher is better, as for SSIM; LPIPS (AlexNet), NIQE and BRISQUE (LIVE): lower is better"
)
CODEC_WORDS = {"jpeg": ("JPEG", "quality"), "h264": ("H.264", "CRF")}

TEMPLATE = """\
---
{metadata}
---

# {model_id}

{description}

A network that takes a picture damaged by {codec} compression and returns one of the same size that looks less damaged.
Trained for {codec} {range}. {parameters} parameters, {megabytes} MB, architecture `{architecture}`.{parent}

## How to use

`pip install artgan-hf`, then:

```python
from artgan_hf import Restorer

restorer = Restorer.from_pretrained("{model_id}")
result = restorer.restore("photo.jpg")
result.image.save("restored.png")
print(f"JPEG quality {{result.quality}}, restored in {{result.seconds:.1f}} s")
```

## Scores

{scores}

## Training

{training}

## Limits

- It adds detail that is likely, not detail that was there. Not for evidence, medicine or forensics, and not for reading
  faces, text or number plates that compression has destroyed.
- Pictures outside {codec} {range}, or compressed twice on shifted grids, come out less well.
- A network trained with an adversarial loss has a lower PSNR than one trained on a pixel loss, by design: judge by eye.

## Fine-tune it

```bash
pip install 'artgan-hf[train]'
artgan fit -c {recipe} --data.folders '[PHOTOS]'
```

trains the same network on a folder of your own clean pictures; the recipe's comments say what each value does.

## Citation

The method is that of

```bibtex
@inproceedings{{galteri2017deep,
  title = {{Deep Generative Adversarial Compression Artifact Removal}},
  author = {{Galteri, Leonardo and Seidenari, Lorenzo and Bertini, Marco and Del Bimbo, Alberto}},
  booktitle = {{IEEE International Conference on Computer Vision (ICCV)}},
  year = {{2017}}
}}
@article{{galteri2019universal,
  title = {{Deep Universal Generative Adversarial Compression Artifact Removal}},
  author = {{Galteri, Leonardo and Seidenari, Lorenzo and Bertini, Marco and Del Bimbo, Alberto}},
  journal = {{IEEE Transactions on Multimedia}},
  year = {{2019}}
}}
@inproceedings{{galteri2019realtime,
  title = {{Towards Real-Time Image Enhancement GANs}},
  author = {{Galteri, Leonardo and Seidenari, Lorenzo and Bertini, Marco and Del Bimbo, Alberto}},
  booktitle = {{Computer Analysis of Images and Patterns (CAIP)}},
  year = {{2019}}
}}
```

This is an independent implementation, and its weights were trained from scratch: the papers' numbers are not these.
"""


@dataclass(frozen=True, kw_only=True)
class Score:
    """One measured row: a model, the compressed pictures themselves, or the originals, at one quality.

    Args:
        model: an id such as "artgan/qf10"; the codec, "jpeg", for the pictures as compressed; or "original".
        quality: the JPEG quality, or the CRF for "h264"; None for the originals.
        figures: the mean of each measured figure, by its name in `METRICS`.
    """

    model: str
    quality: int | None
    figures: dict[str, float]


@dataclass(frozen=True, kw_only=True)
class ScoreTable:
    """The rows measured on one data set.

    Args:
        dataset: its name, e.g. "LIVE1".
        images: number of pictures.
        codec: what compressed them, in words.
        rows: as measured.
    """

    dataset: str
    images: int
    codec: str
    rows: tuple[Score, ...]

    @classmethod
    def from_json(cls, text: str, *, where: str) -> "ScoreTable":
        """Returns the table in what `artgan evaluate` writes; fields it has besides those above are left out.

        Raises:
            DataError: if the text is not JSON or a field is missing or of the wrong type.

        Example:
            >>> text = '{"dataset": "LIVE1", "images": 29, "codec": "JPEG 4:2:0", "rows": []}'
            >>> ScoreTable.from_json(text, where="scores.json").dataset
            'LIVE1'
        """
        try:
            content = json.loads(text)
            rows = tuple(_score(row) for row in content["rows"])
            return cls(
                dataset=str(content["dataset"]), images=int(content["images"]), codec=str(content["codec"]), rows=rows
            )
        except KeyError as error:
            raise DataError(f"{where}: field {error} is missing; a file of `artgan evaluate` was expected.") from error
        except (TypeError, ValueError) as error:
            raise DataError(f"{where}: {error}; a file of `artgan evaluate` was expected.") from error


def write_card(
    folder: Path, *, scores: Sequence[ScoreTable] = (), model_id: str | None = None, datasets: Sequence[str] = ()
) -> Path:
    """Returns the path of the README.md it wrote into a model folder.

    The same config and scores always give the same card.

    Args:
        folder: with config.json and model.safetensors.
        scores: one table per data set; each must have rows of this model.
        model_id: by default "artgan/" and the folder's name.
        datasets: ids on the Hub of the training data, for its filters.

    Raises:
        IncompatibleModelError: if the folder is not a sound model.
        ModelNotFoundError: if `model_id` is not an id.
        DataError: if a table has no row of this model.
    """
    model_id = model_id or f"{OWNER}/{folder.resolve().name}"
    if not MODEL_ID.fullmatch(model_id):
        raise ModelNotFoundError(f"{model_id!r} is not a model id; 'owner/name' was expected.")
    model = ModelFolder(folder, model_id, "folder")
    check_complete(model)
    config = ModelConfig.from_file(folder / CONFIG_NAME)
    for table in scores:
        _check_measured(table, model_id)
    text = _text(model, config, scores, datasets)
    unfinished = folder / f"{CARD_NAME}.{os.getpid()}.part"
    unfinished.write_text(text, encoding="utf-8", newline="\n")
    return unfinished.replace(folder / CARD_NAME)


def _text(model: ModelFolder, config: ModelConfig, scores: Sequence[ScoreTable], datasets: Sequence[str]) -> str:
    codec, word = CODEC_WORDS[config.codec]
    least, most = config.quality
    parameters = sum(prod(tensor.shape) for tensor in read_header(model).values())
    return TEMPLATE.format(
        metadata=_metadata(model.name, config, scores, datasets).to_yaml(),
        model_id=model.name,
        description=config.description,
        codec=codec,
        range=f"{word} {least}" if least == most else f"{word} {least} to {most}",
        parameters=f"{parameters / 1e6:.2f} million" if parameters >= 1e5 else f"{parameters:,}",
        megabytes=f"{(model.path / WEIGHTS_NAME).stat().st_size / 1e6:.1f}",
        architecture=config.architecture,
        parent=f" Started from [{config.parent}](https://huggingface.co/{config.parent})." if config.parent else "",
        scores="\n\n".join(_table(table, config.codec) for table in scores) or "Not measured yet.",
        training=_training(config),
        recipe=config.provenance.recipe or "RECIPE",
    )


def _metadata(
    model_id: str, config: ModelConfig, scores: Sequence[ScoreTable], datasets: Sequence[str]
) -> ModelCardData:
    results = [
        EvalResult(
            task_type="image-to-image",
            task_name=f"{CODEC_WORDS[config.codec][0]} artifact removal",
            dataset_type=re.sub(r"[^a-z0-9]+", "-", table.dataset.lower()).strip("-"),
            dataset_name=f"{table.dataset}, {' '.join(CODEC_WORDS[config.codec])} {row.quality}",
            dataset_config=f"quality-{row.quality}",
            metric_type=metric,
            metric_name=METRICS[metric][0],
            metric_value=value,
        )
        for table in scores
        for row in table.rows
        if row.model == model_id
        for metric, value in row.figures.items()
    ]
    return ModelCardData(
        license="apache-2.0",
        library_name="artgan-hf",
        pipeline_tag="image-to-image",
        tags=["image-restoration", "compression-artifact-removal", config.codec, *(["gan"] if config.parent else [])],
        datasets=list(datasets) or None,
        base_model=config.parent,
        metrics=list(dict.fromkeys(result.metric_type for result in results)) or None,
        model_name=model_id.partition("/")[2] if results else None,
        eval_results=results or None,
    )


def _table(table: ScoreTable, codec: str) -> str:
    shown = [name for name in METRICS if any(name in row.figures for row in table.rows)]
    lines = [
        f"| {' '.join(CODEC_WORDS[codec])} | | " + " | ".join(METRICS[name][0] for name in shown) + " |",
        "|---" * (len(shown) + 2) + "|",
    ]
    names = {codec: f"{CODEC_WORDS[codec][0]} as it is", "original": "original"}
    for row in table.rows:
        figures = [format(row.figures[name], METRICS[name][1]) if name in row.figures else "" for name in shown]
        quality = "" if row.quality is None else str(row.quality)
        lines.append(" | ".join(["| " + quality, names.get(row.model, f"`{row.model}`"), *figures]) + " |")
    return f"{table.dataset}, {table.images} pictures, {table.codec}. {UNITS}.\n\n" + "\n".join(lines)


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


def _score(row: dict[str, Any]) -> Score:
    model, quality = row["model"], row["quality"]
    figures = {name: row[name] for name in METRICS if row.get(name) is not None}
    numbers = [*figures.values(), 1 if quality is None else quality]
    if not isinstance(model, str) or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise TypeError(f"the row {row} is not a model's name, a quality and figures")
    return Score(model=model, quality=quality, figures=figures)


def _check_measured(table: ScoreTable, model_id: str) -> None:
    measured = dict.fromkeys(row.model for row in table.rows)
    if model_id not in measured:
        raise DataError(
            f"the scores on {table.dataset} have no row of {model_id!r}; they are of {', '.join(measured)}."
        )
