"""Scores models on a folder of clean pictures: degrade with real JPEG, restore, compare. Used by `artgan evaluate`."""

import io
from collections.abc import Iterator, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import PIL.Image
from numpy.typing import NDArray
from tqdm import tqdm  # type: ignore[import-untyped]

from artgan_hf.codecs import encode
from artgan_hf.errors import OptionError, ShapeError
from artgan_hf.evaluation.clean_pictures import list_clean, read_clean, to_tensor
from artgan_hf.evaluation.figures import DEFAULT_FIGURES, Figure, make_figures
from artgan_hf.evaluation.report import JPEG, ORIGINAL, Benchmark, PictureScore
from artgan_hf.types import Restored


class RestoresFiles(Protocol):
    """What a benchmark asks of a model; `artgan_hf.restoring.Restorer` is one."""

    name: str

    def restore(self, source: Any) -> Restored:
        """Returns the restored picture for the bytes of a JPEG file."""


def run_benchmark(
    models: Sequence[RestoresFiles],
    folder: str | PathLike[str],
    qualities: Sequence[int],
    *,
    subsampling: str = "4:2:0",
    grey: bool = False,
    figures: Sequence[Figure] | None = None,
    crop_px: int = 0,
    limit: int | None = None,
    progress: bool = False,
) -> Benchmark:
    """Returns the scores of JPEG itself and of every model, on every picture at every quality.

    One picture is in memory at a time. A model gets the bytes of the JPEG file; its result is scored in 8 bits.

    Args:
        models: restorers with different names; none to score JPEG alone.
        folder: clean pictures, right in it.
        qualities: JPEG qualities, 1 to 100.
        subsampling: "4:2:0", "4:2:2" or "4:4:4"; grey pictures have none.
        grey: True to make colour pictures grey first.
        figures: what to compute, from `make_figures`; None for PSNR, SSIM and PSNR-B. The first one decides how many
            pictures came out better than their JPEG.
        crop_px: border left out of every figure, in pixels.
        limit: how many of the first pictures to take; None for all.
        progress: True for a bar on stderr, if that is a terminal.

    Raises:
        ImageError: if the folder is missing or a file cannot be read; it is named.
        DataError: if there is no picture in the folder.
        QualityError: if a quality is not an integer from 1 to 100.
        OptionError: if there is no quality, two models share a name, or another knob is outside its range.
        ShapeError: if a picture is too small for a figure or the crop; it is named.
    """
    chosen = make_figures(DEFAULT_FIGURES) if figures is None else list(figures)
    names = [model.name for model in models]
    if len({*names, JPEG, ORIGINAL}) < len(names) + 2:
        raise OptionError(f"the models are named {', '.join(names)}; give each a name of its own, none {JPEG}.")
    if not qualities:
        raise OptionError("no quality was given; give one or more JPEG qualities from 1 to 100.")
    for quality in qualities:
        encode(np.zeros((8, 8, 3), np.uint8), quality, subsampling=subsampling)  # refuses bad ones before the long run
    paths = list_clean(folder, limit=limit)
    scores: list[PictureScore] = []
    bar = tqdm(paths, unit="picture", disable=None if progress else True)
    for path in bar:
        scorer = _Scorer(path, read_clean(path, grey=grey), chosen, crop_px)
        scores += _score_picture(scorer, models, qualities, subsampling)
    return Benchmark(
        dataset=Path(folder).resolve().name,
        pictures=tuple(path.name for path in paths),
        models=tuple(names),
        qualities=tuple(dict.fromkeys(qualities)),
        subsampling=subsampling,
        grey=grey,
        crop_px=crop_px,
        figures=tuple(chosen),
        scores=tuple(scores),
    )


class _Scorer:
    """Scores pictures against one clean picture."""

    def __init__(self, path: Path, clean: NDArray[np.uint8], figures: Sequence[Figure], crop_px: int) -> None:
        height, width = clean.shape[:2]
        if not 0 <= 2 * crop_px < min(height, width):
            raise ShapeError(f"{path} is {width}x{height} pixels: a border of {crop_px} cannot be left out of it.")
        self.path = path
        self.clean = clean
        self.figures = figures
        self.crop_px = crop_px
        self.reference = to_tensor(self._cropped(clean))

    def score(
        self, model: str, quality: int | None, restored: NDArray[np.uint8], *, bpp: float | None, seconds: float | None
    ) -> PictureScore:
        """Returns the score of one picture; figures that need a reference are None for the original."""
        if restored.shape != self.clean.shape:
            raise ShapeError(f"{model} gave shape {restored.shape} for {self.path} of shape {self.clean.shape}.")
        image = to_tensor(self._cropped(restored))
        values: dict[str, float | None] = {}
        try:
            for figure in self.figures:
                has_answer = quality is not None or not figure.needs_clean
                values[figure.key] = figure.score(image, self.reference) if has_answer else None
        except ShapeError as error:
            raise ShapeError(f"{self.path}: {error}") from error
        return PictureScore(model, quality, self.path.name, values, bpp, seconds)

    def _cropped(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        height, width = pixels.shape[:2]
        return pixels[self.crop_px : height - self.crop_px, self.crop_px : width - self.crop_px]


def _score_picture(
    scorer: _Scorer, models: Sequence[RestoresFiles], qualities: Sequence[int], subsampling: str
) -> Iterator[PictureScore]:
    if any(not figure.needs_clean for figure in scorer.figures):
        yield scorer.score(ORIGINAL, None, scorer.clean, bpp=None, seconds=None)
    height, width = scorer.clean.shape[:2]
    mode = "L" if scorer.clean.ndim == 2 else "RGB"
    for quality in dict.fromkeys(qualities):
        file = encode(scorer.clean, quality, subsampling=subsampling)
        bpp = 8 * len(file) / (height * width)
        yield scorer.score(JPEG, quality, np.asarray(PIL.Image.open(io.BytesIO(file))), bpp=bpp, seconds=None)
        for model in models:
            restored = model.restore(file)
            pixels = np.asarray(restored.image.convert(mode))
            yield scorer.score(model.name, quality, pixels, bpp=bpp, seconds=restored.seconds)
