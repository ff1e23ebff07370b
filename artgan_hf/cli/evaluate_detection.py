"""`artgan evaluate-detection`: what an object detector finds in originals, JPEGs and restored pictures."""

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "evaluate-detection",
        help="judge models by what an object detector finds",
        description="Degrades annotated pictures with JPEG, restores them with each model, and prints the average "
        "precision of a detector on the originals, the JPEGs and the restored pictures.",
    )
    parser.add_argument(
        "--models", nargs="+", default=[], metavar="MODEL", help="as in `artgan evaluate`; none: JPEG alone"
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="the pictures")
    parser.add_argument(
        "--annotations", type=Path, required=True, metavar="PATH", help="COCO's JSON, or a folder of VOC's XML"
    )
    parser.add_argument(
        "--detector",
        required=True,
        metavar="NAME",
        help="a YOLOX file (.onnx), torchvision[:NAME], MODULE:FUNCTION, or the id or folder of a transformers model",
    )
    parser.add_argument("--quality", type=int, nargs="+", default=[10], metavar="Q", help="1 to 100 (default: 10)")
    parser.add_argument("--subsampling", default="4:2:0", help="4:2:0 (default), 4:2:2 or 4:4:4")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="detection.json, detection.md, gain-Q.svg")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table.

    Raises:
        ArtganError: if a model, the detector, a file or a knob is not as it should be.
    """
    from artgan_hf.evaluation.detection import evaluate_detection, open_detector, read_annotations
    from artgan_hf.evaluation.documents import write_text
    from artgan_hf.evaluation.methods import load_methods
    from artgan_hf.evaluation.report import write_json
    from artgan_hf.restoring.precision import choose_device

    pictures = read_annotations(arguments.annotations, arguments.data, limit=arguments.limit)
    detector = open_detector(arguments.detector, device=str(choose_device(arguments.device)))
    models = load_methods(arguments.models, device=arguments.device)
    report = evaluate_detection(
        detector, pictures, models, arguments.quality, subsampling=arguments.subsampling, progress=True
    )
    print(report.table())
    if arguments.output is not None:
        charts = {f"gain-{quality}.svg": report.chart(quality) for quality in report.qualities if models}
        for name, chart in charts.items():
            write_text(chart, arguments.output / name)
        write_text(report.markdown(list(charts)), arguments.output / "detection.md")
        write_json(report.as_dict(), arguments.output / "detection.json")
        print(f"\nReport: {arguments.output / 'detection.md'}")
    return 0
