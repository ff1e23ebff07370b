"""Models as folders: found here, in the package or on the Hub, and read without trusting them."""

from artgan_hf.hub.config import AnyConfig, EnsembleConfig, ModelConfig, Provenance
from artgan_hf.hub.files import find_model
from artgan_hf.hub.folder import ModelFolder
from artgan_hf.hub.shipped import ModelSummary, list_models
from artgan_hf.hub.weights import load_network, save_model

__all__ = [
    "AnyConfig",
    "EnsembleConfig",
    "ModelConfig",
    "ModelFolder",
    "ModelSummary",
    "Provenance",
    "find_model",
    "list_models",
    "load_network",
    "save_model",
]
