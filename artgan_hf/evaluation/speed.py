"""How fast generators are and how much memory they take, side by side in one run. Used by `artgan bench`.

Every network restores the same picture the way `Restorer` does: tile by tile, from 8 bits to 8 bits. Memory is that of
restoring it from a JPEG file, through `Restorer` itself, in a fresh process.
"""

import platform
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from tqdm import tqdm  # type: ignore[import-untyped]

import artgan_hf
from artgan_hf.codecs import encode
from artgan_hf.errors import OptionError
from artgan_hf.evaluation.fresh_process import Memory, import_seconds, restoring_memory
from artgan_hf.evaluation.report import aligned
from artgan_hf.hub import ModelConfig, find_model, load_network
from artgan_hf.networks import GENERATORS, build_generator
from artgan_hf.restoring import Restorer
from artgan_hf.restoring.precision import choose_dtype, run_network
from artgan_hf.restoring.tiling import choose_tiling, restore_tiled

FORMAT_VERSION = 1
DNCNN = "dncnn-3"
DNCNN_MOST_MEGAPIXELS = 2.0  # above, it takes minutes
WARM_UP_PX = 1024
DEFAULT_MODELS = ("artgan/qf10", "residual")
DTYPES = ("float32", "bfloat16")
IMPORTS = ("import torch", "import artgan_hf", "from artgan_hf import Restorer")
CPU = torch.device("cpu")

T = TypeVar("T")


class DncnnShape(nn.Sequential):
    """The layers of DnCNN-3, untrained: a yardstick that everybody knows.

    Source:
        Zhang, Zuo, Chen, Meng, Zhang, "Beyond a Gaussian Denoiser", TIP 2017: 20 convolutions 3x3 of 64 channels at
        full resolution. Without its batch normalisation, which inference folds away; in colour, like the others here.
    """

    size_multiple = 1
    receptive_radius_px = 20

    def __init__(self) -> None:
        widths = [3, *[64] * 19, 3]
        layers: list[nn.Module] = []
        for into, out in pairwise(widths):
            layers += [nn.Conv2d(into, out, 3, padding=1), nn.ReLU()]
        super().__init__(*layers[:-1])

    def forward(self, degraded: Tensor) -> Tensor:
        """Returns the restored image, same shape."""
        residual = degraded
        for layer in self:
            residual = layer(residual)
        return degraded + residual


