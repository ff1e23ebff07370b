"""Many networks, and for each picture the one that was trained for its quality. Held by the restorer."""

from collections.abc import Callable
from functools import lru_cache
from math import log2
from threading import Lock

from artgan_hf.codecs import quantisation_tables
from artgan_hf.hub import EnsembleConfig, find_model, load_network
from artgan_hf.hub.folder import ModelFolder
from artgan_hf.images import Picture
from artgan_hf.restoring.expert import Choice, Expert, Place
from artgan_hf.restoring.knobs import Knobs
from artgan_hf.restoring.quality import LEAST_SIDE_PX, QualityPredictor
from artgan_hf.types import PredictedQuality, QualitySource

KEPT_EXPERTS = 3
AGREEMENT_OCTAVES = 0.5
FADE_FROM, FADE_TO = 90, 98


class Ensemble:
    """Judges each picture, and hands it to the expert of the nearest quality.

    Predictor and experts are loaded when a picture first needs them, and the last few experts are kept. Threads may
    share it.

    Args:
        config: which experts there are.
        place: where they run.
        find: gives the folders of experts, their parents and the predictor for their ids.

    Source:
        Galteri et al., TMM 2019: a predictor of the quality picks the generator of the nearest one. The tables as a
        second witness, and the strength that fades out where there is little to restore, are ours.
    """

    def __init__(
        self, config: EnsembleConfig, *, place: Place, find: Callable[[str], ModelFolder] = find_model
    ) -> None:
        self.config = config
        self._place = place
        self._find = find
        self._lock = Lock()
        self._expert = lru_cache(KEPT_EXPERTS)(self._load_expert)
        self._predictor = lru_cache(1)(self._load_predictor)

    def prepare(self, knobs: Knobs) -> None:
        """Has nothing to refuse: any quality has a nearest expert, and any expert some fidelity."""

    def choose(self, picture: Picture, *, tables: int | None, asked: int | None) -> Choice:
        """Returns the expert of the nearest quality, the lower one of two equally near.

        A quality that the caller asks for stands. Otherwise tables and pixels are heard, and pictures that are hardly
        compressed get less of the strength: all of it up to quality 90, nothing from 98 on. Of a picture too small to
        judge that has no tables nothing is known: it gets the gentlest expert.

        Args:
            picture: its first layer is looked at.
            tables: the quality in the file's tables, if there is one.
            asked: the quality that the caller asks for, if any.

        Raises:
            ModelNotFoundError: if the predictor or the expert cannot be found.
            IncompatibleModelError: if it is broken.
        """
        if asked is not None:
            return Choice(self._nearest(asked), asked, "asked")
        predicted = self._judged(picture)
        # Without the file it is not sure that these are the pixels that the tables speak of.
        is_sure = picture.file_bytes is not None or predicted is None
        quality, source = decide_quality(tables if is_sure else None, predicted.quality if predicted else None)
        if quality is None:
            return Choice(self._nearest(max(self.config.experts)), None, None)
        return Choice(self._nearest(quality), quality, source, predicted, share_to_restore(quality))

    def _judged(self, picture: Picture) -> PredictedQuality | None:
        if min(picture.height, picture.width) < LEAST_SIDE_PX:
            return None
        with self._lock:
            predictor = self._predictor()
        return predictor.judge(picture.layers[0])

    def _nearest(self, quality: int) -> Expert:
        nearest = min(sorted(self.config.experts), key=lambda trained_for: abs(trained_for - quality))
        with self._lock:
            return self._expert(self.config.experts[nearest])

    def _load_expert(self, model_id: str) -> Expert:
        folder = self._find(model_id)
        network, config = load_network(folder)
        return Expert(network, config, name=folder.name, place=self._place, find=self._find)

    def _load_predictor(self) -> QualityPredictor:
        folder = self._find(self.config.predictor)
        network, config = load_network(folder, kind="quality-predictor")
        return QualityPredictor(network, config, name=folder.name, device=self._place.device)


def decide_quality(tables: int | None, pixels: int | None) -> tuple[int | None, QualitySource | None]:
    """Returns the quality to restore a picture for, and whose word that is: "tables" or "pixels".

    The tables say exactly how the file was compressed, but not what had happened to the picture before. So they are
    believed unless the pixels show a clearly stronger compression: that of a picture saved again.

    What counts is the ratio of the quantisation steps, for artifacts grow with the step, not with the quality's
    number: from 10 to 20 the steps halve, from 60 to 70 they lose a quarter. Up to a factor of the square root of 2,
    half an octave, the two agree. That is half the way between experts for 5, 10 and 20 and about the way between those
    for 20, 30, 40 and 60, so that whoever is believed, the expert is the same or its neighbour; it covers the
    predictor's error (0.3 of quality on average) and most encoders whose tables are not libjpeg's.

    Args:
        tables: quality by the file's tables, 1 to 100; None without a file.
        pixels: quality by the predictor; None if it could not tell.

    Example:
        >>> decide_quality(90, 90), decide_quality(90, 15), decide_quality(90, 87), decide_quality(None, 15)
        ((90, 'tables'), (15, 'pixels'), (90, 'tables'), (15, 'pixels'))
    """
    if tables is None:
        return pixels, None if pixels is None else "pixels"
    if pixels is None or _octaves(pixels) - _octaves(tables) <= AGREEMENT_OCTAVES:
        return tables, "tables"
    return pixels, "pixels"


def share_to_restore(quality: int) -> float:
    """Returns how much of the strength a picture of some quality gets: hardly compressed ones are left alone.

    Example:
        >>> share_to_restore(90), share_to_restore(94), share_to_restore(98)
        (1.0, 0.5, 0.0)
    """
    return min(1.0, max(0.0, (FADE_TO - quality) / (FADE_TO - FADE_FROM)))


def _octaves(quality: int) -> float:
    """The mean step of the luma table, without the limit of 255, on a scale of octaves."""
    luma, _ = quantisation_tables(quality, is_baseline=False)
    return log2(sum(luma) / len(luma))
