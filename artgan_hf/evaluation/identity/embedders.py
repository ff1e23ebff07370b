"""Face embedders: dlib's, or a function of the user's own."""

import importlib.util
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from artgan_hf.errors import DataError, MissingExtraError, OptionError
from artgan_hf.evaluation.plugins import is_reference, load_reference
from artgan_hf.optional import require


class FaceEmbedder(Protocol):
    """Turns faces into vectors that are close for one person and far apart for two.

    Attributes:
        name: for reports.
    """

    @property
    def name(self) -> str:
        """For reports."""

    def __call__(self, versions: Sequence[NDArray[np.uint8]]) -> NDArray[np.floating]:
        """Returns a vector for each version of one picture, shape (versions, size).

        Args:
            versions: uint8, RGB, shape (H, W, 3), all of one size, the original first: its face is to be found once,
                and to be embedded at the same place in all.

        Raises:
            DataError: if there is no face; the picture is then left out and listed.
        """


def open_embedder(name: str) -> FaceEmbedder:
    """Returns a face embedder.

    Args:
        name: "dlib"; or "module:function" for a function of your own that does what `FaceEmbedder` does.

    Raises:
        OptionError: if it is neither.
        MissingExtraError: if dlib or its models are not installed.
    """
    if name == "dlib":
        return DlibEmbedder()
    if is_reference(name):
        return _Own(name, load_reference(name))
    raise OptionError(f"the embedder is {name!r}; dlib, or MODULE:FUNCTION, was expected.")


class DlibEmbedder:
    """The 128 numbers of dlib's face recogniser; two pictures under 0.6 apart are taken for one person.

    Raises:
        MissingExtraError: if dlib or the package with its models is not installed.

    Source:
        dlib's dlib_face_recognition_resnet_model_v1 (99.4 % on LFW), with the five-point landmarks of the largest face
        that its HOG detector finds.
    """

    name = "dlib"

    def __init__(self) -> None:
        dlib: Any = require("dlib", extra="faces")
        models = _model_folder()
        self._find = dlib.get_frontal_face_detector()
        self._landmarks = dlib.shape_predictor(str(models / "shape_predictor_5_face_landmarks.dat"))
        self._embed = dlib.face_recognition_model_v1(str(models / "dlib_face_recognition_resnet_model_v1.dat"))

    def __call__(self, versions: Sequence[NDArray[np.uint8]]) -> NDArray[np.floating]:
        """Returns a vector for each version of one picture, shape (versions, 128); see `FaceEmbedder`."""
        original = np.ascontiguousarray(versions[0])
        faces = self._find(original, 1)
        if not faces:
            raise DataError("dlib finds no face in the picture; a face seen from the front was expected.")
        face = self._landmarks(original, max(faces, key=lambda box: box.area()))
        return np.array([self._embed.compute_face_descriptor(np.ascontiguousarray(one), face) for one in versions])


class _Own:
    """A function of the user's own, with its reference as name."""

    def __init__(self, name: str, embed: Callable[[Sequence[NDArray[np.uint8]]], Any]) -> None:
        self.name = name
        self._embed = embed

    def __call__(self, versions: Sequence[NDArray[np.uint8]]) -> NDArray[np.floating]:
        vectors = np.asarray(self._embed(versions), np.float64)
        if vectors.ndim != 2 or len(vectors) != len(versions):
            raise OptionError(f"{self.name} gave shape {vectors.shape} for {len(versions)} pictures; one row for each.")
        return vectors


def _model_folder() -> Path:
    # Not imported: it asks for setuptools only to find this folder.
    spec = importlib.util.find_spec("face_recognition_models")
    if spec is None or not spec.submodule_search_locations:
        raise MissingExtraError("dlib's models are not installed: pip install face_recognition_models.")
    return Path(next(iter(spec.submodule_search_locations))) / "models"
