"""Training data: clean pictures and their degraded twins. Importing `artgan_hf.data.module` needs the [train] extra."""

from artgan_hf.data.graded import GradedCrops
from artgan_hf.data.pairs import JpegDegradation
from artgan_hf.data.patches import Pair, PatchPairs, WholePairs

__all__ = ["GradedCrops", "JpegDegradation", "Pair", "PatchPairs", "WholePairs"]
