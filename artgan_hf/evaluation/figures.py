"""The figures a benchmark can compute, by the names the command line knows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgan_hf.errors import OptionError
from artgan_hf.evaluation.cache import content_key
from artgan_hf.evaluation.coefficients import returned_share
from artgan_hf.evaluation.intervals import Columns
from artgan_hf.functional import blocking_effect, brisque, flat_drift, ms_ssim, niqe, psnr, psnr_b, ssim

if TYPE_CHECKING:
    from artgan_hf.networks.backbones import FeatureTrunk

DEFAULT_FIGURES = ("psnr", "ssim", "psnr-b")
OF_JPEG_FILES = ("coefficients",)


@dataclass(frozen=True)
class Comparison:
    """One restored picture and all that a figure may compare it with.

    Args:
        restored: shape (1, 1 or 3, H, W), float in [0, 1], without the border that is left out.
        clean: likewise.
        degraded: likewise.
        pixels: the restored picture, uint8, whole, shape (H, W, 3) or (H, W).
        file: what it was restored from; b"" where that is no file.
    """

    restored: Tensor
    clean: Tensor
    degraded: Tensor
    pixels: NDArray[np.uint8]
    file: bytes


class Column(NamedTuple):
    """A column of tables.

    Args:
        key: of the value in it.
        label: its head.
        digits: after the decimal point.
    """

    key: str
    label: str
    digits: int


@dataclass(frozen=True)
class Figure:
    """One figure of merit.

    Args:
        name: as the command line takes it, e.g. "psnr-b".
        columns: what tables show; the first is the figure itself.
        keys: of all values that one picture has.
        higher_is_better: True for PSNR, False for distances.
        judges_alone: True if it looks at the restored picture alone; the original has such a figure, too.
        identity: the same only for what gives the same values: its name, and what tells its weights apart.
        measure: returns the values of one picture, by their keys.
        summarise: returns the values of all pictures together, by their keys, without the last axis.
    """

    name: str
    columns: tuple[Column, ...]
    keys: tuple[str, ...]
    higher_is_better: bool
    judges_alone: bool
    identity: str
    measure: Callable[[Comparison], dict[str, float]]
    summarise: Callable[[Columns], Columns]

    @property
    def key(self) -> str:
        """Its name in JSON, e.g. "psnr_b"."""
        return self.columns[0].key

    @property
    def label(self) -> str:
        """The head of its column."""
        return self.columns[0].label

    def score(self, comparison: Comparison) -> dict[str, float]:
        """Returns the figure of one picture, and what belongs to it, by their keys in JSON."""
        with torch.inference_mode():
            return self.measure(comparison)


def make_figures(names: Sequence[str], *, backbones: str | PathLike[str] | None = None) -> list[Figure]:
    """Returns figures by their names, in that order.

    Args:
        names: from "psnr", "ssim", "ms-ssim", "psnr-b", "lpips" (AlexNet), "lpips-vgg", "dists", "niqe", "brisque",
            "blockiness", "drift", "coefficients". NIQE, BRISQUE and the blockiness need no clean picture, and a
            benchmark that computes them has a row for the originals.
        backbones: the folder with AlexNet's and VGG16's weights, for "lpips", "lpips-vgg" and "dists"; see
            `artgan_hf.networks.backbones.load_trunk`.

    Raises:
        OptionError: if a name is unknown or there is none.
        ModelNotFoundError: if a figure needs weights that are nowhere.

    Example:
        >>> [figure.label for figure in make_figures(["psnr", "psnr-b"])]
        ['PSNR', 'PSNR-B']
    """
    trunks: dict[str, FeatureTrunk] = {}
    makers: dict[str, Callable[[], Figure]] = {
        "psnr": lambda: _likeness("psnr", "PSNR", 2, psnr),
        "ssim": lambda: _likeness("ssim", "SSIM", 3, ssim),
        "ms-ssim": lambda: _likeness("ms-ssim", "MS-SSIM", 4, ms_ssim),
        "psnr-b": lambda: _likeness("psnr-b", "PSNR-B", 2, psnr_b),
        "lpips": lambda: _learned("lpips", "LPIPS", backbones, trunks),
        "lpips-vgg": lambda: _learned("lpips-vgg", "LPIPS (VGG)", backbones, trunks),
        "dists": lambda: _learned("dists", "DISTS", backbones, trunks),
        "niqe": lambda: _judge("niqe", "NIQE", 2, niqe),
        "brisque": lambda: _judge("brisque", "BRISQUE", 1, brisque),
        "blockiness": lambda: _judge("blockiness", "blockiness", 2, _blockiness),
        "drift": _drift,
        "coefficients": _coefficients,
    }
    unknown = [name for name in names if name not in makers]
    if unknown or not names:
        raise OptionError(f"metrics are {', '.join(names) or 'none'}; known: {', '.join(makers)}.")
    return [makers[name]() for name in dict.fromkeys(names)]


def check_for_video(figures: Sequence[Figure]) -> None:
    """Raises an error if a figure cannot judge what a video codec degraded.

    Raises:
        OptionError: if one is a figure of JPEG files; it is named.
    """
    if unfit := [figure.name for figure in figures if figure.name in OF_JPEG_FILES]:
        raise OptionError(f"metrics are {', '.join(unfit)}, which are figures of JPEG files; leave them out for video.")


def _likeness(name: str, label: str, digits: int, formula: Callable[[Tensor, Tensor], Tensor]) -> Figure:
    """A figure that compares with the clean picture; the higher the better."""
    key = name.replace("-", "_")

    def measure(comparison: Comparison) -> dict[str, float]:
        return {key: float(formula(comparison.restored, comparison.clean))}

    return Figure(name, (Column(key, label, digits),), (key,), True, False, name, measure, _means)


def _judge(name: str, label: str, digits: int, formula: Callable[[Tensor], Tensor]) -> Figure:
    """A figure that looks at the restored picture alone; the lower the better."""

    def measure(comparison: Comparison) -> dict[str, float]:
        return {name: float(formula(comparison.restored))}

    return Figure(name, (Column(name, label, digits),), (name,), False, True, name, measure, _means)


def _drift() -> Figure:
    """By how much flat areas change their colour; blocks count alike, whichever picture they are in."""
    channels = ("drift_r", "drift_g", "drift_b")
    keys = ("drift", *channels, "drift_blocks")

    def measure(comparison: Comparison) -> dict[str, float]:
        shape = (-1, 3, -1, -1)
        drift = flat_drift(comparison.restored.expand(shape), comparison.degraded.expand(shape))
        shifts = drift.shift[0].tolist()
        return dict(zip(keys, [max(map(abs, shifts)), *shifts, drift.blocks.item()], strict=True))

    def summarise(values: Columns) -> Columns:
        blocks = values["drift_blocks"]
        with np.errstate(invalid="ignore"):
            means = {key: np.nansum(values[key] * blocks, -1) / blocks.sum(-1) for key in channels}
        largest = np.abs(list(means.values())).max(0)
        return {"drift": largest, **means, "drift_blocks": blocks.sum(-1)}

    return Figure("drift", (Column("drift", "drift", 2),), keys, False, False, "drift", measure, summarise)


def _coefficients() -> Figure:
    """How many of the file's coefficients come back, in percent."""
    columns = (Column("coefficients", "coefficients %", 3), Column("coefficients_worst", "worst %", 3))

    def measure(comparison: Comparison) -> dict[str, float]:
        return {"coefficients": 100 * returned_share(comparison.pixels, comparison.file)}

    def summarise(values: Columns) -> Columns:
        return {**_means(values), "coefficients_worst": values["coefficients"].min(-1)}

    keys = ("coefficients",)
    return Figure("coefficients", columns, keys, True, False, "coefficients", measure, summarise)


