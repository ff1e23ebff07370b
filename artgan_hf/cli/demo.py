"""`artgan demo`: compresses shipped pictures, restores them with shipped weights, and shows what came of it."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from artgan_hf.cli.crop_sheet import SAMPLES, Cell, crop, draw_sheet, read_sample


class Figures(NamedTuple):
    """How near a picture is to the original, and how natural it looks: PSNR in dB, NIQE (lower is better)."""

    psnr: float
    niqe: float


class Row(NamedTuple):
    """One sample: what is shown of it, and its figures."""

    cells: tuple[Cell, ...]
    compressed: Figures
    restored: Figures
    kilobytes: float
    seconds: float


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("demo", help="restore shipped pictures and write a before/after picture")
    parser.add_argument("-o", "--output", type=Path, default=Path("out/demo.png"), help="default: %(default)s")
    parser.add_argument("--model", default="artgan/qf10", help="default: %(default)s")
    parser.add_argument("--quality", type=int, default=10, help="JPEG quality to compress at (default: %(default)s)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the figures and writing the picture."""
    from artgan_hf import Restorer
    from artgan_hf.metadata import save_picture

    restorer = Restorer.from_pretrained(arguments.model)
    print(f"Restoring JPEG quality {arguments.quality} with {arguments.model}\n")
    print(f"{'picture':10}{'JPEG':>9}{'PSNR: JPEG':>14}{'restored':>10}{'NIQE: JPEG':>14}{'restored':>10}")
    rows = []
    for name in SAMPLES:
        row = _restore(restorer, name, arguments.quality)
        print(
            f"{name:10}{row.kilobytes:6.1f} KB{row.compressed.psnr:11.2f} dB"
            f"{row.restored.psnr:7.2f} dB{row.compressed.niqe:14.2f}{row.restored.niqe:10.2f}{row.seconds:8.2f} s"
        )
        rows.append(row.cells)
    print("\nPSNR: how near to the original, higher is better. NIQE: how unnatural, lower is better.")
    heads = (f"JPEG, quality {arguments.quality}", f"restored by {arguments.model}", "original")
    save_picture(draw_sheet(heads, rows), arguments.output, overwrite=True)
    print(f"Before and after: {arguments.output}")
    return 0


def _restore(restorer: Any, name: str, quality: int) -> Row:
    import numpy as np

    from artgan_hf.codecs.jpeg import encode
    from artgan_hf.images import load_picture

    clean = read_sample(name)
    jpeg = encode(clean, quality)
    result = restorer.restore(jpeg)
    arrays: list[Any] = [load_picture(jpeg).layers[0], np.asarray(result.image), clean]
    compressed, restored = (_figures(array, clean) for array in arrays[:2])
    captions = (f"{len(jpeg) / 1000:.1f} KB, {compressed.psnr:.2f} dB", f"{restored.psnr:.2f} dB", "")
    cells = tuple(Cell(crop(array, name), caption) for array, caption in zip(arrays, captions, strict=True))
    return Row(cells, compressed, restored, len(jpeg) / 1000, result.seconds)


def _figures(array: Any, clean: Any) -> Figures:
    from artgan_hf.evaluation.clean_pictures import to_tensor
    from artgan_hf.functional.niqe import niqe
    from artgan_hf.functional.psnr import psnr

    picture = to_tensor(array)
    return Figures(psnr(picture, to_tensor(clean)).item(), niqe(picture).item())
