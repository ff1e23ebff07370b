"""`artgan bench`: how fast models are here, and how much memory they take."""

import argparse
from pathlib import Path
from typing import Any

from artgan_hf.cli.show import show


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "bench",
        help="measure speed, memory and import time on this CPU",
        description="Restores one picture with each network in turns, and prints medians next to the DnCNN-3 shape.",
    )
    parser.add_argument(
        "--models",
        nargs="+",
        metavar="MODEL",
        help="ids, folders, or names of architectures (default: artgan/qf10 and the reference, residual)",
    )
    parser.add_argument("--megapixels", type=float, default=1.0, metavar="M", help="of the picture (default: 1)")
    parser.add_argument("--repeats", type=int, default=5, metavar="N", help="timings of each (default: 5)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table.

    Raises:
        ArtganError: if a model or a knob is not as it should be.
    """
    from artgan_hf.evaluation.speed import DEFAULT_MODELS, measure_speed

    report = measure_speed(
        arguments.models or DEFAULT_MODELS, megapixels=arguments.megapixels, repeats=arguments.repeats, progress=True
    )
    show(report, arguments.json)
    return 0
