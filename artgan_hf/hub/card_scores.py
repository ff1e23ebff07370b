"""Measured scores as a card shows them, read from the JSON of `artgan evaluate` and its kin."""

import json
from dataclasses import asdict, dataclass
from typing import Any, Literal, NamedTuple

from artgan_hf.errors import DataError


class Metric(NamedTuple):
    """How a card shows a figure.

    Args:
        label: the head of its column.
        format: of its numbers.
        is_better: "higher" or "lower".
        unit: or whose model, or what it is: in brackets after the label; empty for none.
    """

    label: str
    format: str
    is_better: Literal["higher", "lower"]
    unit: str = ""

    @property
    def words(self) -> str:
        """Its label and unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


METRICS = {
    "psnr": Metric("PSNR", ".2f", "higher", "dB"),
    "ssim": Metric("SSIM", ".3f", "higher"),
    "ms_ssim": Metric("MS-SSIM", ".4f", "higher"),
    "psnr_b": Metric("PSNR-B", ".2f", "higher", "dB"),
    "lpips": Metric("LPIPS", ".3f", "lower", "AlexNet"),
    "lpips_vgg": Metric("LPIPS (VGG)", ".3f", "lower"),
    "dists": Metric("DISTS", ".3f", "lower"),
    "niqe": Metric("NIQE", ".2f", "lower", "LIVE"),
    "brisque": Metric("BRISQUE", ".1f", "lower", "LIVE, release 2"),
    "blockiness": Metric("blockiness", ".2f", "lower", "blocking effect factor"),
    "drift": Metric("drift", ".2f", "lower", "of colour in flat areas, levels of 255"),
    "coefficients": Metric("coefficients", ".3f", "higher", "% of the file's that come back"),
    "flicker": Metric("flicker", ".2f", "lower", "change between frames of what stands still, levels of 255"),
}


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
        dataset: its name, e.g. "LIVE1"; of a clip its file's.
        images: number of pictures or frames.
        codec: what compressed them, in words.
        rows: as measured.
        unit: what is counted: "pictures", or e.g. "frames of 640x360".
    """

    dataset: str
    images: int
    codec: str
    rows: tuple[Score, ...]
    unit: str = "pictures"

    @property
    def models(self) -> tuple[str, ...]:
        """Of whom there are rows, each once."""
        return tuple(dict.fromkeys(row.model for row in self.rows))


@dataclass(frozen=True, kw_only=True)
class QualityScores:
    """How well a quality predictor does on one kind of crops.

    Args:
        mae: mean absolute error over the qualities 5 to 95, each crop at one of them.
        confusion: counts, a row for each true quality of `classes`, a column for each predicted one (the nearest).
        accuracy: the diagonal as a share of its row, 0 to 1.
    """

    mae: float
    confusion: tuple[tuple[int, ...], ...]
    accuracy: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class QualityReport:
    """How well a quality predictor does on crops of some pictures, as `artgan evaluate-quality` measures it.

    Args:
        model: its id or folder.
        dataset: the names of the folders.
        pictures: how many there were.
        crop_px: side of a crop.
        crops: how many there were; each is compressed at every quality of `classes` and at one of 5 to 95.
        classes: rows and columns of the confusion matrices.
        subsamplings: the crops take turns with them.
        aligned: where the 8x8 grid starts at the crop's corner.
        shifted: where it starts anywhere.
    """

    model: str
    dataset: str
    pictures: int
    crop_px: int
    crops: int
    classes: tuple[int, ...]
    subsamplings: tuple[str, ...]
    aligned: QualityScores
    shifted: QualityScores

    @property
    def models(self) -> tuple[str, ...]:
        """The model, as `ScoreTable` tells its own."""
        return (self.model,)

    def as_record(self) -> dict[str, Any]:
        """Returns the report in plain types, as the command writes it as JSON."""
        return asdict(self)


def read_scores(text: str, *, where: str) -> ScoreTable | QualityReport:
    """Returns the scores in a JSON text, of whichever of the commands wrote it. Fields unknown here are left out.

    Args:
        text: the file's content.
        where: named at the start of every error, e.g. the file's path.

    Raises:
        DataError: if the text is not JSON or a field is missing or of the wrong type.

    Example:
        >>> text = '{"dataset": "LIVE1", "images": 29, "codec": "JPEG 4:2:0", "rows": []}'
        >>> read_scores(text, where="scores.json").dataset
        'LIVE1'
    """
    command = "artgan evaluate"
    try:
        content = json.loads(text)
        if isinstance(content, dict) and "aligned" in content:
            command = "artgan evaluate-quality"
            return _quality_report(content)
        if isinstance(content, dict) and "clip" in content:
            command = "artgan evaluate-video"
            return _clip_table(content)
        return ScoreTable(
            dataset=str(content["dataset"]),
            images=int(content["images"]),
            codec=str(content["codec"]),
            rows=tuple(_score(row) for row in content["rows"]),
        )
    except KeyError as error:
        raise DataError(f"{where}: field {error} is missing; a file of `{command}` was expected.") from error
    except (TypeError, ValueError) as error:
        raise DataError(f"{where}: {error}; a file of `{command}` was expected.") from error


def _score(row: dict[str, Any]) -> Score:
    model, quality = row["model"], row["quality"]
    figures = {name: row[name] for name in METRICS if row.get(name) is not None}
    numbers = [*figures.values(), 1 if quality is None else quality]
    if not isinstance(model, str) or any(isinstance(n, bool) or not isinstance(n, int | float) for n in numbers):
        raise TypeError(f"the row {row} is not a model's name, a quality and figures")
    return Score(model=model, quality=quality, figures=figures)


def _clip_table(content: dict[str, Any]) -> ScoreTable:
    encoding, kbps = content["encoding"], float(content["kbps"])
    tune = f" tune {encoding['tune']}" if encoding.get("tune") else ""
    size = "" if encoding["scale"] == 1 else f" at {encoding['scale']:g} of the size"
    quality = encoding["crf"] if encoding["bitrate_kbps"] is None else None
    return ScoreTable(
        dataset=str(content["clip"]),
        images=int(content["frames"]),
        codec=f"{kbps:.0f} kbps{tune}{size}, {content['source_kbps'] / kbps:.0f} times less than the file's",
        rows=tuple(
            _score({**row, "quality": None if row["model"] == "original" else quality}) for row in content["rows"]
        ),
        unit=f"frames of {content['width']}x{content['height']}",
    )


def _quality_report(content: dict[str, Any]) -> QualityReport:
    return QualityReport(
        model=str(content["model"]),
        dataset=str(content["dataset"]),
        pictures=int(content["pictures"]),
        crop_px=int(content["crop_px"]),
        crops=int(content["crops"]),
        classes=tuple(int(quality) for quality in content["classes"]),
        subsamplings=tuple(str(name) for name in content["subsamplings"]),
        aligned=_quality_scores(content["aligned"]),
        shifted=_quality_scores(content["shifted"]),
    )


def _quality_scores(content: dict[str, Any]) -> QualityScores:
    return QualityScores(
        mae=float(content["mae"]),
        confusion=tuple(tuple(int(count) for count in row) for row in content["confusion"]),
        accuracy=tuple(float(share) for share in content["accuracy"]),
    )
