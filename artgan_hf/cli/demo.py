"""`artgan demo`: compresses shipped pictures, restores them with shipped weights, and shows what came of it."""

import argparse
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, NamedTuple

SAMPLES = {"otters": (190, 100), "piazza": (130, 180), "portrait": (120, 130)}  # name: corner (x, y) of the crop
CROP_PX = 200
ZOOM = 2
GAP_PX = 12
HEADER_PX = 34


class Row(NamedTuple):
    """One sample: its name, what is shown (PIL images), and its figures in dB."""

    name: str
    pictures: list[Any]
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
        rows.append(row)
    _write(_sheet(rows, arguments.model, arguments.quality), arguments.output)
    print(f"\nBefore and after: {arguments.output}")
    return 0


def _restore(restorer: Any, name: str, quality: int) -> Row:
    import numpy as np
    from PIL import Image

    from artgan_hf.codecs.jpeg import encode
    from artgan_hf.evaluation.clean_pictures import to_tensor
    from artgan_hf.functional.psnr import psnr
    from artgan_hf.images import load_picture

    with as_file(files("artgan_hf") / "samples" / f"{name}.webp") as path:
        clean = np.asarray(Image.open(path).convert("RGB"))
        clean_kilobytes = path.stat().st_size / 1000
    jpeg = encode(clean, quality)
    result = restorer.restore(jpeg)
    arrays: list[Any] = [load_picture(jpeg).layers[0], np.asarray(result.image), clean]
    compressed_db, restored_db = (psnr(to_tensor(array), to_tensor(clean)).item() for array in arrays[:2])
    x, y = SAMPLES[name]
    crops = [Image.fromarray(array).crop((x, y, x + CROP_PX, y + CROP_PX)) for array in arrays]
    return Row(name, crops, compressed_db, restored_db, len(jpeg) / 1000, clean_kilobytes, result.seconds)


def _sheet(rows: list[Row], model: str, quality: int) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    side = CROP_PX * ZOOM
    sheet = Image.new("RGB", (3 * side + 4 * GAP_PX, HEADER_PX + len(rows) * (side + GAP_PX)), "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=17)
    for i, label in enumerate((f"JPEG, quality {quality}", f"restored by {model}", "original")):
        draw.text((GAP_PX + i * (side + GAP_PX), 8), label, fill="black", font=font)
    for j, row in enumerate(rows):
        captions = (f"{row.kilobytes:.1f} KB, {row.compressed_db:.2f} dB", f"{row.restored_db:.2f} dB", "")
        for i, (picture, caption) in enumerate(zip(row.pictures, captions, strict=True)):
            corner = (GAP_PX + i * (side + GAP_PX), HEADER_PX + j * (side + GAP_PX))
            sheet.paste(picture.resize((side, side), Image.Resampling.NEAREST), corner)
            if caption:
                box = draw.textbbox((corner[0] + 8, corner[1] + side - 28), caption, font=font)
                draw.rectangle((box[0] - 4, box[1] - 4, box[2] + 4, box[3] + 4), fill="white")
                draw.text((corner[0] + 8, corner[1] + side - 28), caption, fill="black", font=font)
    return sheet


def _write(sheet: Any, path: Path) -> None:
    from artgan_hf.metadata import Metadata, save_picture

    save_picture(sheet, path, metadata=Metadata.of(sheet), overwrite=True)
