"""`QualityPredictor.from_pretrained(id)`, then `predictor(image)`: the JPEG quality, from pixels alone."""

from copy import deepcopy
from os import PathLike
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from artgan_hf.errors import ImageError
from artgan_hf.functional.quality import QUALITY_CLASSES, class_probabilities, expected_quality, median_quality
from artgan_hf.hub import ModelConfig, find_model, load_network
from artgan_hf.images import load_picture
from artgan_hf.restoring.precision import choose_device, survive_fork
from artgan_hf.types import PredictedQuality

CROP_PX = 256
MOST_CROPS = 9
LEAST_SIDE_PX = 16


class QualityPredictor:
    """Tells the JPEG quality of a picture that may have lost its file: a screenshot, a crop, a PNG made from a JPEG.

    The 8x8 grid may start anywhere, but the pixels must be as they were decoded: a picture that has been resized or
    blurred since then bears other traces. An ordinary object: it can be pickled and shared by threads.

    Args:
        network: of the kind "quality-predictor"; a copy of it is kept.
        config: what it was trained for.
        name: id or folder of the model.
        device: "auto", "cpu", "cuda", "cuda:1" or "mps".

    Raises:
        OptionError: if there is no such device here.

    Example:
        >>> from artgan_hf.networks import QualityNetwork
        >>> config = ModelConfig(kind="quality-predictor", architecture="quality-cnn", options={"channels": 8},
        ...     codec="jpeg", quality=(3, 97), description="Untrained: it guesses.")
        >>> predictor = QualityPredictor(QualityNetwork(channels=8), config, name="toy", device="cpu")
        >>> sorted(predictor(np.full((40, 30, 3), 200, np.uint8)).probabilities)
        [5, 10, 20, 30, 40, 60]
    """

    def __init__(
        self, network: nn.Module, config: ModelConfig, *, name: str, device: str | torch.device = "auto"
    ) -> None:
        survive_fork()
        self.config = config
        self.name = name
        self.device = choose_device(device)
        self.network = deepcopy(network).eval().requires_grad_(False).to(self.device, torch.float32)

    @classmethod
    def from_pretrained(
        cls,
        id_or_dir: str | PathLike[str] = "artgan/qf-predictor",
        *,
        revision: str | None = None,
        token: str | bool | None = None,
        cache_dir: str | PathLike[str] | None = None,
        local_files_only: bool = False,
        force_download: bool = False,
        device: str | torch.device = "auto",
    ) -> "QualityPredictor":
        """Returns a predictor with the weights of a published or local model.

        Args:
            id_or_dir: an id such as "artgan/qf-predictor", or a folder with config.json and model.safetensors.
            revision: branch, tag or commit on the Hub.
            token: a Hub token, or True for the stored one.
            cache_dir: where downloads are kept.
            local_files_only: True to use only what is here already.
            force_download: True to download even what is here already.
            device: as in `QualityPredictor`.

        Raises:
            ModelNotFoundError: if there is no such model, or the Hub cannot be reached.
            IncompatibleModelError: if its files are broken or too new for this package, or it is no quality predictor.
            OptionError: if there is no such device here.
        """
        folder = find_model(
            id_or_dir,
            revision=revision,
            token=token,
            cache_dir=cache_dir,
            local_files_only=local_files_only,
            force_download=force_download,
        )
        network, config = load_network(folder, kind="quality-predictor")
        return cls(network, config, name=folder.name, device=device)

    def __call__(self, source: Any) -> PredictedQuality:
        """Returns the quality of a picture; of a large one, that of up to nine of its most textured crops together.

        Args:
            source: a path, the bytes of a file, an open binary file; a PIL image; an array (H, W) or (H, W, C); or a
                tensor (C, H, W), as in `artgan_hf.images.load_picture`. A file's own tables are not looked at.

        Raises:
            ImageError: if the source cannot be read, or a side has less than 16 pixels.
            ShapeError: if an array or tensor has the wrong shape, type or range.
        """
        return self.judge(load_picture(source).layers[0])

    def judge(self, layer: NDArray[Any]) -> PredictedQuality:
        """Returns the quality of pixels that are decoded already, as `__call__` does.

        Args:
            layer: shape (H, W, 3), RGB, uint8, uint16 or float in [0, 1].

        Raises:
            ImageError: if a side has less than 16 pixels.
        """
        survive_fork()
        height, width = layer.shape[:2]
        if min(height, width) < LEAST_SIDE_PX:
            raise ImageError(f"the picture has {width}x{height} pixels; a quality can be told from 16x16 on.")
        crops = torch.stack([_as_tensor(crop) for crop in textured_crops(layer)])
        with torch.inference_mode():
            # One by one: the features of all crops together would need some hundred megabytes.
            logits = torch.cat([self.network(crop[None].to(self.device)) for crop in crops]).cpu()
        logits = logits.log_softmax(1).mean(0, keepdim=True)
        probabilities = class_probabilities(logits)[0].tolist()
        return PredictedQuality(
            quality=int(median_quality(logits)),
            probabilities=dict(zip(QUALITY_CLASSES, probabilities, strict=True)),
            expected=float(expected_quality(logits)),
        )

    def __repr__(self) -> str:
        return f"QualityPredictor({self.name!r}, device={str(self.device)!r})"


def textured_crops(layer: NDArray[Any], *, crop_px: int = CROP_PX, most: int = MOST_CROPS) -> list[NDArray[Any]]:
    """Returns the crops of a picture that have most to say, all of one size: flat ones bear few traces.

    Args:
        layer: shape (H, W, 3), uint8, uint16 or float.
        crop_px: their side; a picture that is smaller gives a single crop of its own size, or a single row of them.
        most: how many at most. A picture is cut up side by side first, the rest at the right and below left out.

    Example:
        >>> layer = np.zeros((512, 600, 3), np.uint8)
        >>> layer[300:, 300:] = np.random.default_rng(0).integers(0, 255, (212, 300, 3))
        >>> crops = textured_crops(layer, most=1)
        >>> len(crops), crops[0].shape, bool(crops[0].any())
        (1, (256, 256, 3), True)
    """
    height, width = (min(side, crop_px) for side in layer.shape[:2])
    crops = [
        layer[y : y + height, x : x + width]
        for y in range(0, layer.shape[0] - height + 1, height)
        for x in range(0, layer.shape[1] - width + 1, width)
    ]
    if len(crops) <= most:
        return crops
    return sorted(crops, key=_texture, reverse=True)[:most]


def _texture(crop: NDArray[Any]) -> float:
    """The share of places where green differs from its neighbour at the right, so that one sharp edge does not win."""
    green = crop[..., 1]
    return float((green[:, 1:] != green[:, :-1]).mean())


def _as_tensor(crop: NDArray[Any]) -> Tensor:
    scale = np.iinfo(crop.dtype).max if np.issubdtype(crop.dtype, np.integer) else 1
    return torch.from_numpy(np.ascontiguousarray(crop.transpose(2, 0, 1)).astype(np.float32) / scale)
