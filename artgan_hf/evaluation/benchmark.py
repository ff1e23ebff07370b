"""Scores models on a folder of clean pictures: degrade with a real codec, restore, compare. For `artgan evaluate`."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm  # type: ignore[import-untyped]

from artgan_hf.errors import OptionError, ShapeError
from artgan_hf.evaluation.cache import ScoreCache
from artgan_hf.evaluation.clean_pictures import list_clean, read_clean
from artgan_hf.evaluation.compression import JPEG, SUBSAMPLING, Codec, Compressed, make_codec
from artgan_hf.evaluation.crops import most_harmed, pictures_to_show
from artgan_hf.evaluation.figures import DEFAULT_FIGURES, Figure, check_for_video, make_figures
from artgan_hf.evaluation.judge import Judge
from artgan_hf.evaluation.report import ORIGINAL, Benchmark
from artgan_hf.evaluation.subject import RestoresFiles, Subject, is_for

__all__ = ["RestoresFiles", "run_benchmark"]


def run_benchmark(
    models: Sequence[RestoresFiles],
    folder: str | PathLike[str],
    qualities: Sequence[int],
    *,
    codec: str = JPEG,
    subsampling: str = SUBSAMPLING,
    grey: bool = False,
    figures: Sequence[Figure] | None = None,
    crop_px: int = 0,
    limit: int | None = None,
    progress: bool = False,
    cache: ScoreCache | None = None,
    with_crops: bool = False,
) -> Benchmark:
    """Returns the scores of the codec itself and of every model, on every picture at every quality.

    One picture is in memory at a time. A model gets the bytes of the JPEG file, or with a video codec those of a PNG
    file of the decoded frame; its result is scored in 8 bits.

    Args:
        models: restorers with different names; none to score the codec alone. One with `qualities` is measured at
            those.
        folder: clean pictures, right in it.
        qualities: JPEG qualities, 1 to 100; of a video codec CRFs, 0 to 51.
        codec: "jpeg", "h264" or "h265"; the last two compress each picture as one key frame.
        subsampling: of JPEG: "4:2:0", "4:2:2" or "4:4:4"; grey pictures have none.
        grey: True to make colour pictures grey first.
        figures: what to compute, from `make_figures`; None for PSNR, SSIM and PSNR-B. The first one decides how many
            pictures came out better than the degraded ones.
        crop_px: border left out of every figure, in pixels.
        limit: how many of the first pictures to take; None for all.
        progress: True for a bar on stderr, if that is a terminal.
        cache: where scores are kept and found again; None to compute everything.
        with_crops: True to keep small parts of a few pictures to look at.

    Raises:
        ImageError: if the folder is missing or a file cannot be read; it is named.
        DataError: if there is no picture in the folder.
        QualityError: if a quality is not an integer from 1 to 100.
        OptionError: if there is no quality, two models share a name, a figure is one of JPEG files and the codec is
            another, or a knob is outside its range.
        MissingExtraError: if a video codec is asked for and PyAV is not installed.
        ShapeError: if a picture is too small for a figure, the crop or the codec; it is named.
        ArtganError: if a model fails; model and picture are named.
    """
    chosen = make_figures(DEFAULT_FIGURES) if figures is None else list(figures)
    degraded_by = make_codec(codec, subsampling=subsampling)
    names = [model.name for model in models]
    if len({*names, codec, ORIGINAL}) < len(names) + 2:
        raise OptionError(f"the models are named {', '.join(names)}; give each a name of its own, none {codec}.")
    qualities = tuple(dict.fromkeys(qualities))
    degraded_by.check(qualities)
    if codec != JPEG:
        check_for_video(chosen)
    paths = list_clean(folder, limit=limit)
    judged = {
        quality: [None, *(one for one in models if is_for(one, quality))]
        for quality in degraded_by.worst_first(qualities)
    }
    versions = sum(map(len, judged.values()))
    shown = pictures_to_show(len(paths), 1 + versions) if with_crops else []
    judge = Judge(chosen, codec, cache)
    with tqdm(total=len(paths) * versions, unit="result", disable=None if progress else True) as bar:
        for number, path in enumerate(paths):
            bar.set_postfix_str(path.name)
            clean = read_clean(path, grey=grey)
            subjects = [
                Subject(path, clean, crop_px, quality, _compressed(path, clean, degraded_by, quality))
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
        codec=degraded_by,
        grey=grey,
        crop_px=crop_px,
        figures=tuple(chosen),
        scores=tuple(judge.scores),
        crops=tuple(judge.crops),
    )


def _compressed(path: Path, clean: NDArray[np.uint8], codec: Codec, quality: int) -> Compressed:
    try:
        return codec.compress(clean, quality)
    except ShapeError as error:
        raise ShapeError(f"{path}: {error}") from error
