"""The networks: two doors build them, restoring/ from a Hub config and training/ from a recipe."""

from artgan_hf.networks.discriminator import SubPatchDiscriminator, WholePatchDiscriminator
from artgan_hf.networks.light import InvertedResidualGenerator, UnshuffleGenerator
from artgan_hf.networks.quality import QualityNetwork
from artgan_hf.networks.registry import (
    GENERATORS,
    NETWORKS,
    QUALITY_NETWORKS,
    Generator,
    architecture_of,
    build_generator,
    build_network,
    kind_of,
)
from artgan_hf.networks.residual import ResidualGenerator
from artgan_hf.networks.two_scale import TwoScaleGenerator

__all__ = [
    "GENERATORS",
    "NETWORKS",
    "QUALITY_NETWORKS",
    "Generator",
    "InvertedResidualGenerator",
    "QualityNetwork",
    "ResidualGenerator",
    "SubPatchDiscriminator",
    "TwoScaleGenerator",
    "UnshuffleGenerator",
    "WholePatchDiscriminator",
    "architecture_of",
    "build_generator",
    "build_network",
    "kind_of",
]
