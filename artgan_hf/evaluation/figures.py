"""The figures a benchmark can compute, by the names the command line knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike

import torch
from torch import Tensor

from artgan_hf.errors import OptionError
from artgan_hf.functional import brisque, niqe, psnr, psnr_b, ssim

DEFAULT_FIGURES = ("psnr", "ssim", "psnr-b")


@dataclass(frozen=True)
class Figure:
    """One figure of merit.

    Args:
        name: as the command line takes it, e.g. "psnr-b".
        label: the head of its column.
        digits: after the decimal point, in tables.
        higher_is_better: True for PSNR, False for distances.
        needs_clean: False for judges that look at the restored picture alone.
        formula: takes restored and clean, each (1, 1 or 3, H, W) in [0, 1]; returns shape (1,).
    """

    name: str
    label: str
    digits: int
    higher_is_better: bool
    needs_clean: bool
    formula: Callable[[Tensor, Tensor], Tensor]

    @property
    def key(self) -> str:
        """Its name in JSON, e.g. "psnr_b"."""
        return self.name.replace("-", "_")

    def score(self, restored: Tensor, clean: Tensor) -> float:
        """Returns the figure of one picture; both of shape (1, 1 or 3, H, W), float in [0, 1]."""
        with torch.inference_mode():
            return float(self.formula(restored, clean))


def make_figures(names: Sequence[str], *, backbones: str | PathLike[str] | None = None) -> list[Figure]:
    """Returns figures by their names, in that order.

    Args:
        names: from "psnr", "ssim", "psnr-b", "lpips", "niqe", "brisque". The last two need no clean picture, and a
            benchmark that computes them has a row for the originals.
        backbones: the folder with AlexNet's weights, for "lpips"; see `artgan_hf.networks.backbones.load_trunk`.

    Raises:
        OptionError: if a name is unknown or there is none.
        ModelNotFoundError: if "lpips" is asked for and its weights are nowhere.

    Example:
        >>> [figure.label for figure in make_figures(["psnr", "psnr-b"])]
        ['PSNR', 'PSNR-B']
    """
    makers: dict[str, Callable[[], Figure]] = {
        "psnr": lambda: Figure("psnr", "PSNR", 2, True, True, psnr),
        "ssim": lambda: Figure("ssim", "SSIM", 3, True, True, ssim),
        "psnr-b": lambda: Figure("psnr-b", "PSNR-B", 2, True, True, psnr_b),
        "lpips": lambda: Figure("lpips", "LPIPS", 4, False, True, _lpips(backbones)),
        "niqe": lambda: Figure("niqe", "NIQE", 2, False, False, lambda restored, _: niqe(restored)),
        "brisque": lambda: Figure("brisque", "BRISQUE", 1, False, False, lambda restored, _: brisque(restored)),
    }
    unknown = [name for name in names if name not in makers]
    if unknown or not names:
        raise OptionError(f"metrics are {', '.join(names) or 'none'}; known: {', '.join(makers)}.")
    return [makers[name]() for name in dict.fromkeys(names)]


def _lpips(backbones: str | PathLike[str] | None) -> Callable[[Tensor, Tensor], Tensor]:
    from artgan_hf.networks.lpips import Lpips  # noqa: PLC0415 - its weights are only looked for when it is asked for

    distance = Lpips("alex", backbones)

    def formula(restored: Tensor, clean: Tensor) -> Tensor:
        shape = (-1, 3, -1, -1)
        result: Tensor = distance(restored.expand(shape), clean.expand(shape))
        return result

    return formula
