"""`artgan evaluate`: scores models on a folder of clean pictures."""

import argparse
from pathlib import Path
from typing import Any


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "evaluate",
        help="score models on a folder of clean pictures",
        description="Degrades each clean picture with JPEG, restores it with each model, and prints mean figures, "
        "JPEG's own first.",
    )
    parser.add_argument("--models", nargs="+", default=[], metavar="MODEL", help="ids or folders; none: JPEG alone")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="clean pictures, right in it")
    parser.add_argument("--quality", type=int, nargs="+", default=[10], metavar="Q", help="1 to 100 (default: 10)")
    parser.add_argument("--subsampling", default="4:2:0", help="4:2:0 (default), 4:2:2 or 4:4:4")
    parser.add_argument("--grey", action="store_true", help="make colour pictures grey first")
    parser.add_argument(
        "--metrics",
        nargs="+",
        metavar="NAME",
        help="psnr ssim psnr-b (default), lpips, niqe, brisque; the first decides which pictures came out better",
    )
    parser.add_argument("--crop-px", type=int, default=0, metavar="N", help="border left out of the figures")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    parser.add_argument("--backbones", type=Path, metavar="FOLDER", help="AlexNet's weights, for lpips")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.add_argument("--dtype", default="auto", help="auto (default), float32 or bfloat16")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table.

    Raises:
        ArtganError: if a model, a picture or a knob is not as it should be.
    """
    from artgan_hf.evaluation import DEFAULT_FIGURES, make_figures, run_benchmark, write_json
    from artgan_hf.restoring import Restorer

    figures = make_figures(arguments.metrics or DEFAULT_FIGURES, backbones=arguments.backbones)
    models = [
        Restorer.from_pretrained(model, device=arguments.device, dtype=arguments.dtype) for model in arguments.models
    ]
    benchmark = run_benchmark(
        models,
        arguments.data,
        arguments.quality,
        subsampling=arguments.subsampling,
        grey=arguments.grey,
        figures=figures,
        crop_px=arguments.crop_px,
        limit=arguments.limit,
        progress=True,
    )
    print(benchmark.table())
    if arguments.json is not None:
        write_json(benchmark.as_dict(), arguments.json)
    return 0
