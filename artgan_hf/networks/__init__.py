"""The networks: two doors build them, restoring/ from a Hub config and training/ from a recipe."""

from artgan_hf.networks.discriminator import SubPatchDiscriminator, WholePatchDiscriminator
from artgan_hf.networks.light import InvertedResidualGenerator, UnshuffleGenerator
from artgan_hf.networks.registry import GENERATORS, Generator, architecture_of, build_generator
from artgan_hf.networks.residual import ResidualGenerator
from artgan_hf.networks.two_scale import TwoScaleGenerator

__all__ = [
    "GENERATORS",
    "Generator",
    "InvertedResidualGenerator",
    "ResidualGenerator",
    "SubPatchDiscriminator",
    "TwoScaleGenerator",
    "UnshuffleGenerator",
    "WholePatchDiscriminator",
    "architecture_of",
    "build_generator",
]
