"""The part of `artgan restore` that takes videos: which files, where to, and what became of each."""

import argparse
import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan_hf.cli.memory import keep_freed_memory

if TYPE_CHECKING:
    from artgan_hf.restoring.video_output import OutputSettings

logger = logging.getLogger("artgan_hf")

MODEL = "artgan/realtime"
FOR_PICTURES = ("consistent", "quality", "max_pixels", "workers", "format")
"""Options of `artgan restore` that mean nothing to a video."""


def add_arguments(group: "argparse._ArgumentGroup") -> None:
    """Adds what only videos have to the options of `artgan restore`."""
    group.add_argument("--encoder", default="auto", help="h264, h265, vp9 or av1 (default: auto, by container and IN)")
    group.add_argument("--crf", type=int, metavar="N", help="higher is smaller and worse (default: no visible loss)")
    group.add_argument("--preset", metavar="NAME", help="of the encoder, e.g. medium; slower is smaller")
    group.add_argument(
        "--backend", default="auto", help="torch, onnxruntime or openvino (default: auto, the fastest for the model)"
    )


def are_videos(paths: list[Path]) -> bool:
    """Returns True if all are names of videos."""
    from artgan_hf.codecs.video_file import is_video_name

    return bool(paths) and all(is_video_name(path) and not path.is_dir() for path in paths)


def run(namespace: argparse.Namespace) -> int:
    """Returns 0 if every video was restored or skipped, 1 if one failed.

    Raises:
        OptionError: if the arguments make no sense together.
        ModelNotFoundError: if there is no such model.
        IncompatibleModelError: if the model is broken.
    """
    from artgan_hf.errors import ArtganError, OptionError
    from artgan_hf.restoring.video import VideoRestorer
    from artgan_hf.restoring.video_output import OutputSettings

    for name in FOR_PICTURES:
        if getattr(namespace, name) != namespace.default_of(name):
            raise OptionError(f"--{name.replace('_', '-')} is for pictures; leave it out for videos.")
    settings = OutputSettings(namespace.encoder, namespace.crf, namespace.preset)
    jobs = _plan(namespace.inputs, namespace.output)
    _check(jobs, settings)
    keep_freed_memory()
    restorer = VideoRestorer.from_pretrained(
        namespace.model or MODEL,
        backend=namespace.backend,
        device=namespace.device,
        dtype=namespace.dtype,
        strength=namespace.strength,
        fidelity=namespace.fidelity,
        tile_px=namespace.tile,
    )
    records: list[dict[str, Any]] = []
    for source, target in jobs:
        record: dict[str, Any] = {"source": str(source), "output": str(target)}
        if namespace.skip_existing and target.exists():
            records.append({**record, "status": "skipped"})
            continue
        try:
            result = restorer(
                source,
                target,
                encoder=namespace.encoder,
                crf=namespace.crf,
                preset=namespace.preset,
                overwrite=namespace.overwrite,
                progress=not namespace.json,
            )
        except Exception as error:  # whatever a broken file sets off must not end a run over good ones
            logger.debug("%s failed", source, exc_info=True)
            words = str(error) if isinstance(error, ArtganError) else f"{source}: {type(error).__name__}: {error}"
            records.append({**record, "output": None, "status": "failed", "error": words})
        else:
            records.append({**record, "status": "restored", **asdict(result)})
    _tell(records, as_json=namespace.json)
    return 1 if any(record["status"] == "failed" for record in records) else 0


def _plan(inputs: list[Path], output: Path) -> list[tuple[Path, Path]]:
    from artgan_hf.errors import OptionError
    from artgan_hf.restoring.video_output import CONTAINERS

    if output.suffix.lower() in CONTAINERS and not output.is_dir():
        if len(inputs) > 1:
            raise OptionError(f"OUT is the file {output}, but IN is more than one video; give a folder.")
        return [(inputs[0], output)]
    names = [path.name if path.suffix.lower() in CONTAINERS else f"{path.stem}.mp4" for path in inputs]
    if len(set(names)) < len(names):
        raise OptionError("two videos would get the same name; restore them into different folders.")
    return [(path, output / name) for path, name in zip(inputs, names, strict=True)]


def _check(jobs: list[tuple[Path, Path]], settings: "OutputSettings") -> None:
    """Raises what is wrong with the first job if something is wrong with each: before the model is loaded."""
    from artgan_hf.errors import OptionError
    from artgan_hf.restoring.video import check_names

    errors = []
    for source, target in jobs:
        try:
            check_names(source, target, settings)
        except OptionError as error:
            errors.append(error)
    if len(errors) == len(jobs):
        raise errors[0]


def _tell(records: list[dict[str, Any]], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps({"files": records}, indent=2))
        return
    for record in records:
        if record["status"] == "failed":
            print(f"artgan: {' '.join(record['error'].split())}", file=sys.stderr)
        elif record["status"] == "skipped":
            print(f"{record['output']}: there already")
        else:
            lost = f", {record['lost']} lost" if record["lost"] else ""
            print(
                f"{record['output']}: {record['frames']} frames{lost} in {record['seconds']:.1f} s, "
                f"{record['fps']:.1f} fps"
            )
