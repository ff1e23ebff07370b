"""`artgan evaluate-video`: scores models on a clean clip that is compressed in memory."""

import argparse
from pathlib import Path
from typing import Any

from artgan_hf.cli.show import show


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "evaluate-video",
        help="score models on a clean clip",
        description="Compresses a clip in memory, restores it with each model, and prints means over the frames. "
        "Several rates, tunes or sizes make a curve: how many times the bits the codec alone needs for the same first "
        "metric.",
    )
    parser.add_argument("clip", type=Path, help="a video file, better without artifacts of its own")
    parser.add_argument(
        "--models", "--model", nargs="+", default=[], metavar="MODEL", help="ids or folders; none: the codec alone"
    )
    parser.add_argument("--codec", default="h264", choices=("h264", "h265"))
    rate = parser.add_mutually_exclusive_group()
    rate.add_argument(
        "--crf", type=int, nargs="+", default=[37], metavar="N", help="0 to 51, higher is worse (default: 37)"
    )
    rate.add_argument("--bitrate", type=float, nargs="+", metavar="KBPS", help="mean rate in 1000 bits per second")
    parser.add_argument("--preset", default="medium", help="of the encoder (default: medium)")
    parser.add_argument(
        "--tune", nargs="+", default=["none"], metavar="NAME", help="of the encoder: none (default), ssim, psnr, ..."
    )
    parser.add_argument("--gop", type=int, default=250, metavar="N", help="frames between key frames (default: 250)")
    parser.add_argument(
        "--scale",
        type=float,
        nargs="+",
        default=[1.0],
        metavar="F",
        help="compress at this part of the size, then enlarge",
    )
    parser.add_argument(
        "--metrics", nargs="+", metavar="NAME", help="psnr ssim niqe (default), ms-ssim, psnr-b, lpips, brisque, ..."
    )
    parser.add_argument("--limit", type=int, default=250, metavar="N", help="the first N frames (default: 250)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all numbers there")
    parser.add_argument("--backbones", type=Path, metavar="FOLDER", help="AlexNet's weights, for lpips")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.add_argument("--dtype", default="auto", help="auto (default), float32 or bfloat16")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table.

    Raises:
        ArtganError: if the clip, a model or a knob is not as it should be.
    """
    from artgan_hf.codecs.video import VideoEncoding
    from artgan_hf.evaluation import make_figures
    from artgan_hf.evaluation.rate_curve import RateCurve
    from artgan_hf.evaluation.video import VIDEO_FIGURES, run_video_benchmark
    from artgan_hf.restoring import Restorer

    rates = [{"bitrate_kbps": rate} for rate in arguments.bitrate or ()] or [{"crf": crf} for crf in arguments.crf]
    encodings = [
        VideoEncoding(
            arguments.codec,
            preset=arguments.preset,
            tune=None if tune == "none" else tune,
            gop=arguments.gop,
            scale=scale,
            **rate,
        )
        for scale in arguments.scale
        for tune in arguments.tune
        for rate in rates
    ]
    figures = make_figures(arguments.metrics or VIDEO_FIGURES, backbones=arguments.backbones)
    models = [
        Restorer.from_pretrained(model, device=arguments.device, dtype=arguments.dtype) for model in arguments.models
    ]
    benchmarks = [
        run_video_benchmark(models, arguments.clip, encoding, figures=figures, limit=arguments.limit, progress=True)
        for encoding in encodings
    ]
    show(RateCurve(tuple(benchmarks)), arguments.json)
    return 0
