"""What others have published of themselves, to be read beside our tables: quoted, never measured here."""

from dataclasses import asdict, dataclass
from typing import Any

CODIFF = "J. Guo et al., Compression-Aware One-Step Diffusion Model for JPEG Artifact Removal (CODiff), ICCV 2025"
NOTE = "Quoted from the publications named, not measured here; JPEG's own rows tell how far the protocols agree."


@dataclass(frozen=True)
class QuotedTable:
    """Published means of one figure on LIVE1.

    Args:
        figure: its label, and which way is better.
        protocol: how it was computed, as far as the sources say.
        source: the publications.
        qualities: of the JPEGs; the columns.
        digits: after the decimal point.
        rows: a method and its figures.
    """

    figure: str
    protocol: str
    source: str
    qualities: tuple[int, ...]
    digits: int
    rows: tuple[tuple[str, tuple[float, ...]], ...]

    def lines(self) -> list[list[str]]:
        """Returns the table as text, head first."""
        head = [self.figure, *(f"QF {quality}" for quality in self.qualities)]
        return [head, *([name, *(f"{value:.{self.digits}f}" for value in values)] for name, values in self.rows)]

    def as_record(self) -> dict[str, Any]:
        """Returns it in plain types."""
        return asdict(self)


QUOTED = (
    QuotedTable(
        "PSNR ↑",
        "LIVE1, 29 pictures made grey, dB.",
        "K. Zhang et al., Beyond a Gaussian Denoiser (DnCNN-3), IEEE TIP 2017; J. Jiang et al., Towards Flexible Blind "
        "JPEG Artifacts Removal (FBCNN), ICCV 2021; J. Liang et al., SwinIR, ICCV Workshops 2021.",
        (10, 20, 30, 40),
        2,
        (
            ("JPEG", (27.77, 30.07, 31.41, 32.35)),
            ("DnCNN-3 (0.67 M)", (29.19, 31.59, 32.98, 33.96)),
            ("FBCNN (72 M)", (29.75, 32.13, 33.54, 34.53)),
            ("SwinIR (11.5 M, one for each QF)", (29.86, 32.25, 33.69, 34.67)),
        ),
    ),
    QuotedTable(
        "PSNR ↑",
        "LIVE1, 29 colour pictures, dB over RGB.",
        "J. Liang et al., SwinIR, ICCV Workshops 2021.",
        (10, 20, 30, 40),
        2,
        (
            ("JPEG", (25.69, 28.06, 29.37, 30.28)),
            ("SwinIR (11.5 M, one for each QF)", (28.06, 30.45, 31.82, 32.75)),
        ),
    ),
    QuotedTable(
        "LPIPS ↓",
        "LIVE1, 29 colour pictures, AlexNet.",
        f"{CODIFF}, which measured FBCNN as well.",
        (5, 10, 20),
        3,
        (
            ("JPEG", (0.438, 0.301, 0.180)),
            ("FBCNN (72 M)", (0.374, 0.250, 0.158)),
            ("CODiff (a step of Stable Diffusion 2.1)", (0.206, 0.143, 0.110)),
        ),
    ),
    QuotedTable(
        "DISTS ↓",
        "LIVE1, 29 colour pictures.",
        f"{CODIFF}, which measured FBCNN as well.",
        (5, 10, 20),
        3,
        (
            ("JPEG", (0.324, 0.239, 0.165)),
            ("FBCNN (72 M)", (0.235, 0.179, 0.132)),
            ("CODiff (a step of Stable Diffusion 2.1)", (0.112, 0.087, 0.069)),
        ),
    ),
)