class Contender:
    """A network ready to be measured on the CPU.

    Args:
        model: "dncnn-3", the name of an architecture (with fresh weights), or id or folder of a model.
        dtype: "float32" or "bfloat16".

    Raises:
        ModelNotFoundError: if there is no such model.
        IncompatibleModelError: if it is broken.
    """

    def __init__(self, model: str, dtype: str = "float32") -> None:
        self.model = model
        self.dtype = dtype
        network = _network(model).eval().requires_grad_(False)
        self.network = network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        self.tiling = choose_tiling(network, CPU)  # type: ignore[arg-type] # a Generator by contract

    def restore(self, picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Returns the restored picture, same shape (H, W, 3)."""
        dtype = choose_dtype(CPU, self.dtype)
        return restore_tiled(picture, lambda tile: run_network(self.network, tile, CPU, dtype), self.tiling)

    def restore_file(self, jpeg: str | Path) -> None:
        """Restores a JPEG file as a user would."""
        config = ModelConfig(
            architecture=self.model, options={}, codec="jpeg", quality=(1, 100), description="Being measured."
        )
        Restorer(self.network, config, name=self.model, device=CPU, dtype=self.dtype)(jpeg)


@dataclass(frozen=True)
class SpeedRow:
    """One network in one precision.

    Args:
        model: as in `Contender`.
        dtype: likewise.
        megapixels_per_s: median; None if it was not measured.
        times_dncnn: how many times faster than the DnCNN-3 shape in the same precision, if that was measured.
        memory_mb: growth of a fresh process at its peak while it restores the picture from a JPEG file, in 10^6 bytes.
        peak_mb: all the memory of that process at its peak, Python and torch included.
        why_not: why it was not measured; None if it was.
    """

    model: str
    dtype: str
    megapixels_per_s: float | None = None
    times_dncnn: float | None = None
    memory_mb: float | None = None
    peak_mb: float | None = None
    why_not: str | None = None


@dataclass(frozen=True)
class SpeedReport:
    """What a run measured.

    Args:
        megapixels: size of the picture.
        repeats: how often each was timed.
        rows: the networks; the DnCNN-3 shape comes last unless it was asked for.
        import_s: median wall time of import statements, each in a fresh interpreter.
    """

    megapixels: float
    repeats: int
    rows: tuple[SpeedRow, ...]
    import_s: dict[str, float]

    @property
    def machine(self) -> str:
        """Where it was measured: processor, threads and torch."""
        return f"{processor_name()}, {torch.get_num_threads()} threads, torch {torch.__version__}"

    def table(self) -> str:
        """Returns the rows as aligned text."""
        lines = [["model", "dtype", "Mpx/s", "x DnCNN-3", "memory MB", "peak MB"]]
        for row in self.rows:
            memory = [_cell(row.memory_mb, 0), _cell(row.peak_mb, 0)]
            cells = [_cell(row.megapixels_per_s, 3), _cell(row.times_dncnn, 2), *memory]
            lines.append([row.model, row.dtype, *cells])
        notes = [f"{row.model} in {row.dtype}: {row.why_not}" for row in self.rows if row.why_not]
        imports = aligned([["statement", "seconds"], *([name, f"{took:.2f}"] for name, took in self.import_s.items())])
        head = f"{self.megapixels:g} megapixels, medians of {self.repeats}, {self.machine}"
        return "\n".join([head, aligned(lines), *notes, "", imports])

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON."""
        about = {"format_version": FORMAT_VERSION, "artgan_hf": artgan_hf.__version__, "machine": self.machine}
        return {**about, **asdict(self)}


def measure_speed(
    models: Sequence[str] = DEFAULT_MODELS, *, megapixels: float = 1.0, repeats: int = 5, progress: bool = False
) -> SpeedReport:
    """Returns speed and memory of networks next to the DnCNN-3 shape, all measured in turns on the same picture.

    Args:
        models: as in `Contender`. "dncnn-3" is added up to 2 megapixels; for more it must be named.
        megapixels: size of the picture, above 0.
        repeats: how often each is timed, from 1, after a run on a corner of the picture that does not count.
        progress: True for a bar on stderr, if that is a terminal.

    Raises:
        OptionError: if `megapixels` or `repeats` is outside its range.
        ModelNotFoundError: if there is no such model.
        IncompatibleModelError: if a model is broken.
        ArtganError: if a process of its own fails.
    """
    if megapixels <= 0 or repeats < 1:
        raise OptionError(f"megapixels is {megapixels}, repeats {repeats}; more than 0, and at least 1, were expected.")
    yardstick = [DNCNN] if megapixels <= DNCNN_MOST_MEGAPIXELS else []
    names = list(dict.fromkeys([*models, *yardstick]))
    has_bfloat16 = choose_dtype(CPU) == torch.bfloat16
    contenders = [Contender(name, dtype) for dtype in DTYPES[: 1 + has_bfloat16] for name in names]
    picture = noise_picture(megapixels)
    steps = (repeats + 2) * len(contenders) + repeats * len(IMPORTS)
    with tqdm(total=steps, disable=None if progress else True) as bar:
        speeds = _speeds(contenders, picture, repeats, bar)
        memory = _memory(contenders, picture, bar)
        imports = [{name: _ticked(import_seconds(name), bar) for name in IMPORTS} for _ in range(repeats)]
    rows = _rows(contenders, speeds, memory)
    if not has_bfloat16:
        why_not = "this CPU does not compute in bfloat16 (no avx512_bf16, no amx_bf16)"
        rows += [SpeedRow(name, "bfloat16", why_not=why_not) for name in names]
    import_s = {name: median(taken[name] for taken in imports) for name in IMPORTS}
    return SpeedReport(picture.shape[0] * picture.shape[1] / 1e6, repeats, tuple(rows), import_s)


def noise_picture(megapixels: float) -> NDArray[np.uint8]:
    """Returns a picture to be restored, always the same for a size, in 4:3.

    Example:
        >>> noise_picture(1.0).shape
        (864, 1152, 3)
    """
    grid = 16
    height = max(grid, round((megapixels * 1e6 * 3 / 4) ** 0.5 / grid) * grid)
    width = max(grid, round((megapixels * 1e6 * 4 / 3) ** 0.5 / grid) * grid)
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8)


def _speeds(contenders: Sequence[Contender], picture: NDArray[np.uint8], repeats: int, bar: Any) -> list[float]:
    """Returns each contender's median speed in megapixels per second; they take turns."""
    for contender in contenders:
        _ticked(contender.restore(picture[:WARM_UP_PX, :WARM_UP_PX]), bar)
    times: list[list[float]] = [[] for _ in contenders]
    for _ in range(repeats):
        for contender, taken in zip(contenders, times, strict=True):
            started = perf_counter()
            contender.restore(picture)
            taken.append(_ticked(perf_counter() - started, bar))
    return [picture.shape[0] * picture.shape[1] / 1e6 / median(taken) for taken in times]


def _memory(contenders: Sequence[Contender], picture: NDArray[np.uint8], bar: Any) -> list[Memory]:
    """Returns what each contender needs to restore the picture from a JPEG file."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "picture.jpg"
        file.write_bytes(encode(picture, 10))
        return [_ticked(restoring_memory(one.model, one.dtype, file), bar) for one in contenders]


def _ticked(value: T, bar: Any) -> T:
    bar.update()
    return value


def _rows(contenders: Sequence[Contender], speeds: Sequence[float], memory: Sequence[Memory]) -> list[SpeedRow]:
    yardstick = {one.dtype: speed for one, speed in zip(contenders, speeds, strict=True) if one.model == DNCNN}
    return [
        SpeedRow(one.model, one.dtype, speed, speed / yardstick[one.dtype] if yardstick else None, *megabytes)
        for one, speed, megabytes in zip(contenders, speeds, memory, strict=True)
    ]


def _network(model: str) -> nn.Module:
    if model == DNCNN:
        return DncnnShape()
    if model in GENERATORS:
        return build_generator(model, {})
    return load_network(find_model(model))[0]


def processor_name() -> str:
    """Returns what the processor calls itself."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            names = [line.partition(":")[2].strip() for line in file if line.startswith("model name")]
    except OSError:
        names = []
    return names[0] if names else platform.processor() or platform.machine()


def _cell(value: float | None, digits: int) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
