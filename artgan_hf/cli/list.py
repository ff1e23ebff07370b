"""`artgan list`: the models that travel with the package."""

import argparse
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from artgan_hf.hub import ModelSummary


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("list", help="list the models in the package")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Returns 0 after printing one line for each model."""
    from artgan_hf.hub import list_models

    models = list_models()
    if namespace.json:
        print(json.dumps([_record(model) for model in models], indent=2))
        return 0
    if not models:
        print("no model travels with this package; `artgan restore --model` takes ids on the Hub and folders.")
    width = max((len(model.id) for model in models), default=0)
    for model in models:
        print(f"{model.id:<{width}}  {_purpose(model)}, {_size(model)}  {model.config.description}")
    return 0


def _purpose(model: "ModelSummary") -> str:
    codec = {"jpeg": "JPEG quality", "h264": "H.264 CRF"}[model.config.codec]
    lowest, highest = model.config.quality
    return f"{codec} {lowest}" if lowest == highest else f"{codec} {lowest} to {highest}"


def _size(model: "ModelSummary") -> str:
    from artgan_hf.hub import EnsembleConfig

    if isinstance(model.config, EnsembleConfig):
        return f"chooses among {len(set(model.config.experts.values()))} models"
    return f"{model.parameters / 1e6:.2f} M parameters, {model.megabytes:.1f} MB"


def _record(model: "ModelSummary") -> dict[str, Any]:
    return {
        "id": model.id,
        "kind": model.config.kind,
        "description": model.config.description,
        "codec": model.config.codec,
        "quality": list(model.config.quality),
        "architecture": getattr(model.config, "architecture", None),
        "experts": getattr(model.config, "experts", None),
        "parameters": model.parameters,
        "megabytes": round(model.megabytes, 3),
    }
