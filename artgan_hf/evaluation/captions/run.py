"""Shows originals, their JPEGs and restored pictures to a captioner. Called by `artgan evaluate-captions`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm  # type: ignore[import-untyped]

from artgan_hf.evaluation.captions.captioners import Captioner
from artgan_hf.evaluation.captions.references import CaptionedPicture
from artgan_hf.evaluation.captions.report import CaptionReport, CaptionRow
from artgan_hf.evaluation.captions.scores import DEFAULT_SCORES, find_tools, score_captions
from artgan_hf.evaluation.captions.vifidel import content_words, read_word_vectors, vifidel
from artgan_hf.evaluation.clean_pictures import read_clean
from artgan_hf.evaluation.detection import Detector
from artgan_hf.evaluation.report import ORIGINAL
from artgan_hf.evaluation.subject import RestoresFiles
from artgan_hf.evaluation.versions import Version, list_versions, make_versions

SURE = 0.5


@dataclass(frozen=True)
class Fidelity:
    """What VIFIDEL needs.

    Args:
        detector: finds the objects in the originals.
        word_vectors: a text file in GloVe's format.
    """

    detector: Detector
    word_vectors: str | PathLike[str]

    def objects_in(self, image: NDArray[np.uint8]) -> list[str]:
        """Returns the names of what is surely in a picture, one for each object."""
        found = self.detector(image)
        return [label for label, score in zip(found.labels, found.scores, strict=True) if score >= SURE]


def evaluate_captions(
    captioner: Captioner,
    pictures: Sequence[CaptionedPicture],
    models: Sequence[RestoresFiles],
    qualities: Sequence[int],
    *,
    scores: Sequence[str] = DEFAULT_SCORES,
    fidelity: Fidelity | None = None,
    subsampling: str = "4:2:0",
    progress: bool = False,
) -> CaptionReport:
    """Returns how a captioner's sentences score on originals, on JPEGs and on what models make of them.

    Args:
        captioner: the judge.
        pictures: from `read_captions`.
        models: restorers with different names; none to judge JPEG alone.
        qualities: JPEG qualities, 1 to 100.
        scores: from `SCORES`; those that this machine cannot compute are named in the report.
        fidelity: for VIFIDEL; None to leave it out.
        subsampling: "4:2:0", "4:2:2" or "4:4:4".
        progress: True for a bar on stderr, if that is a terminal.

    Raises:
        DataError: if the word vectors cannot be read.
        ImageError: if a picture cannot be read.
        QualityError: if a quality is not an integer from 1 to 100.
        OptionError: if there is no quality, two models share a name, or a score is unknown.
        MissingExtraError: if pycocoevalcap is not installed.
    """
    tools = find_tools(scores)
    said: dict[Version, dict[str, str]] = {
        version: {} for version in list_versions(models, qualities, subsampling=subsampling)
    }
    objects: dict[str, list[str]] = {}
    for picture in tqdm(pictures, unit="picture", disable=None if progress else True):
        name = picture.path.name
        clean = read_clean(picture.path)
        for version, pixels in make_versions(picture.path, clean, models, qualities, subsampling=subsampling):
            said[version][name] = captioner(pixels)
            if version.model == ORIGINAL and fidelity is not None:
                objects[name] = fidelity.objects_in(pixels)
    references = {picture.path.name: picture.captions for picture in pictures}
    rows = {version: score_captions(captions, references, tools) for version, captions in said.items()}
    if fidelity is not None:
        for version, value in _fidelities(said, objects, fidelity.word_vectors).items():
            rows[version]["vifidel"] = value
    return CaptionReport(
        dataset=Path(pictures[0].path).resolve().parent.name,
        captioner=captioner.name,
        detector=None if fidelity is None else fidelity.detector.name,
        tools=tools,
        pictures=len(pictures),
        subsampling=subsampling,
        rows=tuple(CaptionRow(version, values, said[version]) for version, values in rows.items()),
    )


def _fidelities(
    said: Mapping[Version, Mapping[str, str]], objects: Mapping[str, Sequence[str]], path: str | PathLike[str]
) -> dict[Version, float]:
    """The mean VIFIDEL of each version, over the pictures with objects."""
    texts = [
        *(" ".join(names) for names in objects.values()),
        *(text for one in said.values() for text in one.values()),
    ]
    vectors = read_word_vectors(path, {word for text in texts for word in content_words(text)})
    return {
        version: float(
            np.mean([vifidel(names, captions[name], vectors) for name, names in objects.items() if names] or 0)
        )
        for version, captions in said.items()
    }
