"""The door most people use: `Restorer.from_pretrained(id)`, then `restorer(image)`."""

import pickle
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import replace
from os import PathLike
from time import perf_counter
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from artgan_hf.errors import IncompatibleModelError
from artgan_hf.hub import AnyConfig, EnsembleConfig, find_model, load_network
from artgan_hf.hub.folder import check_complete
from artgan_hf.images import load_picture
from artgan_hf.restoring.ensemble import Ensemble
from artgan_hf.restoring.expert import Expert, Experts, Place
from artgan_hf.restoring.finder import Finder
from artgan_hf.restoring.folder import FolderReport, plan_folder, run_jobs
from artgan_hf.restoring.knobs import Knobs
from artgan_hf.restoring.precision import choose_device, choose_dtype, survive_fork
from artgan_hf.restoring.sources import join_batch, jpeg_bytes, split_batch, tables_quality
from artgan_hf.restoring.tiling import check_tile_px
from artgan_hf.types import Restored


class Restorer:
    """Restores pictures: same kind and size out as in. With one network, or with an ensemble that chooses by quality.

    An ordinary object: it can be pickled, forked and shared by threads, which take turns at each network.

    Args:
        network: a generator of `artgan_hf.networks`, of which a copy is kept; None for an ensemble, which finds its own
            when a picture first needs them.
        config: what it was trained for, or the ensemble's.
        name: id or folder of the model, repeated in every result.
        parent: the network that `network` was trained from, for `fidelity`; by default it is found by the id in the
            config when it is first needed.
        hub: what else to tell `find_model` when a parent, an expert or a predictor is to be found: token and the like.
        device: "auto", "cpu", "cuda", "cuda:1" or "mps".
        dtype: "auto", "float32" or "bfloat16".
        strength: 0 to 1; how much of the change is kept. 0 gives the input's pixels back.
        fidelity: 0 to 1; how far to go back from a GAN, which paints likely detail, to its pixel-loss parent, which is
            nearer to the original and softer. Experts of an ensemble that have no parent stay as they are. A
            picture that shows two compressions gets 0.6 at least, if there is a parent: what is made up twice shows
            as blotches.
        quality: the JPEG quality, 1 to 100, that an ensemble is to restore for, whatever file and pixels say; None to
            judge each picture.
        consistent: True to give only pictures that would compress to the very same JPEG file; takes files.
        tile_px: side of a tile, from 64; None chooses it by device. Smaller needs less memory.
        max_pixels: larger files are refused before they are decoded; None for no limit.

    Raises:
        OptionError: if a knob is outside its range or means nothing to this model, or there is no such device here.
        QualityError: if `quality` is not a JPEG quality.
        ModelNotFoundError: if the fidelity asks for a parent that cannot be found.
        IncompatibleModelError: if network and config, or network and parent, do not belong together.

    Example:
        >>> from artgan_hf.hub import ModelConfig
        >>> from artgan_hf.networks import UnshuffleGenerator
        >>> config = ModelConfig(architecture="unshuffle", options={"channels": 8, "blocks": 1}, codec="jpeg",
        ...     quality=(10, 10), description="Untrained: changes nothing.")
        >>> restorer = Restorer(UnshuffleGenerator(channels=8, blocks=1), config, name="toy", device="cpu")
        >>> restorer(np.full((5, 7, 3), 200, np.uint8)).shape
        (5, 7, 3)
    """

    def __init__(
        self,
        network: nn.Module | None,
        config: AnyConfig,
        *,
        name: str,
        parent: nn.Module | None = None,
        hub: Mapping[str, Any] | None = None,
        device: str | torch.device = "auto",
        dtype: str | torch.dtype = "auto",
        strength: float = 1.0,
        fidelity: float = 0.0,
        quality: int | None = None,
        consistent: bool = False,
        tile_px: int | None = None,
        max_pixels: int | None = 200_000_000,
    ) -> None:
        survive_fork()
        knobs = Knobs(strength, fidelity, quality, consistent)
        self.config = config
        self.name = name
        self.strength = knobs.strength
        self.fidelity = knobs.fidelity
        self.quality = knobs.quality
        self.consistent = knobs.consistent
        self.max_pixels = max_pixels
        self.device = choose_device(device)
        self.dtype = choose_dtype(self.device, dtype)
        self._asked = {"device": device, "dtype": dtype, "tile_px": check_tile_px(tile_px)}
        self._find = Finder(hub or {})
        place = Place(self.device, self.dtype, tile_px)
        self._experts: Experts
        if isinstance(config, EnsembleConfig):
            self._experts = Ensemble(config, place=place, find=self._find)
        elif network is None:
            raise IncompatibleModelError(
                f"there is no network, but the config of {name} is a {config.kind}'s: pass both."
            )
        else:
            self._experts = Expert(network, config, name=name, place=place, parent=parent, find=self._find)
        self._experts.prepare(knobs)

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
        fidelity: float = 0.0,
        quality: int | None = None,
        consistent: bool = False,
        tile_px: int | None = None,
        max_pixels: int | None = 200_000_000,
    ) -> "Restorer":
        """Returns a restorer with the weights of a published or local model, or with those of an ensemble.

        Args:
            id_or_dir: an id such as "artgan/qf10" or "artgan/auto", or a folder with config.json and, unless it is an
                ensemble, model.safetensors.
            revision: branch, tag or commit on the Hub.
            token: a Hub token, or True for the stored one.
            cache_dir: where downloads are kept.
            local_files_only: True to use only what is here already.
            force_download: True to download even what is here already.
            device: this and what follows as in `Restorer`.
            dtype: likewise.
            strength: likewise.
            fidelity: likewise.
            quality: likewise.
            consistent: likewise.
            tile_px: likewise.
            max_pixels: likewise.

        Raises:
            ModelNotFoundError: if there is no such model, or the Hub cannot be reached.
            IncompatibleModelError: if its files are broken or too new for this package.
            OptionError: if a knob is outside its range or means nothing to this model.
            QualityError: if `quality` is not a JPEG quality.
        """
        hub = {
            "token": token,
            "cache_dir": cache_dir,
            "local_files_only": local_files_only,
            "force_download": force_download,
        }
        folder = find_model(id_or_dir, revision=revision, **hub)  # type: ignore[arg-type]
        config = check_complete(folder)
        return cls(
            None if isinstance(config, EnsembleConfig) else load_network(folder)[0],
            config,
            name=folder.name,
            hub=hub,
            device=device,
            dtype=dtype,
            strength=strength,
            fidelity=fidelity,
            quality=quality,
            consistent=consistent,
            tile_px=tile_px,
            max_pixels=max_pixels,
        )

    @property
    def network(self) -> nn.Module:
        """The network, in float32 on `device`.

        Raises:
            IncompatibleModelError: if this is an ensemble, which has none of its own.
        """
        if not isinstance(self._experts, Expert):
            raise IncompatibleModelError(
                f"{self.name} chooses among networks and has none of its own: load one of them."
            )
        return self._experts.lineage.network

    @property
    def margin_px(self) -> int | None:
        """How far a part of a picture must reach beyond what is wanted of it; None for an ensemble."""
        return self._experts.tiling.margin_px if isinstance(self._experts, Expert) else None

    def __call__(
        self,
        source: Any,
        *,
        strength: float | None = None,
        fidelity: float | None = None,
        quality: int | None = None,
        consistent: bool | None = None,
    ) -> Any:
        """Returns the restored picture, the same kind and size as the source; for a list or tuple, a list of them.

        Args:
            source: a path, the bytes of a file, an open binary file; a PIL image; an array (H, W), (H, W, C) or
                (B, C, H, W); a tensor (C, H, W) or (B, C, H, W), C from 1 to 4, as in `artgan_hf.images.load_picture`;
                or a list of any of these. Files come back as PIL images, upright.
            strength: as in `Restorer`, for this call; so are the others.
            fidelity: likewise.
            quality: likewise.
            consistent: likewise.

        Raises:
            ImageError: if the source cannot be read or restored.
            ShapeError: if an array or tensor has the wrong shape, type or range.
            OptionError: if a knob is outside its range or means nothing to this model.
            QualityError: if `quality` is not a JPEG quality.
        """
        knobs = self._knobs(strength=strength, fidelity=fidelity, quality=quality, consistent=consistent)
        if isinstance(source, list | tuple):
            return [self._restore(one, knobs).image for one in source]
        return self._restore(source, knobs).image

    def restore(
        self,
        source: Any,
        *,
        strength: float | None = None,
        fidelity: float | None = None,
        quality: int | None = None,
        consistent: bool | None = None,
    ) -> Restored:
        """Returns the restored picture together with how it came about: quality, network and time.

        Args:
            source: as in `__call__`, but not a list.
            strength: as in `Restorer`, for this call; so are the others.
            fidelity: likewise.
            quality: likewise.
            consistent: likewise.

        Raises:
            ArtganError: as `__call__`.
        """
        knobs = self._knobs(strength=strength, fidelity=fidelity, quality=quality, consistent=consistent)
        return self._restore(source, knobs)

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

    def push_to_hub(
        self, repo_id: str, *, private: bool = False, create_pr: bool = False, token: str | bool | None = None
    ) -> str:
        """Returns the address of this model on the Hub after writing it there with a card, in one commit.

        Args:
            repo_id: "owner/name"; made if it is not there.
            private: True to make a new repository private.
            create_pr: True to open a pull request instead of changing the main branch.
            token: one that may write; by default the stored one.

        Raises:
            PublishError: if the Hub refuses or cannot be reached.
        """
        from artgan_hf.hub.publish import publish_model  # noqa: PLC0415 - the Hub's client: restoring does not pay for it

        network = self.network if isinstance(self._experts, Expert) else None
        return publish_model(network, self.config, repo_id, private=private, create_pr=create_pr, token=token)

    def _knobs(self, **asked: Any) -> Knobs:
        """The knobs of one call: those that were asked for, and this restorer's own for the rest."""
        survive_fork()
        knobs = Knobs(**{name: getattr(self, name) if value is None else value for name, value in asked.items()})
        self._experts.prepare(knobs)
        return knobs

    def _restore(self, source: Any, knobs: Knobs) -> Restored:
        started = perf_counter()
        if isinstance(source, np.ndarray | Tensor) and source.ndim == 4:
            ones = [self._restore(one, knobs).image for one in split_batch(source)]
            return Restored(join_batch(ones, source), None, self.name, perf_counter() - started)
        picture = load_picture(source, max_pixels=self.max_pixels)
        jpeg = jpeg_bytes(picture) if knobs.consistent else None
        choice = self._experts.choose(picture, tables=tables_quality(picture, source), asked=knobs.quality)
        knobs = replace(knobs, strength=knobs.strength * choice.share)
        layers = [choice.expert.restore(layer, knobs, jpeg=jpeg) for layer in picture.layers]
        return Restored(
            picture.give_back(layers),
            choice.quality,
            choice.expert.name,
            perf_counter() - started,
            choice.quality_from,
            choice.predicted,
        )

    def __getstate__(self) -> dict[str, Any]:
        """Returns the constructor's arguments and what was found: devices, locks and the token stay where they are."""
        names = ("config", "name", "strength", "fidelity", "quality", "consistent", "max_pixels")
        state = {name: getattr(self, name) for name in names}
        networks: Any = None, None
        if isinstance(self._experts, Expert):
            networks = deepcopy(self.network).cpu(), self._experts.lineage.parent
        # As bytes: a spawned process gets tensors as file descriptors, and those of a copy are closed before it starts.
        found = {"hub": {**self._find.hub, "token": None}, "found": dict(self._find.found)}
        return {**state, **self._asked, **found, "networks": pickle.dumps(networks)}

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        """Builds the restorer anew: "auto" is chosen again on the machine it arrives at."""
        network, parent = pickle.loads(state["networks"])
        arguments = {name: value for name, value in state.items() if name not in ("networks", "found")}
        Restorer.__init__(self, network, parent=parent, **arguments)
        self._find.found.update(state["found"])

    def __repr__(self) -> str:
        precision = str(self.dtype).removeprefix("torch.")
        return f"Restorer({self.name!r}, device={str(self.device)!r}, dtype={precision!r}, strength={self.strength})"
