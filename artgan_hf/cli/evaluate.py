"""`artgan evaluate`: scores models on a folder of clean pictures."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from artgan_hf.cli.memory import keep_freed_memory
from artgan_hf.cli.show import show
from artgan_hf.errors import OptionError

if TYPE_CHECKING:
    from artgan_hf.evaluation import Benchmark

DEFAULT_QUALITIES = {"jpeg": [10], "h264": [37], "h265": [37]}


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score models on a folder of clean pictures",
        description="Degrades each clean picture with a codec, restores it with each model, and prints mean figures, "
        "the codec's own first. With a video codec each picture is one key frame; clips: artgan evaluate-video.",
    )
    parser.add_argument(
        "--models",
        nargs="+",
        default=[],
        metavar="MODEL",
        help="ids or folders; also module:function (from the path of a JPEG file to a uint8 array) and commands in "
        'quotes ("jpegqs {in} {out}"); both get a PNG file with a video codec; none: the codec alone',
    )
    parser.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="FOLDER",
        help="clean pictures, right in it; or a dataset on the Hub, owner/name or owner/name:split (default: test)",
    )
    parser.add_argument("--codec", default="jpeg", choices=tuple(DEFAULT_QUALITIES), help="default: jpeg")
    parser.add_argument(
        "--quality",
        type=int,
        nargs="+",
        metavar="Q",
        help="JPEG quality, 1 to 100 (default: 10); with h264 and h265 the CRF, 0 to 51, higher is worse (default: 37)",
    )
    parser.add_argument("--subsampling", default="4:2:0", help="of JPEG: 4:2:0 (default), 4:2:2 or 4:4:4")
    parser.add_argument("--grey", action="store_true", help="make colour pictures grey first")
    parser.add_argument(
        "--metrics",
        nargs="+",
        metavar="NAME",
        help="psnr ssim psnr-b (default), ms-ssim, lpips, lpips-vgg, dists, niqe, brisque, blockiness, drift, "
        "coefficients; the first decides which pictures came out better",
    )
    parser.add_argument(
        "--consistent",
        action="store_true",
        help="score each model once more with consistent=True, and how many of the file's coefficients come back",
    )
    parser.add_argument("--crop-px", type=int, default=0, metavar="N", help="border left out of the figures")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    parser.add_argument(
        "--report",
        type=Path,
        metavar="FOLDER",
        help="write a web page with curves and pictures there, and the numbers as JSON, CSV and Markdown",
    )
    parser.add_argument(
        "--cache",
        type=Path,
        metavar="FOLDER",
        help="keep scores there and find them again, so that a stopped run goes on (default: cache in the report)",
    )
    parser.add_argument(
        "--predictor",
        nargs="?",
        const="artgan/qf-predictor",
        metavar="MODEL",
        help="put into the report how well a quality predictor does on the same pictures (artgan/qf-predictor)",
    )
    parser.add_argument(
        "--backbones", type=Path, metavar="FOLDER", help="AlexNet's and VGG16's weights, for lpips, dists"
    )
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.add_argument("--dtype", default="auto", help="auto (default), float32 or bfloat16")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table.

    Raises:
        ArtganError: if a model, a picture or a knob is not as it should be.
    """
    from artgan_hf.evaluation import DEFAULT_FIGURES, ScoreCache, load_methods, make_figures, run_benchmark
    from artgan_hf.evaluation.hub_pictures import picture_folder

    keep_freed_memory()
    if arguments.codec != "jpeg":
        _refuse_jpegs_own(arguments)
    data = picture_folder(arguments.data, limit=arguments.limit)
    names = [*(arguments.metrics or DEFAULT_FIGURES), *(["coefficients"] if arguments.consistent else [])]
    figures = make_figures(names, backbones=arguments.backbones)
    models = load_methods(
        arguments.models, device=arguments.device, dtype=arguments.dtype, consistent=arguments.consistent
    )
    cache = arguments.cache or (arguments.report and arguments.report / "cache")
    benchmark = run_benchmark(
        models,
        data,
        arguments.quality or DEFAULT_QUALITIES[arguments.codec],
        codec=arguments.codec,
        subsampling=arguments.subsampling,
        grey=arguments.grey,
        figures=figures,
        crop_px=arguments.crop_px,
        limit=arguments.limit,
        progress=True,
        cache=ScoreCache(cache) if cache else None,
        with_crops=arguments.report is not None,
    )
    show(benchmark, arguments.json)
    if arguments.report is not None:
        print(f"report: {_write_report(benchmark, arguments, data)}")
    return 0


def _refuse_jpegs_own(arguments: argparse.Namespace) -> None:
    """Raises one error for all that was asked for and has a meaning for JPEG files alone."""
    asked = {
        "--consistent": arguments.consistent,
        "--metrics coefficients": "coefficients" in (arguments.metrics or ()),
        "--predictor": arguments.predictor is not None,
        f"--subsampling {arguments.subsampling}": arguments.subsampling != "4:2:0",
    }
    if unfit := [option for option, is_asked in asked.items() if is_asked]:
        raise OptionError(f"{', '.join(unfit)}: for JPEG files alone; leave out with --codec {arguments.codec}.")


def _write_report(benchmark: "Benchmark", arguments: argparse.Namespace, data: Path) -> Path:
    from artgan_hf.evaluation import write_report
    from artgan_hf.evaluation.quality import evaluate_quality
    from artgan_hf.restoring import QualityPredictor

    judged = None
    if arguments.predictor:
        judged = evaluate_quality(QualityPredictor.from_pretrained(arguments.predictor), [data])
    return write_report(benchmark, arguments.report, predictor=judged)
