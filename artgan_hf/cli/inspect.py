"""`artgan inspect`: what a picture file says of itself and of its compression."""

import argparse
import json
from pathlib import Path
from typing import Any

PREDICTOR = "artgan/qf-predictor"
HARDLY_COMPRESSED = 98
LEAST_SHOWN = 0.005


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("inspect", help="show the JPEG quality and other facts of a picture file")
    parser.add_argument("file", type=Path, metavar="FILE")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Returns 0 after printing the facts.

    Raises:
        ImageError: if the file is missing or not a picture.
    """
    facts = _facts(namespace.file)
    if namespace.json:
        print(json.dumps(facts, indent=2))
        return 0
    print(f"{facts['format']}, {facts['width']}x{facts['height']}, mode {facts['mode']}, {facts['bytes']:,} bytes")
    if facts["quality"] is not None:
        certainty = "exactly libjpeg's tables" if facts["quality_is_exact"] else "the nearest; not libjpeg's tables"
        scan = "progressive" if facts["progressive"] else "baseline"
        print(f"quality {facts['quality']} ({certainty}), chroma {facts['subsampling']}, {scan}")
    if "predicted_quality" in facts:
        print(f"by the pixels: {_words(facts)}")
    if facts["quality"] and facts.get("restore_for", facts["quality"]) != facts["quality"]:
        print(f"saved again, it seems: restore it for quality {facts['restore_for']}")
    return 0


def _facts(path: Path) -> dict[str, Any]:
    from artgan_hf.codecs.jpeg import read_jpeg_info
    from artgan_hf.images.files import JPEG_FORMATS, open_header, opened

    with opened(path) as (handle, name):
        image = open_header(handle, name)
        facts: dict[str, Any] = {"file": name, "format": image.format, "width": image.width, "height": image.height}
        facts |= {"mode": image.mode, "bytes": path.stat().st_size}
        info = read_jpeg_info(path) if image.format in JPEG_FORMATS else None
    for fact in ("quality", "quality_is_exact", "subsampling", "progressive"):
        facts[fact] = getattr(info, fact, None)
    return facts | _judgement(path, facts["quality"])


def _judgement(path: Path, tables: int | None) -> dict[str, Any]:
    """What the pixels alone say; nothing if no predictor travels with the package."""
    from artgan_hf.errors import ImageError
    from artgan_hf.hub.shipped import shipped_folder
    from artgan_hf.restoring import QualityPredictor
    from artgan_hf.restoring.ensemble import decide_quality

    if shipped_folder(PREDICTOR) is None:
        return {}
    try:
        predicted = QualityPredictor.from_pretrained(PREDICTOR, device="cpu")(path)
    except ImageError as error:  # the header could be read all the same
        return {"predicted_quality": None, "not_predicted": str(error)}
    return {
        "predicted_quality": predicted.quality,
        "probabilities": {str(name): round(share, 4) for name, share in predicted.probabilities.items()},
        "restore_for": decide_quality(tables, predicted.quality)[0],
    }


def _words(facts: dict[str, Any]) -> str:
    quality = facts["predicted_quality"]
    if quality is None:
        return f"no quality ({facts['not_predicted']})"
    if quality >= HARDLY_COMPRESSED:
        return "hardly compressed, if at all"
    shares = [f"{name}: {share:.0%}" for name, share in facts["probabilities"].items() if share >= LEAST_SHOWN]
    return f"quality {quality} (nearest class {', '.join(shares)})"
