"""`artgan evaluate-captions`: what a captioner says of originals, JPEGs and restored pictures."""

import argparse
from pathlib import Path
from typing import Any

from artgan_hf.errors import OptionError


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "evaluate-captions",
        help="judge models by what a captioner says",
        description="Degrades pictures with JPEG, restores them with each model, and scores a captioner's sentences on "
        "the originals, the JPEGs and the restored pictures against what people said.",
    )
    parser.add_argument(
        "--models", nargs="+", default=[], metavar="MODEL", help="as in `artgan evaluate`; none: JPEG alone"
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="the pictures")
    parser.add_argument("--annotations", type=Path, required=True, metavar="FILE", help="COCO's JSON with captions")
    parser.add_argument(
        "--captioner",
        default="Salesforce/blip-image-captioning-base",
        metavar="NAME",
        help="id or folder of a transformers model, or MODULE:FUNCTION (default: %(default)s)",
    )
    parser.add_argument("--quality", type=int, nargs="+", default=[10], metavar="Q", help="1 to 100 (default: 10)")
    parser.add_argument("--subsampling", default="4:2:0", help="4:2:0 (default), 4:2:2 or 4:4:4")
    parser.add_argument(
        "--scores", nargs="+", metavar="NAME", help="bleu meteor rouge cider (default), spice; some need Java"
    )
    parser.add_argument("--detector", metavar="NAME", help="for VIFIDEL; as in evaluate-detection")
    parser.add_argument("--word-vectors", type=Path, metavar="FILE", help="for VIFIDEL; a text file in GloVe's format")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="captions.json and captions.md")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table.

    Raises:
        ArtganError: if a model, the captioner, a file or a knob is not as it should be.
    """
    from artgan_hf.evaluation.captions import DEFAULT_SCORES, Fidelity, evaluate_captions, open_captioner, read_captions
    from artgan_hf.evaluation.detection import open_detector
    from artgan_hf.evaluation.documents import write_text
    from artgan_hf.evaluation.methods import load_methods
    from artgan_hf.evaluation.report import write_json
    from artgan_hf.restoring.precision import choose_device

    if (arguments.detector is None) != (arguments.word_vectors is None):
        raise OptionError("VIFIDEL needs both --detector and --word-vectors; only one was given.")
    pictures = read_captions(arguments.annotations, arguments.data, limit=arguments.limit)
    device = str(choose_device(arguments.device))
    fidelity = None
    if arguments.detector is not None:
        fidelity = Fidelity(open_detector(arguments.detector, device=device), arguments.word_vectors)
    report = evaluate_captions(
        open_captioner(arguments.captioner, device=device),
        pictures,
        load_methods(arguments.models, device=arguments.device),
        arguments.quality,
        scores=arguments.scores or DEFAULT_SCORES,
        fidelity=fidelity,
        subsampling=arguments.subsampling,
        progress=True,
    )
    print(report.table())
    if arguments.output is not None:
        write_text(report.markdown(), arguments.output / "captions.md")
        write_json(report.as_dict(), arguments.output / "captions.json")
        print(f"\nReport: {arguments.output / 'captions.md'}")
    return 0
