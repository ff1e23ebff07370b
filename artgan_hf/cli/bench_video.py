"""`artgan bench-video`: how many frames a second models restore here, from file to file."""

import argparse
from pathlib import Path
from typing import Any

from artgan_hf.cli.memory import keep_freed_memory
from artgan_hf.cli.show import show


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "bench-video",
        help="measure the speed of video restoration here",
        description="Decodes, restores and encodes the frames of a clip at some sizes, in turns with ffmpeg's spp=6.",
    )
    parser.add_argument("clip", type=Path, help="a video file")
    parser.add_argument("--models", nargs="+", default=["artgan/realtime"], metavar="MODEL", help="ids or folders")
    parser.add_argument(
        "--backends", nargs="+", default=["auto"], metavar="NAME", help="torch, onnxruntime, openvino (default: auto)"
    )
    parser.add_argument(
        "--sizes", nargs="+", type=_size, metavar="WxH", help="of the frames (default: 640x360 1280x720)"
    )
    parser.add_argument("--frames", type=int, default=48, metavar="N", help="frames of the clip (default: 48)")
    parser.add_argument("--repeats", type=int, default=3, metavar="N", help="timings of each (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table.

    Raises:
        ArtganError: if the clip, a model or a knob is not as it should be.
    """
    from artgan_hf.evaluation.video_speed import SIZES, measure_video_speed

    keep_freed_memory()  # as `artgan restore` does
    report = measure_video_speed(
        arguments.clip,
        arguments.models,
        backends=arguments.backends,
        sizes=arguments.sizes or SIZES,
        frames=arguments.frames,
        repeats=arguments.repeats,
        progress=True,
    )
    show(report, arguments.json)
    return 0


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit() and int(width) >= 16 and int(height) >= 16):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; WIDTHxHEIGHT was expected, e.g. 640x360")
    return int(width) // 2 * 2, int(height) // 2 * 2
