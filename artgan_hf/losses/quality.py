"""The QF predictor's objective: qualities lie on a line, so that a near miss costs less than a far one."""

import torch
from torch import Tensor

QUALITIES = 100


def quality_loss(logits: Tensor, quality: Tensor, *, spread: float = 1.5) -> Tensor:
    """Returns the cross-entropy against a bell around the true quality, averaged over the batch: a scalar.

    Args:
        logits: shape (B, 100), for the qualities 1 to 100.
        quality: the true ones, 1 to 100, shape (B,).
        spread: standard deviation of the bell, in steps of quality; above 0.

    Source:
        Gao et al., "Deep Label Distribution Learning with Label Ambiguity", IEEE TIP 2017, for the bell as a label.

    Example:
        >>> logits = torch.zeros(1, 100)
        >>> logits[0, 9] = 5.0
        >>> near, far = (quality_loss(logits, torch.tensor([quality])) for quality in (11, 30))
        >>> bool(near < far)
        True
    """
    qualities = torch.arange(1, QUALITIES + 1, device=logits.device)
    distance = (qualities - quality[:, None]) / spread
    target = (-distance.square() / 2).softmax(1)
    return -(target * logits.log_softmax(1)).sum(1).mean()
