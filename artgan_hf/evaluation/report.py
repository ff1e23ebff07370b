"""What a benchmark found: means, a table for people and JSON for programs."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from os import PathLike
from typing import Any

import numpy as np

import artgan_hf
from artgan_hf.evaluation.bd_rate import BdRate, bd_rate
from artgan_hf.evaluation.compression import JPEG, Codec
from artgan_hf.evaluation.crops import Crop
from artgan_hf.evaluation.documents import write_text
from artgan_hf.evaluation.figures import Figure
from artgan_hf.evaluation.intervals import Columns, Interval, bootstrap_intervals

FORMAT_VERSION = 1
ORIGINAL = "original"


@dataclass(frozen=True)
class PictureScore:
    """One picture, restored by one model.

    Args:
        model: its name, or the codec's, e.g. "jpeg", for the degraded picture, or "original" for the clean one.
        quality: of the JPEG, or the CRF of a video codec; None for the original.
        picture: file name.
        values: by the figures' keys; None where a figure has no meaning.
        bpp: size of the compressed picture in bits per pixel; None for the original.
        seconds: to restore it; None where nothing was restored.
    """

    model: str
    quality: int | None
    picture: str
    values: dict[str, float | None]
    bpp: float | None
    seconds: float | None


@dataclass(frozen=True)
class Row:
    """The means of one model at one quality.

    Args:
        model: as in `PictureScore`.
        quality: likewise.
        values: of all pictures together; means, but for what `Figure.summarise` says otherwise.
        intervals: 95 % bootstrap intervals of the values, over the pictures; None where there is none.
        better: number of pictures whose first figure is better than the degraded ones'; None for those and the
            original.
        bpp: mean.
        seconds: mean.
    """

    model: str
    quality: int | None
    values: dict[str, float | None]
    intervals: dict[str, Interval | None]
    better: int | None
    bpp: float | None
    seconds: float | None


@dataclass(frozen=True)
class Benchmark:
    """Every score of a run, and how they came about.

    Args:
        dataset: name of the folder.
        pictures: file names.
        models: names, without the codec's.
        qualities: at which it compressed.
        codec: what degraded the pictures.
        grey: True if colour was made grey first.
        crop_px: border left out of the figures.
        figures: what was computed; `better` goes by the first.
        scores: one for every picture, model and quality.
        crops: parts of a few pictures, of every version, to look at.
    """

    dataset: str
    pictures: tuple[str, ...]
    models: tuple[str, ...]
    qualities: tuple[int, ...]
    codec: Codec
    grey: bool
    crop_px: int
    figures: tuple[Figure, ...]
    scores: tuple[PictureScore, ...]
    crops: tuple[Crop, ...] = ()

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The means: the original if it was scored, then for each quality the codec and the models in their order."""
        codec = self.codec.name
        asked = [(ORIGINAL, None), *((name, quality) for quality in self.qualities for name in (codec, *self.models))]
        groups: dict[tuple[str, int | None], list[PictureScore]] = {key: [] for key in asked}
        for score in self.scores:
            groups[score.model, score.quality].append(score)
        return tuple(self._row(group, groups.get((codec, group[0].quality), [])) for group in groups.values() if group)

    @cached_property
    def bd_rates(self) -> dict[str, dict[str, BdRate]]:
        """How many more bits each model needs than the codec alone for an equal figure: by model and figure's key."""
        return {
            model: {
                figure.key: bd_rate(
                    self._curve(self.codec.name, figure),
                    self._curve(model, figure),
                    higher_is_better=figure.higher_is_better,
                )
                for figure in self.figures
            }
            for model in self.models
        }

    @property
    def degraded_by(self) -> str:
        """What degraded the pictures, e.g. "JPEG 4:2:0 by Pillow 12.0.0 (libjpeg-turbo 3.1.2)"."""
        return self.codec.describe(grey=self.grey)

    @property
    def protocol(self) -> str:
        """How the figures are computed, in words."""
        colour = "made grey first (Y of BT.601 in 16 to 235, rounded)" if self.grey else "as RGB, grey files as grey"
        first, codec = self.figures[0].label, self.codec
        border = f"without a border of {self.crop_px} px" if self.crop_px else "with their borders"
        numbers = "" if codec.name == JPEG else f" quality: the {codec.knob}."
        return (
            f"Each picture, {colour}, is compressed, restored from {codec.restored_from} and rounded to 8 bits; "
            f"pictures are compared whole, {border}, each by itself, and the figures averaged. better: pictures whose "
            f"{first} beats their {codec.label}'s. seconds: wall time of reading and restoring one picture. null: "
            f"undefined or infinite.{numbers}"
        )

    def table(self) -> str:
        """Returns the rows as aligned text, the codec first at each quality."""
        count = len(self.pictures)
        columns = [column for figure in self.figures for column in figure.columns]
        lines = [[self.codec.knob, "model", *(column.label for column in columns), "better", "bpp", "seconds"]]
        for row in self.rows:
            values = [_number(row.values[column.key], column.digits) for column in columns]
            better = "-" if row.better is None else f"{row.better}/{count}"
            quality = "-" if row.quality is None else str(row.quality)
            lines.append([quality, row.model, *values, better, _number(row.bpp, 3), _number(row.seconds, 2)])
        return f"{self.dataset}: {count} pictures, {self.degraded_by}\n{aligned(lines)}"

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON; what is undefined or infinite is None."""
        return {
            "format_version": FORMAT_VERSION,
            "dataset": self.dataset,
            "images": len(self.pictures),
            "codec": self.degraded_by,
            "protocol": self.protocol,
            "artgan_hf": artgan_hf.__version__,
            "models": list(self.models),
            "rows": [
                {"model": row.model, "quality": row.quality, **_finite(row.values), "better": row.better}
                | _finite({"bpp": row.bpp, "seconds": row.seconds})
                | {"intervals": row.intervals}
                for row in self.rows
            ],
            "bd_rate_percent": {
                model: {key: rate.percent for key, rate in rates.items()} for model, rates in self.bd_rates.items()
            },
            "per_image": [
                {"model": score.model, "quality": score.quality, "image": score.picture, **_finite(score.values)}
                | _finite({"bpp": score.bpp, "seconds": score.seconds})
                for score in self.scores
            ],
        }

    def _row(self, group: Sequence[PictureScore], degraded: Sequence[PictureScore]) -> Row:
        first = group[0]
        values: dict[str, float | None] = {}
        intervals: dict[str, Interval | None] = {}
        for figure in self.figures:
            columns = _columns(figure, group)
            summary = figure.summarise(columns)
            values |= {key: None if np.isnan(value) else float(value) for key, value in summary.items()}
            intervals |= bootstrap_intervals(columns, figure.summarise)
        return Row(
            model=first.model,
            quality=first.quality,
            values=values,
            intervals=intervals,
            better=None if first.model in (self.codec.name, ORIGINAL) else sum(map(self._is_better, group, degraded)),
            bpp=_mean([score.bpp for score in group]),
            seconds=_mean([score.seconds for score in group]),
        )

    def _curve(self, model: str, figure: Figure) -> list[tuple[float, float]]:
        """Bits per pixel and figure at each quality; NaN where there is none."""
        rows = [row for row in self.rows if row.model == model]
        return [(row.bpp or math.nan, _or_nan(row.values[figure.key])) for row in rows]

    def _is_better(self, score: PictureScore, than: PictureScore) -> bool:
        assert score.picture == than.picture, "every model is scored on every picture, in one order"
        figure = self.figures[0]
        mine, its = score.values[figure.key], than.values[figure.key]
        if mine is None or its is None:
            return False
        return mine > its if figure.higher_is_better else mine < its


def aligned(lines: Sequence[Sequence[str]]) -> str:
    """Returns a table as text: words to the left of their column, numbers to the right.

    Example:
        >>> print(aligned([["model", "PSNR"], ["jpeg", "25.69"], ["ours", "-"]]))
        model   PSNR
        jpeg   25.69
        ours       -
    """
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    is_number = [all(_looks_like_number(cell) for cell in column) for column in zip(*lines[1:], strict=True)]
    text = [
        "  ".join(
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(line, widths, is_number, strict=True)
        )
        for line in lines
    ]
    return "\n".join(line.rstrip() for line in text)


def write_json(content: dict[str, Any], path: str | PathLike[str]) -> None:
    """Writes a JSON file whole or not at all, in place of one that is there; missing folders are made.

    Args:
        content: plain, finite values.
        path: the file.

    Raises:
        ArtganError: if it cannot be written.
    """
    write_text(json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n", path)


def _columns(figure: Figure, group: Sequence[PictureScore]) -> Columns:
    return {key: np.array([_or_nan(score.values[key]) for score in group]) for key in figure.keys}


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _mean(values: Sequence[float | None]) -> float | None:
    present = [value for value in values if value is not None]
    return sum(present) / len(present) if len(present) == len(values) else None


def _finite(values: dict[str, float | None]) -> dict[str, float | None]:
    return {key: value if value is not None and math.isfinite(value) else None for key, value in values.items()}


def _number(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"


def _looks_like_number(cell: str) -> bool:
    return cell == "-" or cell[:1].isdigit() or (cell[:1] == "-" and cell[1:2].isdigit()) or cell in ("inf", "nan")
