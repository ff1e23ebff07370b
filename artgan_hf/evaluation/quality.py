"""How well a QF predictor does, on clean pictures compressed here at known qualities. Called by the command."""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset, Subset

from artgan_hf.data import GradedCrops, Pair
from artgan_hf.data.sources import find_images, read_all, read_clean
from artgan_hf.errors import OptionError
from artgan_hf.functional.quality import QUALITY_CLASSES, confusion_matrix, median_quality
from artgan_hf.hub.card_scores import QualityReport, QualityScores
from artgan_hf.restoring.quality import LEAST_SIDE_PX, QualityPredictor

MAE_QUALITIES = range(5, 96)
MAE_STRIDE = 37  # has no factor in common with their number: crop by crop it visits them all, far apart
BATCH = 16
SUBSAMPLINGS = ("4:2:0", "4:2:2", "4:4:4")


def evaluate_quality(
    predictor: QualityPredictor, folders: Sequence[str | PathLike[str]], *, crop_px: int = 128
) -> QualityReport:
    """Returns how well a predictor does on the clean pictures in some folders.

    Pictures are cut into crops side by side, and each crop is compressed by itself: nothing is drawn at random, so that
    the same pictures always give the same report.

    Args:
        predictor: judged one crop at a time.
        folders: with clean pictures, walked recursively.
        crop_px: side of a crop, from 16.

    Raises:
        DataError: if a folder is missing, holds no picture, or none is large enough for a crop.
        OptionError: if `crop_px` is below 16.

    Source:
        Galteri et al., TMM 2019, for the six classes and the confusion matrix. The crops are ours.
    """
    if crop_px < LEAST_SIDE_PX:
        raise OptionError(f"crop_px is {crop_px}; a side of {LEAST_SIDE_PX} pixels or more was expected.")
    images = read_all(find_images([Path(folder) for folder in folders]), read_clean)
    aligned, count = _scores(predictor, images, crop_px, shifted=False)
    shifted, _ = _scores(predictor, images, crop_px, shifted=True)
    return QualityReport(
        model=predictor.name,
        dataset=", ".join(Path(folder).resolve().name for folder in folders),
        pictures=len(images),
        crop_px=crop_px,
        crops=count,
        classes=QUALITY_CLASSES,
        subsamplings=SUBSAMPLINGS,
        aligned=aligned,
        shifted=shifted,
    )


def _scores(
    predictor: QualityPredictor, images: Sequence[NDArray[np.uint8]], crop_px: int, *, shifted: bool
) -> tuple[QualityScores, int]:
    def crops(qualities: Sequence[int]) -> GradedCrops:
        return GradedCrops(images, qualities, crop_px=crop_px, shifted=shifted, subsamplings=SUBSAMPLINGS)

    at_classes, at_all = crops(QUALITY_CLASSES), crops(MAE_QUALITIES)
    count, width = len(at_classes.places), len(MAE_QUALITIES)
    one_each = Subset(at_all, [crop * width + crop * MAE_STRIDE % width for crop in range(count)])
    predicted, true = _predict(predictor, one_each)
    mae = (predicted - true).abs().to(torch.float64).mean().item()
    confusion = confusion_matrix(*_predict(predictor, at_classes))
    accuracy = confusion.diagonal() / confusion.sum(1)
    scores = QualityScores(mae=mae, confusion=tuple(map(tuple, confusion.tolist())), accuracy=tuple(accuracy.tolist()))
    return scores, count


def _predict(predictor: QualityPredictor, crops: Dataset[Pair]) -> tuple[Tensor, Tensor]:
    """The predicted and the true qualities of all crops."""
    network: nn.Module = predictor.network
    predicted, true = [], []
    with torch.inference_mode():
        for batch in DataLoader(crops, batch_size=BATCH):
            predicted.append(median_quality(network(batch.degraded.to(predictor.device))).cpu())
            true.append(batch.quality)
    return torch.cat(predicted), torch.cat(true)
