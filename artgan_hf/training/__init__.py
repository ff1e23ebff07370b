"""The training door: LightningModules and callbacks. Needs the [train] extra."""

from artgan_hf.training.restoration import RestorationModule
from artgan_hf.training.samples import SampleGrid

__all__ = ["RestorationModule", "SampleGrid"]
