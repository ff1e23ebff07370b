"""`artgan export-weights CHECKPOINT FOLDER`: from a training checkpoint to a model folder."""

import argparse
import pickle
import subprocess
from pathlib import Path
from typing import Any

from artgan_hf.errors import ArtganError, IncompatibleModelError

AVERAGED = "averaged.module."


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("export-weights", help="make a model folder of a training checkpoint")
    parser.add_argument("checkpoint", type=Path, help="e.g. runs/qf10/checkpoints/last.ckpt")
    parser.add_argument("folder", type=Path, help="the model folder to write, e.g. model_cards/qf10")
    parser.add_argument("--description", required=True, help="one line for lists of models")
    parser.add_argument("--recipe", required=True, help="the recipe's path, e.g. recipes/qf10.yaml")
    parser.add_argument("--data", required=True, help="what it was trained on, in words")
    parser.add_argument("--licences", required=True, help="of that data")
    parser.add_argument("--machine", required=True, help="what it was trained on, e.g. '2 CPU cores'")
    parser.add_argument("--parent", help="id of the model it started from; for a GAN, its pixel-loss parent")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after writing config.json and model.safetensors.

    Raises:
        IncompatibleModelError: if the checkpoint is not one of `artgan fit`.
    """
    import torch

    from artgan_hf.hub import ModelConfig, Provenance, save_model
    from artgan_hf.networks import build_network

    try:
        checkpoint = torch.load(arguments.checkpoint, map_location="cpu", weights_only=True)
        about = checkpoint["artgan"]
    except FileNotFoundError as error:
        raise ArtganError(f"{arguments.checkpoint} does not exist; expected a checkpoint of `artgan fit`.") from error
    except (KeyError, TypeError, pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise IncompatibleModelError(
            f"{arguments.checkpoint} is not a checkpoint of `artgan fit` ({error})."
        ) from error
    kind = about.get("kind", "generator")
    network = build_network(kind, about["architecture"], about["options"])
    state = checkpoint["state_dict"]
    network.load_state_dict({name.removeprefix(AVERAGED): state[name] for name in state if name.startswith(AVERAGED)})
    config = ModelConfig(
        kind=kind,
        architecture=about["architecture"],
        options=network.options,  # type: ignore[arg-type]
        codec=about.get("codec", "jpeg"),  # older checkpoints do not say
        quality=tuple(about["quality"]),
        description=arguments.description,
        parent=arguments.parent,
        provenance=Provenance(
            recipe=arguments.recipe,
            commit=_commit(),
            data=arguments.data,
            licences=arguments.licences,
            hours=round(about["seconds"] / 3600, 2),
            steps=about["steps"],
            machine=arguments.machine,
        ),
    )
    save_model(arguments.folder, network, config)
    print(f"{arguments.folder}: {about['steps']} steps, {about['seconds'] / 3600:.2f} hours")
    return 0


def _commit() -> str | None:
    try:
        answer = subprocess.run(["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return answer.stdout.strip()
