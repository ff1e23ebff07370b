"""`artgan export`: a model as an ONNX, OpenVINO or Core ML file."""

import argparse
from pathlib import Path
from typing import Any

MOST_CALIBRATION = 64


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "export",
        help="write a model for another engine",
        description="Writes a model as ONNX or OpenVINO (pictures of any size) or Core ML (one size), and checks the "
        "file against torch where it can be run.",
    )
    parser.add_argument("model", help="id or folder")
    parser.add_argument("--to", default="onnx", choices=("onnx", "openvino", "coreml"), help="format (default: onnx)")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="default: the model's name, here")
    parser.add_argument(
        "--size", type=_size, default=(1280, 720), metavar="WxH", help="of Core ML's pictures (default: 1280x720)"
    )
    parser.add_argument("--int8", action="store_true", help="8-bit convolutions (onnx) or weights (coreml)")
    parser.add_argument(
        "--calibration", type=Path, metavar="FOLDER", help="degraded pictures to measure ranges on, for onnx in 8 bits"
    )
    parser.add_argument("--overwrite", action="store_true", help="replace a file that is there")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after writing the file.

    Raises:
        ArtganError: if the model or an argument is not as it should be, or the file fails the check.
    """
    from artgan_hf.evaluation.clean_pictures import list_clean, read_clean
    from artgan_hf.export import FORMATS, export_model

    pictures = []
    if arguments.calibration is not None:
        paths = list_clean(arguments.calibration, limit=MOST_CALIBRATION)
        pictures = [picture for picture in map(read_clean, paths) if picture.ndim == 3]
    suffix = FORMATS[arguments.to]
    target = arguments.output or Path(Path(arguments.model).name + suffix)
    exported = export_model(
        arguments.model,
        target,
        format=arguments.to,
        size=arguments.size,
        int8=arguments.int8,
        calibration=pictures,
        overwrite=arguments.overwrite,
    )
    checked = (
        "not run, for Core ML runs on macOS" if exported.parity is None else f"differs from torch by {exported.parity}"
    )
    print(f"{exported.path}: {exported.bytes / 1e6:.2f} MB, {checked}")
    return 0


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no size; WIDTHxHEIGHT was expected, e.g. 1280x720")
    return int(width), int(height)
