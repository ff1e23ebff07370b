"""Scores the versions of one picture after the other, and knows what was scored before. Called by benchmark.py."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

import artgan_hf
from artgan_hf.errors import ShapeError
from artgan_hf.evaluation.cache import CachedResult, ScoreCache, content_key
from artgan_hf.evaluation.crops import Box, Crop, cut_webp
from artgan_hf.evaluation.figures import Figure
from artgan_hf.evaluation.report import ORIGINAL, PictureScore
from artgan_hf.evaluation.subject import RestoresFiles, Subject


class Judge:
    """Collects scores, and crops of some pictures.

    Args:
        figures: what to compute.
        codec: the name of what degrades the pictures.
        cache: where results are kept and found again; None for no cache.
    """

    def __init__(self, figures: Sequence[Figure], codec: str, cache: ScoreCache | None = None) -> None:
        self.figures = figures
        self.scores: list[PictureScore] = []
        self.crops: list[Crop] = []
        self._codec = codec
        self._cache = cache
        self._box: Box | None = None

    def begin(self, original: Subject, box: Box | None) -> None:
        """Goes on to another picture, and scores the original if a figure can judge it.

        Args:
            original: the picture.
            box: the part of it to keep, of every version; None for none.

        Raises:
            ShapeError: if it is too small for a figure.
        """
        self._box = None
        if any(figure.judges_alone for figure in self.figures):
            result = self._result(original, ORIGINAL, lambda: (original.clean, None))
            self.scores.append(self._score(original, ORIGINAL, result))
        if box is not None:
            self.crops.append(Crop(original.path.name, ORIGINAL, None, cut_webp(original.clean, box)))
        self._box = box

    def judge(self, subject: Subject, model: RestoresFiles | None) -> None:
        """Scores what a model makes of a file, or the file as it is.

        Args:
            subject: the file.
            model: None for the degraded picture.

        Raises:
            ArtganError: if the model fails or gives a picture of another size.
            ShapeError: if the picture is too small for a figure.
        """
        if model is None:
            name, result = self._codec, self._result(subject, self._codec, lambda: (subject.degraded, None))
        else:
            fingerprint = getattr(model, "fingerprint", "")
            name, result = model.name, self._result(subject, fingerprint, lambda: subject.restored_by(model))
        self.scores.append(self._score(subject, name, result))
        if self._box is not None:
            self.crops.append(Crop(subject.path.name, name, subject.quality, result.crops[self._box.key]))

    def _result(
        self, subject: Subject, fingerprint: str, restore: Callable[[], tuple[NDArray[np.uint8], float | None]]
    ) -> CachedResult:
        """Returns all that is asked for, out of the cache as far as it is there."""
        key = content_key(artgan_hf.__version__, subject.content, fingerprint) if fingerprint else ""
        result = self._cache.find(key) if self._cache and key else CachedResult()
        missing = [figure for figure in self._asked(subject) if figure.identity not in result.values]
        is_cut = self._box is None or self._box.key in result.crops
        if not missing and is_cut:
            return result
        pixels, result.seconds = restore()
        comparison = subject.compared_with(pixels)
        for figure in missing:
            try:
                result.values[figure.identity] = figure.score(comparison)
            except ShapeError as error:
                raise ShapeError(f"{subject.path}, {figure.label}: {error}") from error
        if self._box is not None:
            result.crops[self._box.key] = cut_webp(pixels, self._box)
        if self._cache and key:
            self._cache.keep(key, result)
        return result

    def _asked(self, subject: Subject) -> list[Figure]:
        """The figures that can be computed: the original has no file to compare it with."""
        return [figure for figure in self.figures if subject.file or figure.judges_alone]

    def _score(self, subject: Subject, name: str, result: CachedResult) -> PictureScore:
        """Returns the score; figures that compare a picture with another are None for the original."""
        values: dict[str, float | None] = {}
        for figure in self.figures:
            values |= result.values.get(figure.identity) or dict.fromkeys(figure.keys)
        return PictureScore(name, subject.quality, subject.path.name, values, subject.bpp, result.seconds)
