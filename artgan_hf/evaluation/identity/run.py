"""Shows originals, their JPEGs and restored faces to a face recogniser. Called by `artgan evaluate-identity`."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm  # type: ignore[import-untyped]

from artgan_hf.errors import DataError
from artgan_hf.evaluation.clean_pictures import list_clean, read_clean
from artgan_hf.evaluation.identity.embedders import FaceEmbedder
from artgan_hf.evaluation.identity.report import IdentityReport, IdentityRow
from artgan_hf.evaluation.subject import RestoresFiles
from artgan_hf.evaluation.versions import list_versions, make_versions


def evaluate_identity(
    embedder: FaceEmbedder,
    folder: str | PathLike[str],
    models: Sequence[RestoresFiles],
    qualities: Sequence[int],
    *,
    subsampling: str = "4:2:0",
    limit: int | None = None,
    progress: bool = False,
) -> IdentityReport:
    """Returns how far the faces of JPEGs and of restored pictures are from their originals.

    Args:
        embedder: the judge.
        folder: clean pictures with one face each, right in it.
        models: restorers with different names; none to judge JPEG alone.
        qualities: JPEG qualities, 1 to 100.
        subsampling: "4:2:0", "4:2:2" or "4:4:4".
        limit: how many of the first pictures to take; None for all.
        progress: True for a bar on stderr, if that is a terminal.

    Raises:
        DataError: if there is no picture, or no face in any.
        ImageError: if a picture cannot be read.
        QualityError: if a quality is not an integer from 1 to 100.
        OptionError: if there is no quality or two models share a name.
    """
    versions = list_versions(models, qualities, subsampling=subsampling)
    found: dict[str, NDArray[np.floating]] = {}
    left_out = []
    for path in tqdm(list_clean(folder, limit=limit), unit="picture", disable=None if progress else True):
        versions_of = make_versions(path, read_clean(path), models, qualities, subsampling=subsampling)
        made = [pixels for _, pixels in versions_of]
        try:
            found[path.name] = embedder(made)
        except DataError:
            left_out.append(path.name)
    if not found:
        raise DataError(f"{embedder.name} found no face in any of the {len(left_out)} pictures of {folder}.")
    vectors = np.stack(list(found.values()))  # (faces, versions, size)
    return IdentityReport(
        dataset=Path(folder).resolve().name,
        embedder=embedder.name,
        faces=len(found),
        left_out=tuple(left_out),
        strangers=_mean_between(vectors[:, 0]),
        subsampling=subsampling,
        rows=tuple(
            IdentityRow(version, *_compared(vectors[:, index], vectors[:, 0], list(found)))
            for index, version in enumerate(versions)
            if index > 0
        ),
    )


def _compared(
    vectors: NDArray[np.floating], originals: NDArray[np.floating], names: Sequence[str]
) -> tuple[dict[str, float], int]:
    """The distance of each face to its original, and how many are nearest to their own."""
    distances = np.linalg.norm(vectors[:, None] - originals[None], axis=2)
    own = distances.diagonal()
    recognised = int((own <= distances.min(axis=1)).sum())
    return {name: float(distance) for name, distance in zip(names, own, strict=True)}, recognised


def _mean_between(originals: NDArray[np.floating]) -> float | None:
    count = len(originals)
    if count < 2:
        return None
    distances = np.linalg.norm(originals[:, None] - originals[None], axis=2)
    return float(distances.sum() / (count * (count - 1)))
