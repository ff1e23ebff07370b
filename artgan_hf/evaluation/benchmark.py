"""Scores models on a folder of clean pictures: degrade with real JPEG, restore, compare. Used by `artgan evaluate`."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from tqdm import tqdm  # type: ignore[import-untyped]

from artgan_hf.codecs import encode
from artgan_hf.errors import OptionError
from artgan_hf.evaluation.cache import ScoreCache
from artgan_hf.evaluation.clean_pictures import list_clean, read_clean
from artgan_hf.evaluation.crops import most_harmed, pictures_to_show
from artgan_hf.evaluation.figures import DEFAULT_FIGURES, Figure, make_figures
from artgan_hf.evaluation.judge import Judge
from artgan_hf.evaluation.report import JPEG, ORIGINAL, Benchmark
from artgan_hf.evaluation.subject import RestoresFiles, Subject, is_for

__all__ = ["RestoresFiles", "run_benchmark"]


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
    cache: ScoreCache | None = None,
    with_crops: bool = False,
) -> Benchmark:
    """Returns the scores of JPEG itself and of every model, on every picture at every quality.

    One picture is in memory at a time. A model gets the bytes of the JPEG file; its result is scored in 8 bits.

    Args:
        models: restorers with different names; none to score JPEG alone. One with `qualities` is measured at those.
        folder: clean pictures, right in it.
        qualities: JPEG qualities, 1 to 100.
        subsampling: "4:2:0", "4:2:2" or "4:4:4"; grey pictures have none.
        grey: True to make colour pictures grey first.
        figures: what to compute, from `make_figures`; None for PSNR, SSIM and PSNR-B. The first one decides how many
            pictures came out better than their JPEG.
        crop_px: border left out of every figure, in pixels.
        limit: how many of the first pictures to take; None for all.
        progress: True for a bar on stderr, if that is a terminal.
        cache: where scores are kept and found again; None to compute everything.
        with_crops: True to keep small parts of a few pictures to look at.

    Raises:
        ImageError: if the folder is missing or a file cannot be read; it is named.
        DataError: if there is no picture in the folder.
        QualityError: if a quality is not an integer from 1 to 100.
        OptionError: if there is no quality, two models share a name, or another knob is outside its range.
        ShapeError: if a picture is too small for a figure or the crop; it is named.
        ArtganError: if a model fails; model and picture are named.
    """
    chosen = make_figures(DEFAULT_FIGURES) if figures is None else list(figures)
    names = [model.name for model in models]
    if len({*names, JPEG, ORIGINAL}) < len(names) + 2:
        raise OptionError(f"the models are named {', '.join(names)}; give each a name of its own, none {JPEG}.")
    qualities = tuple(dict.fromkeys(qualities))
    if not qualities:
        raise OptionError("no quality was given; give one or more JPEG qualities from 1 to 100.")
    for quality in qualities:
        encode(np.zeros((8, 8, 3), np.uint8), quality, subsampling=subsampling)  # refuses bad ones before the long run
    paths = list_clean(folder, limit=limit)
    judged = {quality: [None, *(one for one in models if is_for(one, quality))] for quality in sorted(qualities)}
    versions = sum(map(len, judged.values()))
    shown = pictures_to_show(len(paths), 1 + versions) if with_crops else []
    judge = Judge(chosen, cache)
    with tqdm(total=len(paths) * versions, unit="result", disable=None if progress else True) as bar:
        for number, path in enumerate(paths):
            bar.set_postfix_str(path.name)
            clean = read_clean(path, grey=grey)
            subjects = [
                Subject(path, clean, crop_px, quality, encode(clean, quality, subsampling=subsampling))
                for quality in judged
            ]
            judge.begin(
                Subject(path, clean, crop_px), most_harmed(clean, subjects[0].degraded) if number in shown else None
            )
            for subject, restorers in zip(subjects, judged.values(), strict=True):
                for model in restorers:
                    judge.judge(subject, model)
                    bar.update()
    return Benchmark(
        dataset=Path(folder).resolve().name,
        pictures=tuple(path.name for path in paths),
        models=tuple(names),
        qualities=qualities,
        subsampling=subsampling,
        grey=grey,
        crop_px=crop_px,
        figures=tuple(chosen),
        scores=tuple(judge.scores),
        crops=tuple(judge.crops),
    )
