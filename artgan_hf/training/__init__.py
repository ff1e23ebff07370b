"""The training door: LightningModules and callbacks. Needs the [train] extra."""

from artgan_hf.training.confusion import ConfusionMatrix
from artgan_hf.training.progress import RunProgressBar
from artgan_hf.training.quality import QualityModule
from artgan_hf.training.restoration import RestorationModule
from artgan_hf.training.samples import SampleGrid

__all__ = ["ConfusionMatrix", "QualityModule", "RestorationModule", "RunProgressBar", "SampleGrid"]
