"""`artgan evaluate-identity`: whether restored faces are still the same persons'."""

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "evaluate-identity",
        help="judge models by whether faces stay the same persons'",
        description="Degrades pictures of faces with JPEG, restores them with each model, and prints how far a face "
        "recogniser finds them from their originals.",
    )
    parser.add_argument(
        "--models", nargs="+", default=[], metavar="MODEL", help="as in `artgan evaluate`; none: JPEG alone"
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="clean faces, right in it")
    parser.add_argument("--embedder", default="dlib", metavar="NAME", help="dlib (default) or MODULE:FUNCTION")
    parser.add_argument("--quality", type=int, nargs="+", default=[10], metavar="Q", help="1 to 100 (default: 10)")
    parser.add_argument("--subsampling", default="4:2:0", help="4:2:0 (default), 4:2:2 or 4:4:4")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="identity.json and identity.md")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table.

    Raises:
        ArtganError: if a model, the embedder, a picture or a knob is not as it should be.
    """
    from artgan_hf.evaluation.documents import write_text
    from artgan_hf.evaluation.identity import evaluate_identity, open_embedder
    from artgan_hf.evaluation.methods import load_methods
    from artgan_hf.evaluation.report import write_json

    report = evaluate_identity(
        open_embedder(arguments.embedder),
        arguments.data,
        load_methods(arguments.models, device=arguments.device),
        arguments.quality,
        subsampling=arguments.subsampling,
        limit=arguments.limit,
        progress=True,
    )
    print(report.table())
    if arguments.output is not None:
        write_text(report.markdown(), arguments.output / "identity.md")
        write_json(report.as_dict(), arguments.output / "identity.json")
        print(f"\nReport: {arguments.output / 'identity.md'}")
    return 0
