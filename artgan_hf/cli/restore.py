"""`artgan restore`: files and folders in, restored files out, and a report."""

import argparse
import json
import sys
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from artgan_hf.cli import restore_video

if TYPE_CHECKING:
    from artgan_hf.restoring import FileResult, FolderReport, Job, Restorer

EPILOG = """One file and an OUT with a picture's suffix make that file; otherwise OUT is a folder. A folder
comes out as the same tree with the same stems. Originals are kept unless --overwrite names
them as OUT, and a restored file appears whole or not at all: a run that was stopped goes on
with --skip-existing.

exit codes: 0 done; 1 something failed, the rest is done; 2 wrong usage or nothing to do; 130 Ctrl-C"""
MODEL = "artgan/auto"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "restore",
        help="restore JPEG pictures, and videos",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("inputs", type=Path, nargs="+", metavar="IN", help="files and folders")
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT", help="a folder, or a file for one IN"
    )
    _add_restoring(parser.add_argument_group("restoring"))
    _add_files(parser.add_argument_group("files"))
    restore_video.add_arguments(
        parser.add_argument_group("videos (.mp4, .mkv, .mov, .webm, ... to .mp4, .mov, .mkv, .webm)")
    )
    parser.set_defaults(run=run, default_of=parser.get_default)


def run(namespace: argparse.Namespace) -> int:
    """Returns 0 if every picture was restored or skipped, 1 if one failed, 2 if there is none.

    Raises:
        OptionError: if the arguments make no sense together.
        ModelNotFoundError: if there is no such model.
        IncompatibleModelError: if the model is broken.
    """
    from artgan_hf.restoring import Restorer, run_jobs

    if restore_video.are_videos(namespace.inputs):
        return restore_video.run(namespace)
    jobs = _plan(namespace)
    if not jobs:
        hint = "" if namespace.recursive else " Subfolders were not read: --no-recursive."
        print(f"artgan: nothing to do: no picture in {', '.join(map(str, namespace.inputs))}.{hint}", file=sys.stderr)
        return 2
    restorer = Restorer.from_pretrained(
        namespace.model or MODEL,
        device=namespace.device,
        dtype=namespace.dtype,
        strength=namespace.strength,
        fidelity=namespace.fidelity,
        quality=namespace.quality,
        consistent=namespace.consistent,
        tile_px=namespace.tile,
        max_pixels=namespace.max_pixels,
    )
    started = perf_counter()
    report = run_jobs(
        restorer.restore,
        jobs,
        workers=namespace.workers,
        progress=not namespace.json,
        skip_existing=namespace.skip_existing,
        overwrite=namespace.overwrite,
    )
    _tell(report, restorer, perf_counter() - started, as_json=namespace.json)
    return 1 if report.failed else 0


def _add_restoring(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--model", metavar="ID", help=f"id or folder (default: {MODEL}, for videos {restore_video.MODEL})"
    )
    group.add_argument("--strength", type=float, default=1.0, metavar="F", help="0 keeps the input (default: 1)")
    group.add_argument(
        "--fidelity", type=float, default=0.0, metavar="F", help="1: a GAN's pixel-loss parent instead (default: 0)"
    )
    group.add_argument(
        "--quality", type=int, metavar="Q", help="JPEG quality an ensemble restores for (default: judge each picture)"
    )
    group.add_argument(
        "--consistent", action="store_true", help="keep to pictures that would compress to the same JPEG file"
    )
    group.add_argument("--device", default="auto", metavar="D", help="auto, cpu, cuda, cuda:1 or mps (default: auto)")
    group.add_argument("--dtype", default="auto", choices=("auto", "float32", "bfloat16"))
    group.add_argument("--tile", type=int, metavar="PX", help="side of a tile, from 64; smaller needs less memory")
    group.add_argument(
        "--max-pixels", type=int, default=200_000_000, metavar="N", help="refuse larger files (default: %(default)s)"
    )


def _add_files(group: "argparse._ArgumentGroup") -> None:
    group.add_argument(
        "--recursive", action=argparse.BooleanOptionalAction, default=True, help="read subfolders too (default: yes)"
    )
    group.add_argument("--format", choices=("png", "jpg", "webp", "tiff"), help="of files in a folder (default: png)")
    group.add_argument("--skip-existing", action="store_true", help="leave out pictures whose output is there")
    group.add_argument("--overwrite", action="store_true", help="replace outputs that are there")
    group.add_argument(
        "--workers", type=int, default=1, metavar="N", help="threads to read and write with (default: 1)"
    )
    group.add_argument("--json", action="store_true", help="print one JSON document instead of the summary")


def _plan(namespace: argparse.Namespace) -> "list[Job]":
    from artgan_hf.errors import ImageError, OptionError
    from artgan_hf.restoring import Job, is_picture_name, places_in, plan_names

    inputs, output = namespace.inputs, namespace.output
    if is_picture_name(output) and not output.is_dir():
        if len(inputs) > 1 or inputs[0].is_dir():
            raise OptionError(f"OUT is the file {output}, but IN is more than one file; give a folder.")
        if namespace.format:
            raise OptionError(f"OUT is the file {output}, whose suffix says the format; leave --format out.")
        return [Job(inputs[0], output, _missing(inputs[0]))]
    places: dict[Path, tuple[Path, Path]] = {}  # by resolved path, so that a file named twice is one
    failed = []
    for given in inputs:
        if missing := _missing(given):
            failed.append(Job(given, output, missing))
            continue
        found = [(given, output / given.name)]
        if given.is_dir():
            try:
                found = places_in(given, output, recursive=namespace.recursive)
            except ImageError as error:
                failed.append(Job(given, output, str(error)))
                continue
        for source, place in found:
            places.setdefault(source.resolve(), (source, place))
    return [*plan_names(list(places.values()), format=namespace.format or "png"), *failed]


def _missing(path: Path) -> str | None:
    return None if path.exists() else f"{path} does not exist; check the path."


def _tell(report: "FolderReport", restorer: "Restorer", seconds: float, *, as_json: bool) -> None:
    counts = {name: len(getattr(report, name)) for name in ("restored", "skipped", "failed")}
    if as_json:
        document = {"model": restorer.name, "device": str(restorer.device), "seconds": round(seconds, 3), **counts}
        print(json.dumps({**document, "files": [_record(file) for file in report.files]}, indent=2))
        return
    for file in report.failed:
        named = str(file.source) in str(file.error)
        print(f"artgan: {file.error}" if named else f"artgan: {file.source}: {file.error}", file=sys.stderr)
    megapixels = sum(file.megapixels for file in report.restored)
    speed = f"; {megapixels:.1f} MP in {seconds:.1f} s, {seconds / megapixels:.2f} s per MP" if megapixels else ""
    print(", ".join(f"{count} {name}" for name, count in counts.items()) + speed)


def _record(file: "FileResult") -> dict[str, Any]:
    return {
        "source": str(file.source),
        "output": None if file.output is None else str(file.output),
        "status": file.status,
        "quality": file.quality,
        "quality_from": file.quality_from,
        "model": file.model,
        "seconds": round(file.seconds, 3),
        "error": file.error,
    }
