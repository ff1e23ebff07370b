"""A picture that shows crops side by side, enlarged: a row for each sample, a column for each way it can look.

Used by `artgan demo` and `artgan card --crops`.
"""

from collections.abc import Sequence
from importlib.resources import as_file, files
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

SAMPLES = {"otters": (190, 100), "piazza": (130, 180), "portrait": (120, 130)}  # name: corner (x, y) of the crop
CROP_PX = 200
ZOOM = 2
GAP_PX = 12
HEADER_PX = 34


class Cell(NamedTuple):
    """One crop: its pixels, uint8, RGB, of a square shape; and what is written into its corner, if anything."""

    pixels: "NDArray[np.uint8]"
    caption: str = ""


def read_sample(name: str) -> "NDArray[np.uint8]":
    """Returns a shipped picture, uint8, RGB, of shape (H, W, 3)."""
    import numpy as np
    from PIL import Image

    with as_file(files("artgan_hf") / "samples" / f"{name}.avif") as path:
        return np.asarray(Image.open(path).convert("RGB"))


def crop(picture: Any, sample: str, side_px: int = CROP_PX) -> "NDArray[np.uint8]":
    """Returns the part of a sample, or of a picture made of it, that sheets show.

    Args:
        picture: an array (H, W, 3) or a PIL image.
        sample: its name in `SAMPLES`.
        side_px: of the crop.
    """
    import numpy as np

    x, y = SAMPLES[sample]
    cut: NDArray[np.uint8] = np.asarray(picture)[y : y + side_px, x : x + side_px]
    return cut


def draw_sheet(heads: Sequence[str], rows: Sequence[Sequence[Cell]]) -> "Image":
    """Returns the crops at 200 % on white, below their heads.

    Args:
        heads: one for each column.
        rows: as many cells in each as there are heads; all of one size.
    """
    from PIL import Image, ImageDraw, ImageFont

    side = ZOOM * len(rows[0][0].pixels)
    size = (len(heads) * (side + GAP_PX) + GAP_PX, HEADER_PX + len(rows) * (side + GAP_PX))
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=17)
    for i, head in enumerate(heads):
        draw.text((GAP_PX + i * (side + GAP_PX), 8), head, fill="black", font=font)
    for j, row in enumerate(rows):
        for i, cell in enumerate(row):
            x, y = GAP_PX + i * (side + GAP_PX), HEADER_PX + j * (side + GAP_PX)
            sheet.paste(Image.fromarray(cell.pixels).resize((side, side), Image.Resampling.NEAREST), (x, y))
            if cell.caption:
                place = (x + 8, y + side - 28)
                left, top, right, bottom = draw.textbbox(place, cell.caption, font=font)
                draw.rectangle((left - 4, top - 4, right + 4, bottom + 4), fill="white")
                draw.text(place, cell.caption, fill="black", font=font)
    return sheet
