"""`artgan report`: the project's own report, of all shipped JPEG models beside their peers."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan_hf.cli.memory import keep_freed_memory
from artgan_hf.errors import ModelNotFoundError, OptionError

if TYPE_CHECKING:
    from artgan_hf.evaluation import Figure, ScoreCache
    from artgan_hf.evaluation.detection import AnnotatedPicture, DetectionReport, Detector
    from artgan_hf.evaluation.methods import Method
    from artgan_hf.hub.card_scores import QualityReport

QUALITIES = (5, 10, 20, 30, 40, 60)
MOST_DETECTED = 30  # from there on hardly anything is lost
FIGURES = ("psnr", "ssim", "ms-ssim", "psnr-b", "lpips", "dists", "niqe", "brisque", "blockiness", "drift")
PREDICTOR = "artgan/qf-predictor"
ANNOTATIONS = "instances.json"


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "report",
        help="measure all shipped JPEG models beside JPEG and its peers",
        description="Measures the shipped JPEG models, ffmpeg's spp filter and jpegqs where they are installed, shows "
        "their pictures to an object detector, and writes one report. Scores are kept: a stopped run goes on.",
    )
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="clean pictures, right in it, e.g. LIVE1")
    parser.add_argument("--coco", type=Path, metavar="FOLDER", help=f"pictures and {ANNOTATIONS}, for detection")
    parser.add_argument("--detector", metavar="NAME", help="as in `artgan evaluate-detection`, e.g. yolox_nano.onnx")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("out/report"), metavar="FOLDER", help="(default: out/report)"
    )
    parser.add_argument(
        "--quality", type=int, nargs="+", default=QUALITIES, metavar="Q", help="1 to 100 (default: 5 10 20 30 40 60)"
    )
    parser.add_argument("--metrics", nargs="+", metavar="NAME", help="as in `artgan evaluate` (default: nearly all)")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures of each folder")
    parser.add_argument("--backbones", type=Path, metavar="FOLDER", help="AlexNet's and VGG16's weights")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.add_argument("--dtype", default="auto", help="auto (default), float32 or bfloat16")
    parser.add_argument(
        "--update",
        type=Path,
        metavar="CHECKOUT",
        help="write the figures into a checkout's README and model cards, and keep them in model_cards/scores.json; "
        "without --data, once more from there",
    )
    parser.add_argument(
        "--clips",
        type=Path,
        nargs="+",
        default=[],
        metavar="JSON",
        help="with --update: what `artgan evaluate-video --json` wrote, in place of the clips told of there",
    )
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after writing the report, the checkout's tables, or both.

    Raises:
        ArtganError: if a model, a picture, the detector or a knob is not as it should be.
    """
    from artgan_hf.evaluation.published import SCORES_PATH, read_report, update_checkout
    from artgan_hf.hub import list_models

    if arguments.data is None and arguments.update is None:
        raise OptionError("there is nothing to measure; pass --data with a folder of clean pictures.")
    if (arguments.coco is None) != (arguments.detector is None):
        raise OptionError("--coco and --detector belong together; pass both or neither.")
    source = arguments.update and arguments.update / SCORES_PATH
    if arguments.data is not None:
        source = _measure(arguments)
    if arguments.update is not None:
        clips = [read_report(path) for path in arguments.clips]
        update_checkout(read_report(source), arguments.update, list_models(), clips=clips)
        print(f"updated: README.md, {SCORES_PATH} and the model cards")
    return 0


def _measure(arguments: argparse.Namespace) -> Path:
    """Returns the path of the JSON, after measuring and writing all."""
    from artgan_hf.evaluation import ScoreCache, run_benchmark, write_report
    from artgan_hf.evaluation.contenders import peer_methods, shipped_methods
    from artgan_hf.evaluation.quoted import QUOTED

    keep_freed_memory()
    figures = _figures(arguments)
    judge = _open_judge(arguments) if arguments.coco else None
    cache = ScoreCache(arguments.output / "cache")
    ours = shipped_methods(arguments.quality, device=arguments.device, dtype=arguments.dtype)
    peers, missing = peer_methods()
    for line in missing:
        print(line)
    benchmark = run_benchmark(
        [*ours, *peers],
        arguments.data,
        arguments.quality,
        figures=figures,
        limit=arguments.limit,
        progress=True,
        cache=cache,
        with_crops=True,
    )
    print(benchmark.table())
    detection = judge and _detect(arguments, *judge, ours, cache)
    page = write_report(
        benchmark, arguments.output, predictor=_judge_predictor(arguments), detection=detection, quoted=QUOTED
    )
    print(f"report: {page}")
    return page.with_name("scores.json")


def _figures(arguments: argparse.Namespace) -> "list[Figure]":
    """Returns what was asked for; by default all whose weights are here, and a line is printed for the others."""
    from artgan_hf.evaluation import make_figures

    if arguments.metrics or arguments.backbones:
        return make_figures(arguments.metrics or FIGURES, backbones=arguments.backbones)
    figures: list[Figure] = []
    for name in FIGURES:
        try:
            figures += make_figures([name])
        except ModelNotFoundError as error:
            print(f"{name}: not measured: {error}")
    return figures


def _open_judge(arguments: argparse.Namespace) -> "tuple[Detector, list[AnnotatedPicture]]":
    """Returns the detector and its pictures, so that what is wrong with them is said before the long run."""
    from artgan_hf.evaluation.detection import open_detector, read_annotations
    from artgan_hf.restoring.precision import choose_device

    pictures = read_annotations(arguments.coco / ANNOTATIONS, arguments.coco, limit=arguments.limit)
    return open_detector(arguments.detector, device=str(choose_device(arguments.device))), pictures


def _detect(
    arguments: argparse.Namespace,
    detector: "Detector",
    pictures: "list[AnnotatedPicture]",
    models: "list[Method]",
    cache: "ScoreCache",
) -> "DetectionReport":
    from artgan_hf.evaluation.detection.resumed import resume_detection

    file = Path(arguments.detector)
    identity = file.read_bytes() if file.is_file() else arguments.detector.encode()
    qualities = [quality for quality in arguments.quality if quality <= MOST_DETECTED]
    report = resume_detection(detector, pictures, models, qualities, identity=identity, cache=cache, progress=True)
    print(f"\n{report.table()}\n")
    return report


def _judge_predictor(arguments: argparse.Namespace) -> "QualityReport | None":
    from artgan_hf.evaluation.quality import evaluate_quality
    from artgan_hf.hub.shipped import shipped_folder
    from artgan_hf.restoring import QualityPredictor

    if shipped_folder(PREDICTOR) is None:
        print(f"{PREDICTOR} is not among the shipped models; its confusion matrices are left out.")
        return None
    return evaluate_quality(QualityPredictor.from_pretrained(PREDICTOR, device=arguments.device), [arguments.data])
