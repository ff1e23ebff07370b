"""Training data: clean pictures and their degraded twins. Importing `artgan_hf.data.module` needs the [train] extra."""

from artgan_hf.data.dataset_source import DatasetSource
from artgan_hf.data.graded import GradedCrops
from artgan_hf.data.pairs import AnyOf, Degradation, JpegDegradation
from artgan_hf.data.patches import Pair, PatchPairs, WholePairs
from artgan_hf.data.sources import FolderSource, Source
from artgan_hf.data.video import H264Degradation

__all__ = [
    "AnyOf",
    "DatasetSource",
    "Degradation",
    "FolderSource",
    "GradedCrops",
    "H264Degradation",
    "JpegDegradation",
    "Pair",
    "PatchPairs",
    "Source",
    "WholePairs",
]
