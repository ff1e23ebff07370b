"""artgan_hf: makes compressed pictures and video look good again.

>>> from artgan_hf import list_models
>>> isinstance(list_models(), list)
True
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from artgan_hf.errors import (
    ArtganError,
    DataError,
    ImageError,
    IncompatibleModelError,
    MissingExtraError,
    ModelNotFoundError,
    OptionError,
    PublishError,
    QualityError,
    ShapeError,
    VideoError,
)

if TYPE_CHECKING:
    from artgan_hf.hub import EnsembleConfig, ModelConfig, ModelSummary, list_models
    from artgan_hf.restoring import (
        FileResult,
        FolderReport,
        PredictedQuality,
        QualityPredictor,
        RestoredVideo,
        Restorer,
        VideoRestorer,
        pipeline,
    )
    from artgan_hf.types import Restored

__version__ = "0.1.0"

__all__ = [
    "ArtganError",
    "DataError",
    "EnsembleConfig",
    "FileResult",
    "FolderReport",
    "ImageError",
    "IncompatibleModelError",
    "MissingExtraError",
    "ModelConfig",
    "ModelNotFoundError",
    "ModelSummary",
    "OptionError",
    "PredictedQuality",
    "PublishError",
    "QualityError",
    "QualityPredictor",
    "Restored",
    "RestoredVideo",
    "Restorer",
    "ShapeError",
    "VideoError",
    "VideoRestorer",
    "list_models",
    "pipeline",
]

# Imported at first use: torch costs a second or two, which `artgan --help` and a glance at the errors need not pay.
_HOMES = {
    "artgan_hf.hub": ("EnsembleConfig", "ModelConfig", "ModelSummary", "list_models"),
    "artgan_hf.restoring": (
        "FileResult",
        "FolderReport",
        "PredictedQuality",
        "QualityPredictor",
        "RestoredVideo",
        "Restorer",
        "VideoRestorer",
        "pipeline",
    ),
    "artgan_hf.types": ("Restored",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(home), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *(name for names in _HOMES.values() for name in names)]
