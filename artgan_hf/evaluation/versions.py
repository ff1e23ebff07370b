"""The versions of a picture that a judge compares: the original, its JPEGs, and what models make of those."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from artgan_hf.errors import OptionError
from artgan_hf.evaluation.compression import JPEG, JpegCodec
from artgan_hf.evaluation.report import ORIGINAL
from artgan_hf.evaluation.subject import RestoresFiles, Subject, is_for


class Version(NamedTuple):
    """What a picture went through.

    Args:
        model: the name of the model that restored it, or "jpeg" for the degraded picture, or "original".
        quality: of the JPEG, 1 to 100; None for the original.

    Example:
        >>> Version("jpeg", 10).label
        'jpeg at 10'
    """

    model: str
    quality: int | None

    @property
    def label(self) -> str:
        """Its name in charts."""
        return self.model if self.quality is None else f"{self.model} at {self.quality}"


def list_versions(
    models: Sequence[RestoresFiles], qualities: Sequence[int], *, subsampling: str = "4:2:0"
) -> tuple[Version, ...]:
    """Returns the versions in the order of a table: the original, then for each quality JPEG and the models.

    Args:
        models: with different names; none to judge JPEG alone. One with `qualities` has versions at those.
        qualities: of the JPEGs.
        subsampling: likewise; refused here if it is none, before a long run.

    Raises:
        QualityError: if a quality is not an integer from 1 to 100.
        OptionError: if there is no quality, two models share a name, or the subsampling is unknown.

    Example:
        >>> [version.label for version in list_versions([], [10, 20])]
        ['original', 'jpeg at 10', 'jpeg at 20']
    """
    names = [model.name for model in models]
    if len({*names, JPEG, ORIGINAL}) < len(names) + 2:
        raise OptionError(f"the models are named {', '.join(names)}; give each a name of its own, none {JPEG}.")
    JpegCodec(subsampling).check(qualities)
    versions = [Version(ORIGINAL, None)]
    for quality in dict.fromkeys(qualities):
        versions += [Version(JPEG, quality), *(Version(one.name, quality) for one in models if is_for(one, quality))]
    return tuple(versions)


def make_versions(
    path: Path,
    clean: NDArray[np.uint8],
    models: Sequence[RestoresFiles],
    qualities: Sequence[int],
    *,
    subsampling: str = "4:2:0",
) -> Iterator[tuple[Version, NDArray[np.uint8]]]:
    """Yields every version of one picture with its pixels, in the order of `list_versions`.

    Args:
        path: of the picture, for messages.
        clean: uint8, RGB of shape (H, W, 3) or grey of shape (H, W).
        models: each gets the bytes of the JPEG file.
        qualities: of the JPEGs.
        subsampling: likewise; grey pictures have none.

    Yields:
        The version, and its pixels: uint8, RGB, shape (H, W, 3).

    Raises:
        ArtganError: if a model fails.
        ShapeError: if a model gives a picture of another size.
    """
    yield Version(ORIGINAL, None), _as_rgb(clean)
    for quality in dict.fromkeys(qualities):
        subject = Subject(path, clean, 0, quality, JpegCodec(subsampling).compress(clean, quality))
        yield Version(JPEG, quality), _as_rgb(subject.degraded)
        for model in (one for one in models if is_for(one, quality)):
            yield Version(model.name, quality), _as_rgb(subject.restored_by(model)[0])


def _as_rgb(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(pixels[..., None], 3, axis=2) if pixels.ndim == 2 else pixels
