"""From a predicted distribution over JPEG qualities to one quality, and to the six that the predictor is judged by.

Used by training/, restoring/ and evaluation/.
"""

import torch
from torch import Tensor

QUALITY_CLASSES = (5, 10, 20, 30, 40, 60)


def expected_quality(logits: Tensor) -> Tensor:
    """Returns the mean of the predicted distribution, float in [1, 100], shape (B,).

    Args:
        logits: shape (B, 100), for the qualities 1 to 100.

    Example:
        >>> expected_quality(torch.zeros(1, 100))
        tensor([50.5000])
    """
    return (logits.softmax(1) * _qualities(logits)).sum(1)


def median_quality(logits: Tensor) -> Tensor:
    """Returns the median of the predicted distribution, integers from 1 to 100, shape (B,).

    Of all estimates it has the least expected absolute error, and two separate peaks do not pull it between them.

    Args:
        logits: shape (B, 100), for the qualities 1 to 100.

    Example:
        >>> logits = torch.zeros(1, 100)
        >>> logits[0, 9] = 20
        >>> median_quality(logits)
        tensor([10])
    """
    below = logits.softmax(1).cumsum(1) < 0.5
    return below.sum(1).clamp(max=logits.shape[1] - 1) + 1


def nearest_class(quality: Tensor) -> Tensor:
    """Returns the place in `QUALITY_CLASSES` of the class nearest to each quality; the lower one halfway between two.

    Args:
        quality: any shape, 1 to 100.

    Example:
        >>> nearest_class(torch.tensor([1, 7, 8, 15, 55, 100]))
        tensor([0, 0, 1, 1, 5, 5])
    """
    classes = torch.tensor(QUALITY_CLASSES, device=quality.device)
    return (quality[..., None] - classes).abs().argmin(-1)


def class_probabilities(logits: Tensor) -> Tensor:
    """Returns the probability of each of `QUALITY_CLASSES`, shape (B, 6): of all qualities nearest to it.

    Args:
        logits: shape (B, 100), for the qualities 1 to 100.

    Example:
        >>> class_probabilities(torch.zeros(1, 100)).sum().round(decimals=4)
        tensor(1.)
    """
    probabilities = logits.new_zeros(len(logits), len(QUALITY_CLASSES))
    return probabilities.index_add(1, nearest_class(_qualities(logits)), logits.softmax(1))


def confusion_matrix(predicted: Tensor, true: Tensor) -> Tensor:
    """Returns how many pictures of each class (row) were taken for each class (column), integers, shape (6, 6).

    Args:
        predicted: qualities, shape (B,); each counts for the class nearest to it.
        true: likewise; pictures whose true quality is not one of `QUALITY_CLASSES` are not counted.

    Example:
        >>> confusion_matrix(torch.tensor([5, 12, 60]), torch.tensor([5, 5, 50]))[0]
        tensor([1, 1, 0, 0, 0, 0])
    """
    size = len(QUALITY_CLASSES)
    is_class = (true[:, None] == torch.tensor(QUALITY_CLASSES, device=true.device)).any(1)
    cells = size * nearest_class(true[is_class]) + nearest_class(predicted[is_class])
    return torch.bincount(cells, minlength=size * size).reshape(size, size)


def _qualities(logits: Tensor) -> Tensor:
    return torch.arange(1, logits.shape[1] + 1, dtype=logits.dtype, device=logits.device)
