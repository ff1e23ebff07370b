"""`artgan demo`: compresses shipped pictures, restores them with shipped weights, and shows what came of it."""

import argparse
from pathlib import Path
from typing import Any, NamedTuple

from artgan_hf.cli.crop_sheet import SAMPLES, Cell, crop, draw_sheet, read_sample


class Row(NamedTuple):
    """One sample: what is shown of it, and its figures in dB."""

    cells: tuple[Cell, ...]
    compressed_db: float
    restored_db: float
    kilobytes: float
    clean_kilobytes: float
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
    print(f"{'picture':10}{'lossless':>10}{'JPEG':>9}{'JPEG':>11}{'restored':>11}{'gain':>9}{'time':>8}")
    rows = []
    for name in SAMPLES:
        row = _restore(restorer, name, arguments.quality)
        gain = row.restored_db - row.compressed_db
        print(
            f"{name:10}{row.clean_kilobytes:7.0f} KB{row.kilobytes:6.1f} KB{row.compressed_db:8.2f} dB"
            f"{row.restored_db:8.2f} dB{gain:+6.2f} dB{row.seconds:6.2f} s"
        )
        rows.append(row.cells)
    heads = (f"JPEG, quality {arguments.quality}", f"restored by {arguments.model}", "original")
    save_picture(draw_sheet(heads, rows), arguments.output, overwrite=True)
    print(f"\nBefore and after: {arguments.output}")
    return 0


def _restore(restorer: Any, name: str, quality: int) -> Row:
    import numpy as np

    from artgan_hf.codecs.jpeg import encode
    from artgan_hf.evaluation.clean_pictures import to_tensor
    from artgan_hf.functional.psnr import psnr
    from artgan_hf.images import load_picture

    clean, clean_bytes = read_sample(name)
    jpeg = encode(clean, quality)
    result = restorer.restore(jpeg)
    arrays: list[Any] = [load_picture(jpeg).layers[0], np.asarray(result.image), clean]
    compressed_db, restored_db = (psnr(to_tensor(array), to_tensor(clean)).item() for array in arrays[:2])
    captions = (f"{len(jpeg) / 1000:.1f} KB, {compressed_db:.2f} dB", f"{restored_db:.2f} dB", "")
    cells = tuple(Cell(crop(array, name), caption) for array, caption in zip(arrays, captions, strict=True))
    return Row(cells, compressed_db, restored_db, len(jpeg) / 1000, clean_bytes / 1000, result.seconds)
