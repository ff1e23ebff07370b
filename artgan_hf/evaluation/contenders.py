"""Who is measured in the project's own report: the shipped models, and peers that are on this machine."""

import shutil
from collections.abc import Sequence
from dataclasses import replace

from artgan_hf.evaluation.methods import Method, load_methods, model_method
from artgan_hf.evaluation.spp import NAME as SPP
from artgan_hf.evaluation.spp import spp_method, spp_program
from artgan_hf.hub import ModelSummary, list_models

JPEGQS = "jpegqs -q 6 {in} {out}"


def shipped_methods(qualities: Sequence[int], *, device: str = "auto", dtype: str = "auto") -> list[Method]:
    """Returns the shipped models that restore JPEG, each for those of some qualities that it was trained for.

    A GAN with `fidelity=1` is its parent, which has a row of its own.

    Args:
        qualities: 1 to 100.
        device: as in `Restorer`.
        dtype: likewise.

    Raises:
        IncompatibleModelError: if a shipped model is broken.
        ModelNotFoundError: if an expert of one is nowhere.
    """
    methods = []
    for model in filter(restores_jpeg, list_models()):
        least, most = model.config.quality
        if covered := frozenset(quality for quality in qualities if least <= quality <= most):
            methods.append(replace(model_method(model.id, device=device, dtype=dtype), qualities=covered))
    return methods


def peer_methods() -> tuple[list[Method], list[str]]:
    """Returns the peers that are installed here, and a line for each that is not."""
    methods, missing = [], []
    program, why_not = spp_program()
    if program is None:
        missing.append(f"{SPP}: {why_not}")
    else:
        methods.append(spp_method(program))
    if shutil.which("jpegqs") is None:
        missing.append("jpegqs: not measured: no jpegqs on the PATH")
    else:
        methods += load_methods([JPEGQS])
    return methods, missing


def restores_jpeg(model: ModelSummary) -> bool:
    """Returns whether a model is a network, or a choice among networks, that restores JPEG pictures."""
    return model.config.codec == "jpeg" and model.config.kind != "quality-predictor"
