"""A callback that shows which qualities are taken for which: the confusion matrix after each validation."""

from pathlib import Path

import lightning as L
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from artgan_hf.data import Pair
from artgan_hf.functional.quality import QUALITY_CLASSES, confusion_matrix
from artgan_hf.training.quality import QualityModule

CELL_PX = 64
MARGIN_PX = 96
PAPER, INK, FULL = (255, 255, 255), (20, 20, 20), (30, 90, 160)


class ConfusionMatrix(L.Callback):
    """Writes `confusion/step_N.csv` (counts) and `step_N.png` (per cent) below the run's folder.

    A row is a true quality. Logs `val/accuracy_Q` for each class Q: the share of its pictures taken for it.
    """

    def __init__(self) -> None:
        self._counts = torch.zeros(len(QUALITY_CLASSES), len(QUALITY_CLASSES), dtype=torch.int64)

    def on_validation_batch_end(
        self, trainer: L.Trainer, module: L.LightningModule, outputs: object, batch: Pair, batch_index: int, *_: object
    ) -> None:
        """Counts what the module predicted."""
        if isinstance(module, QualityModule) and isinstance(outputs, Tensor) and not trainer.sanity_checking:
            self._counts += confusion_matrix(outputs, batch.quality).cpu()

    def on_validation_epoch_end(self, trainer: L.Trainer, module: L.LightningModule) -> None:
        """Writes both files, each under a temporary name first, and logs the diagonal."""
        counts = trainer.strategy.reduce(self._counts.to(module.device), reduce_op="sum").cpu()
        self._counts = torch.zeros_like(self._counts)
        for quality, row, hits in zip(QUALITY_CLASSES, counts, counts.diagonal(), strict=True):
            if row.any():
                module.log(f"val/accuracy_{quality}", hits / row.sum(), sync_dist=True)
        if not counts.any() or not trainer.is_global_zero:
            return
        folder = Path(trainer.default_root_dir) / "confusion"
        folder.mkdir(parents=True, exist_ok=True)
        steps = int(module.steps)  # type: ignore[arg-type] # counted by every module here
        table, picture = (folder / f"step_{steps:06d}{suffix}" for suffix in (".csv", ".png"))
        unfinished = folder / "unfinished.part"
        unfinished.write_text(confusion_csv(counts))
        unfinished.replace(table)
        confusion_picture(counts).save(unfinished, format="PNG")
        unfinished.replace(picture)


def confusion_csv(counts: Tensor) -> str:
    """Returns a table of counts: the true quality first in each row, the predicted ones in the first line.

    Example:
        >>> print(confusion_csv(torch.eye(6, dtype=torch.int64)).splitlines()[1])
        5,1,0,0,0,0,0
    """
    lines = [["true", *QUALITY_CLASSES]]
    lines += [[quality, *row] for quality, row in zip(QUALITY_CLASSES, counts.tolist(), strict=True)]
    return "\n".join(",".join(map(str, line)) for line in lines) + "\n"


def confusion_picture(counts: Tensor) -> Image.Image:
    """Returns a drawing of the matrix: each row in per cent of the pictures of that quality, the darker the more.

    Args:
        counts: shape (6, 6), a row per true quality.

    Example:
        >>> confusion_picture(torch.eye(6, dtype=torch.int64)).size
        (496, 496)
    """
    shares = counts / counts.sum(1, keepdim=True).clamp(min=1)
    side = MARGIN_PX + len(QUALITY_CLASSES) * CELL_PX + CELL_PX // 4
    picture = Image.new("RGB", (side, side), PAPER)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(16)

    def write(x: float, y: float, text: str, colour: tuple[int, ...] = INK) -> None:
        draw.text((x, y), text, fill=colour, font=font, anchor="mm")

    middle = MARGIN_PX + len(QUALITY_CLASSES) * CELL_PX / 2
    write(middle, MARGIN_PX / 4, "predicted quality (nearest), % of each row")
    write(MARGIN_PX / 4, middle, "true")
    for i, quality in enumerate(QUALITY_CLASSES):
        centre = MARGIN_PX + (i + 0.5) * CELL_PX
        write(centre, MARGIN_PX * 0.75, str(quality))
        write(MARGIN_PX * 0.75, centre, str(quality))
        for j, share in enumerate(shares[i].tolist()):
            x, y = MARGIN_PX + j * CELL_PX, MARGIN_PX + i * CELL_PX
            colour = tuple(round(paper + share * (full - paper)) for paper, full in zip(PAPER, FULL, strict=True))
            draw.rectangle((x, y, x + CELL_PX - 2, y + CELL_PX - 2), fill=colour)
            write(x + CELL_PX / 2, centre, f"{100 * share:.1f}", PAPER if share > 0.5 else INK)
    return picture
