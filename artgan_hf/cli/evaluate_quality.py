"""`artgan evaluate-quality`: how well a QF predictor does on a folder of clean pictures."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from artgan_hf.hub.card_scores import QualityReport, QualityScores


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("evaluate-quality", help="score a QF predictor on clean pictures")
    parser.add_argument("--model", default="artgan/qf-predictor", help="id or folder (default: %(default)s)")
    parser.add_argument("--data", type=Path, required=True, nargs="+", help="folders of clean pictures")
    parser.add_argument("--crop-px", type=int, default=128, help="side of a crop (default: %(default)s)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the report to this file as well")
    parser.set_defaults(run=run)


def run(namespace: argparse.Namespace) -> int:
    """Returns 0 after printing the scores.

    Raises:
        ModelNotFoundError: if there is no such model.
        IncompatibleModelError: if it is not a quality predictor.
        DataError: if there are no pictures, or none is large enough.
    """
    from artgan_hf.evaluation.quality import evaluate_quality
    from artgan_hf.evaluation.report import write_json
    from artgan_hf.restoring.quality import QualityPredictor

    predictor = QualityPredictor.from_pretrained(namespace.model)
    report = evaluate_quality(predictor, namespace.data, crop_px=namespace.crop_px)
    print(f"{report.model}: {report.crops} crops of {report.crop_px}x{report.crop_px}")
    for name, scores in (("aligned", report.aligned), ("shifted", report.shifted)):
        print("\n".join(_table(name, report, scores)))
    if namespace.json:
        write_json(report.as_record(), namespace.json)
    return 0


def _table(name: str, report: "QualityReport", scores: "QualityScores") -> list[str]:
    """The lines of one table: true qualities by row, predicted ones by column, in per cent."""
    lines = [f"{name}: mean absolute error {scores.mae:.2f} over QF 5 to 95"]
    lines.append("  true" + "".join(f"{quality:>7}" for quality in report.classes) + "   % of the row")
    for quality, row in zip(report.classes, scores.confusion, strict=True):
        total: Any = sum(row)
        lines.append(f"{quality:>6}" + "".join(f"{100 * count / total:7.1f}" for count in row))
    return lines
