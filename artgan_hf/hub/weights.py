"""Networks from model folders and back. Called by restoring/ (load), training/ (save) and evaluation/."""

import os
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import Tensor, nn

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub.config import ENSEMBLE, EnsembleConfig, ModelConfig
from artgan_hf.hub.folder import CONFIG_NAME, WEIGHTS_NAME, ModelFolder, check_complete, read_header
from artgan_hf.networks import architecture_of, build_network, kind_of

NAMES_SHOWN = 3
FLOATS = ("F16", "BF16", "F32", "F64")
DOORS = {"generator": "Restorer", "quality-predictor": "QualityPredictor", ENSEMBLE: "Restorer"}


def load_network(folder: ModelFolder | Path, *, kind: str = "generator") -> tuple[nn.Module, ModelConfig]:
    """Returns the network of a model folder, ready to use, and its config.

    Shapes are compared with the file's header before anything is allocated, so that a config that lies about its size
    costs nothing. Every weight must be there, no other, and all finite.

    Args:
        folder: from `find_model`, or a path.
        kind: what it must be for: "generator" or "quality-predictor".

    Returns:
        The network in float32 on the CPU, in evaluation mode, asking for no gradients; and the config.

    Raises:
        IncompatibleModelError: if a file is missing or damaged, the model is of another kind, or config and weights do
            not fit; the message names the first few weights at fault.

    Example:
        >>> import tempfile
        >>> from artgan_hf.networks import UnshuffleGenerator
        >>> config = ModelConfig(architecture="unshuffle", options={"channels": 8, "blocks": 1, "fold": 4},
        ...     codec="jpeg", quality=(5, 95), description="A toy.")
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     save_model(Path(folder), UnshuffleGenerator(8, 1), config)
        ...     network, read = load_network(Path(folder))
        >>> read == config, network.training
        (True, False)
    """
    if not isinstance(folder, ModelFolder):
        folder = ModelFolder(Path(folder), str(folder), "folder")
    config = check_complete(folder)
    if isinstance(config, EnsembleConfig) or config.kind != kind:
        article = "an" if config.kind == ENSEMBLE else "a"
        raise IncompatibleModelError(
            f"{folder.name} is {article} {config.kind}, but a {kind} was asked for: load it with {DOORS[config.kind]}."
        )
    network = _hollow_network(config, str(folder.path / CONFIG_NAME))
    _check_header(folder, network)
    network.load_state_dict(_read_weights(folder), strict=True, assign=True)
    assert not any(buffer.is_meta for buffer in network.buffers()), "a buffer that is not saved cannot be loaded"
    return network.eval().requires_grad_(False), config


def save_model(folder: Path, network: nn.Module, config: ModelConfig, *, half: bool = True) -> None:
    """Writes config.json and model.safetensors so that a kill at any moment leaves no mixture of two models.

    Both are written beside their places first. If the config changes, the old weights go before the new config comes:
    for that instant the folder has no weights rather than another model's.

    Args:
        folder: created if missing; a model already there is replaced.
        network: of the registry, on any device.
        config: its architecture and options must be the network's.
        half: True to store float16, half the size; False for float32.

    Raises:
        IncompatibleModelError: if config and network do not fit, or a weight is not finite in the stored type.
    """
    _check_fit(network, config)
    text = config.to_json()
    assert ModelConfig.from_json(text, where=CONFIG_NAME) == config
    dtype = torch.float16 if half else torch.float32
    weights = {name: tensor.detach().to("cpu", dtype).contiguous() for name, tensor in network.state_dict().items()}
    _check_finite(weights, "the network in float16 (half=False stores float32)" if half else "the network")

    folder.mkdir(parents=True, exist_ok=True)
    new_config, new_weights = (folder / f"{name}.{os.getpid()}.part" for name in (CONFIG_NAME, WEIGHTS_NAME))
    try:
        new_weights.write_bytes(save(weights, metadata={"format": "pt"}))  # `save_file` would hide it from other users
        new_config.write_text(text, encoding="utf-8", newline="\n")
        if not _has_text(folder / CONFIG_NAME, text):
            (folder / WEIGHTS_NAME).unlink(missing_ok=True)
        new_config.replace(folder / CONFIG_NAME)
        new_weights.replace(folder / WEIGHTS_NAME)
    finally:
        new_config.unlink(missing_ok=True)
        new_weights.unlink(missing_ok=True)


def _hollow_network(config: ModelConfig, where: str) -> nn.Module:
    """The network with shapes but no memory behind them."""
    try:
        with torch.device("meta"):
            return build_network(config.kind, config.architecture, config.options)
    except IncompatibleModelError as error:
        raise IncompatibleModelError(f"{where}: {error}") from error


def _check_header(folder: ModelFolder, network: nn.Module) -> None:
    stored = read_header(folder)
    expected = {name: tuple(tensor.shape) for name, tensor in network.state_dict().items()}
    where = folder.path / WEIGHTS_NAME
    if missing := [name for name in expected if name not in stored]:
        raise IncompatibleModelError(f"{where} lacks {_few(missing)}; config.json asks for them. {folder.remedy}")
    if surplus := [name for name in stored if name not in expected]:
        raise IncompatibleModelError(f"{where} has {_few(surplus)}; config.json has no place for them. {folder.remedy}")
    wrong = [
        f"{name} {stored[name].shape} for {expected[name]}" for name in expected if stored[name].shape != expected[name]
    ]
    if wrong:
        raise IncompatibleModelError(
            f"{where} has other shapes than config.json asks for: {_few(wrong)}. {folder.remedy}"
        )
    if other := [f"{name} ({tensor.dtype})" for name, tensor in stored.items() if tensor.dtype not in FLOATS]:
        raise IncompatibleModelError(f"{where} holds {_few(other)}; weights are one of {', '.join(FLOATS)}.")


def _read_weights(folder: ModelFolder) -> dict[str, Tensor]:
    where = folder.path / WEIGHTS_NAME
    try:
        # Copied, since safetensors maps the file: the network must outlive a change of it.
        weights = {name: tensor.to(torch.float32, copy=True) for name, tensor in load_file(where).items()}
    except (SafetensorError, OSError) as error:
        raise IncompatibleModelError(f"{where} cannot be read ({error}). {folder.remedy}") from error
    _check_finite(weights, str(where))
    return weights


def _check_finite(weights: dict[str, Tensor], where: str) -> None:
    broken = [name for name, tensor in weights.items() if not tensor.isfinite().all()]
    if broken:
        raise IncompatibleModelError(f"{where} has infinite or NaN weights in {_few(broken)}: not a usable model.")


def _check_fit(network: nn.Module, config: ModelConfig) -> None:
    architecture = architecture_of(network)
    if kind_of(network) != config.kind:
        raise IncompatibleModelError(f"the network is a {kind_of(network)} but its config says {config.kind!r}.")
    if architecture != config.architecture:
        raise IncompatibleModelError(f"the network is {architecture!r} but its config says {config.architecture!r}.")
    expected = _hollow_network(config, "the config").options
    if network.options != expected:
        raise IncompatibleModelError(f"the network has options {network.options} but its config says {expected}.")


def _has_text(file: Path, text: str) -> bool:
    return file.is_file() and file.read_bytes() == text.encode()


def _few(names: list[str]) -> str:
    rest = len(names) - NAMES_SHOWN
    return ", ".join(names[:NAMES_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