def _means(values: Columns) -> Columns:
    return {key: column.mean(-1) for key, column in values.items()}


def _blockiness(restored: Tensor) -> Tensor:
    """The blocking effect factor on its paper's scale, squared levels of 255."""
    return 255**2 * blocking_effect(restored)


def _learned(name: str, label: str, backbones: str | PathLike[str] | None, trunks: "dict[str, FeatureTrunk]") -> Figure:
    """A distance in a network's features; its weights are looked for when it is asked for, its trunk joins `trunks`."""
    from artgan_hf.networks.backbones import Remembered  # noqa: PLC0415 - as above
    from artgan_hf.networks.dists import Dists  # noqa: PLC0415 - as above
    from artgan_hf.networks.lpips import Lpips  # noqa: PLC0415 - as above

    distance: Any = Dists(backbones) if name == "dists" else Lpips("vgg" if name == "lpips-vgg" else "alex", backbones)
    if (first := trunks.setdefault(distance.trunk.net, distance.trunk)) is not distance.trunk:
        distance.trunk.share_first_stage(first)
    weights = [tensor.numpy().tobytes() for tensor in distance.state_dict().values()]
    key = name.replace("-", "_")
    clean_features = Remembered(distance.features, count=1)  # of the picture that versions are compared with in turn

    def measure(comparison: Comparison) -> dict[str, float]:
        restored, clean = (image.expand(-1, 3, -1, -1) for image in (comparison.restored, comparison.clean))
        reference = clean_features(clean)
        return {key: float(distance.between(distance.features(restored), reference))}

    identity = f"{name} {content_key(*weights)}"
    return Figure(name, (Column(key, label, 4),), (key,), False, False, identity, measure, _means)
