"""The door most people use: `Restorer.from_pretrained(id)`, then `restorer(image)`."""

from collections.abc import Mapping
from copy import deepcopy
from os import PathLike
from threading import Lock
from time import perf_counter
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile
from torch import Tensor, nn

from artgan_hf.codecs.jpeg import read_jpeg_info
from artgan_hf.errors import ImageError, OptionError
from artgan_hf.hub import ModelConfig, find_model, load_network
from artgan_hf.images import Picture, load_picture
from artgan_hf.restoring.consistency import project
from artgan_hf.restoring.even_areas import keep_even_areas
from artgan_hf.restoring.folder import FolderReport, plan_folder, run_jobs
from artgan_hf.restoring.precision import choose_device, choose_dtype, run_network, survive_fork
from artgan_hf.restoring.tiling import choose_tiling, restore_tiled
from artgan_hf.types import Restored


class Restorer:
    """Restores pictures: same kind and size out as in.

    An ordinary object: it can be pickled, forked and shared by threads, which take turns at the network.

    Args:
        network: a generator of `artgan_hf.networks`; a copy of it is kept.
        config: what it was trained for.
        name: id or folder of the model, repeated in every result.
        device: "auto", "cpu", "cuda", "cuda:1" or "mps".
        dtype: "auto", "float32" or "bfloat16".
        strength: 0 to 1; how much of the change is kept. 0 gives the input's pixels back.
        consistent: True to give only pictures that would compress to the very same JPEG file; takes files.
        tile_px: side of a tile, from 64; None chooses it by device. Smaller needs less memory.
        max_pixels: larger files are refused before they are decoded; None for no limit.

    Raises:
        OptionError: if a knob is outside its range, or there is no such device here.

    Example:
        >>> from artgan_hf.networks import UnshuffleGenerator
        >>> config = ModelConfig(architecture="unshuffle", options={"channels": 8, "blocks": 1}, codec="jpeg",
        ...     quality=(10, 10), description="Untrained: changes nothing.")
        >>> restorer = Restorer(UnshuffleGenerator(channels=8, blocks=1), config, name="toy", device="cpu")
        >>> restorer(np.full((5, 7, 3), 200, np.uint8)).shape
        (5, 7, 3)
    """

    def __init__(
        self,
        network: nn.Module,
        config: ModelConfig,
        *,
        name: str,
        device: str | torch.device = "auto",
        dtype: str | torch.dtype = "auto",
        strength: float = 1.0,
        consistent: bool = False,
        tile_px: int | None = None,
        max_pixels: int | None = 200_000_000,
    ) -> None:
        survive_fork()
        self.config = config
        self.name = name
        self.strength = _checked_strength(strength)
        self.consistent = consistent
        self.max_pixels = max_pixels
        self.device = choose_device(device)
        self.dtype = choose_dtype(self.device, dtype)
        self.tiling = choose_tiling(network, self.device, tile_px)  # type: ignore[arg-type] # a Generator by contract
        self._asked = {"device": device, "dtype": dtype, "tile_px": tile_px}
        self._lock = Lock()
        network = deepcopy(network).eval().requires_grad_(False)
        # Channels last is the order of decoded pixels, and faster for convolutions on CPU and GPU alike.
        self.network = network.to(device=self.device, dtype=torch.float32, memory_format=torch.channels_last)  # type: ignore[call-overload]

    @classmethod
    def from_pretrained(
        cls,
        id_or_dir: str | PathLike[str],
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | PathLike[str] | None = None,
        local_files_only: bool = False,
        force_download: bool = False,
        device: str | torch.device = "auto",
        dtype: str | torch.dtype = "auto",
        strength: float = 1.0,
        consistent: bool = False,
        tile_px: int | None = None,
        max_pixels: int | None = 200_000_000,
    ) -> "Restorer":
        """Returns a restorer with the weights of a published or local model.

        Args:
            id_or_dir: an id such as "artgan/qf10", or a folder with config.json and model.safetensors.
            revision: branch, tag or commit on the Hub.
            token: a Hub token, or True for the stored one.
            cache_dir: where downloads are kept.
            local_files_only: True to use only what is here already.
            force_download: True to download even what is here already.
            device: this and what follows as in `Restorer`.
            dtype: likewise.
            strength: likewise.
            consistent: likewise.
            tile_px: likewise.
            max_pixels: likewise.

        Raises:
            ModelNotFoundError: if there is no such model, or the Hub cannot be reached.
            IncompatibleModelError: if its files are broken or too new for this package.
            OptionError: if a knob is outside its range.
        """
        folder = find_model(
            id_or_dir,
            revision=revision,
            token=token,
            cache_dir=cache_dir,
            local_files_only=local_files_only,
            force_download=force_download,
        )
        network, config = load_network(folder)
        return cls(
            network,
            config,
            name=folder.name,
            device=device,
            dtype=dtype,
            strength=strength,
            consistent=consistent,
            tile_px=tile_px,
            max_pixels=max_pixels,
        )

    def __call__(self, source: Any, *, strength: float | None = None, consistent: bool | None = None) -> Any:
        """Returns the restored picture, the same kind and size as the source; for a list or tuple, a list of them.

        Args:
            source: a path, the bytes of a file, an open binary file; a PIL image; an array (H, W), (H, W, C) or
                (B, C, H, W); a tensor (C, H, W) or (B, C, H, W), C from 1 to 4, as in `artgan_hf.images.load_picture`;
                or a list of any of these. Files come back as PIL images, upright.
            strength: as in `Restorer`, for this call.
            consistent: likewise.

        Raises:
            ImageError: if the source cannot be read or restored.
            ShapeError: if an array or tensor has the wrong shape, type or range.
            OptionError: if `strength` is outside 0 to 1.
        """
        if isinstance(source, list | tuple):
            return [self.restore(one, strength=strength, consistent=consistent).image for one in source]
        return self.restore(source, strength=strength, consistent=consistent).image

    def restore(self, source: Any, *, strength: float | None = None, consistent: bool | None = None) -> Restored:
        """Returns the restored picture together with the JPEG quality read from its file and the time it took.

        Args:
            source: as in `__call__`, but not a list.
            strength: as in `Restorer`, for this call.
            consistent: likewise.

        Raises:
            ImageError: if the source cannot be read or restored.
            ShapeError: if an array or tensor has the wrong shape, type or range.
            OptionError: if `strength` is outside 0 to 1.
        """
        started = perf_counter()
        survive_fork()
        strength = self.strength if strength is None else _checked_strength(strength)
        consistent = self.consistent if consistent is None else consistent
        if isinstance(source, np.ndarray | Tensor) and source.ndim == 4:
            ones = [self.restore(one, strength=strength, consistent=consistent).image for one in _split(source)]
            return Restored(_join(ones, source), None, self.name, perf_counter() - started)
        picture = load_picture(source, max_pixels=self.max_pixels)
        jpeg = _jpeg_bytes(picture) if consistent else None
        quality = _quality(picture, source)
        layers = [self._restore_layer(layer, strength, jpeg) for layer in picture.layers]
        return Restored(picture.give_back(layers), quality, self.name, perf_counter() - started)

    def folder(
        self,
        src: str | PathLike[str],
        dst: str | PathLike[str],
        *,
        recursive: bool = True,
        workers: int = 1,
        progress: bool = True,
        format: str = "png",
        skip_existing: bool = False,
        overwrite: bool = False,
    ) -> FolderReport:
        """Returns what became of every picture in a folder: the same tree and stems are written under another.

        A picture that fails is listed and the rest goes on. Files appear whole or not at all, so a stopped run can be
        taken up again with `skip_existing`.

        Args:
            src: the folder with the pictures; nothing in it is written over.
            dst: where the restored ones go; made if missing. May lie inside `src`, and is then not read.
            recursive: False to leave subfolders out.
            workers: threads that read and write files around the network.
            progress: True for a bar on a terminal.
            format: "png", "jpg", "webp" or "tiff".
            skip_existing: True to leave out pictures whose result is there already.
            overwrite: True to replace results that are there already.

        Raises:
            ImageError: if `src` is not a folder.
            OptionError: if `dst` is `src`, or a knob is outside its range.
        """
        jobs = plan_folder(src, dst, recursive=recursive, format=format)
        return run_jobs(
            self.restore, jobs, workers=workers, progress=progress, skip_existing=skip_existing, overwrite=overwrite
        )

    def _restore_layer(self, layer: NDArray[Any], strength: float, jpeg: bytes | None) -> NDArray[Any]:
        if strength == 0:
            return layer
        is_grey = np.array_equal(layer[..., 0], layer[..., 1]) and np.array_equal(layer[..., 0], layer[..., 2])

        def restore_tile(tile: Tensor) -> Tensor:
            restored = run_network(self.network, tile, self.device, self.dtype).clamp(0, 1)
            restored = keep_even_areas(tile, restored)
            if is_grey:  # a grey picture may be stored as colour; it must not gain any
                restored = restored.mean(1, keepdim=True).expand_as(tile)
            return tile.lerp(restored, strength)

        with self._lock:
            restored = restore_tiled(layer, restore_tile, self.tiling.sparing(*layer.shape[:2]))
        return restored if jpeg is None else project(restored, jpeg)

    def __getstate__(self) -> dict[str, Any]:
        """Returns the constructor's arguments: devices and locks stay where they are."""
        kept = {name: getattr(self, name) for name in ("config", "name", "strength", "consistent", "max_pixels")}
        return {**kept, **self._asked, "network": deepcopy(self.network).cpu()}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Builds the restorer anew: "auto" is chosen again on the machine it arrives at."""
        Restorer.__init__(self, **state)

    def __repr__(self) -> str:
        precision = str(self.dtype).removeprefix("torch.")
        return f"Restorer({self.name!r}, device={str(self.device)!r}, dtype={precision!r}, strength={self.strength})"


def _checked_strength(strength: float) -> float:
    if isinstance(strength, bool) or not isinstance(strength, int | float | np.floating) or not 0 <= strength <= 1:
        raise OptionError(
            f"strength is {strength!r}; a number from 0 (keep the input) to 1 (restore fully) was expected."
        )
    return float(strength)


def _jpeg_bytes(picture: Picture) -> bytes:
    if not picture.is_jpeg or picture.file_bytes is None:
        raise ImageError("consistent=True needs the JPEG file: pass its path or bytes.")
    return picture.file_bytes


def _quality(picture: Picture, source: Any) -> int | None:
    if picture.file_bytes is not None:
        return read_jpeg_info(picture.file_bytes).quality
    is_readable = isinstance(source, JpegImageFile) and bool(source.quantization)
    return read_jpeg_info(source).quality if is_readable else None


def _split(batch: NDArray[Any] | Tensor) -> list[Any]:
    """The pictures of a batch (B, C, H, W): tensors (C, H, W), or arrays (H, W, C)."""
    return list(batch) if isinstance(batch, Tensor) else list(batch.transpose(0, 2, 3, 1))


def _join(ones: list[Any], batch: NDArray[Any] | Tensor) -> NDArray[Any] | Tensor:
    if not ones:
        return batch
    return torch.stack(ones) if isinstance(batch, Tensor) else np.stack(ones).transpose(0, 3, 1, 2)
