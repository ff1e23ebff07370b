"""The adversarial term: binary cross-entropy over the logits of all patches that a discriminator judged."""

from torch import Tensor, ones_like, zeros_like
from torch.nn.functional import binary_cross_entropy_with_logits


def discriminator_loss(real_logits: Tensor, restored_logits: Tensor) -> Tensor:
    """Returns the discriminator's loss, a scalar: real pictures should be judged 1, restored ones 0.

    Args:
        real_logits: any shape; one value per judged patch.
        restored_logits: likewise.

    Source:
        Goodfellow et al., "Generative Adversarial Nets", NeurIPS 2014.

    Example:
        >>> import torch
        >>> discriminator_loss(torch.zeros(2), torch.zeros(2))
        tensor(0.6931)
    """
    real = binary_cross_entropy_with_logits(real_logits, ones_like(real_logits))
    fake = binary_cross_entropy_with_logits(restored_logits, zeros_like(restored_logits))
    return (real + fake) / 2


def generator_loss(restored_logits: Tensor, shares: Tensor | None = None) -> Tensor:
    """Returns the generator's adversarial loss, a scalar: restored pictures should be judged real.

    Args:
        restored_logits: any shape; one value per judged patch, those of one picture in a row.
        shares: how much each picture of the batch counts, shape (B,), 1 on average; None for all alike.

    Source:
        Goodfellow et al., NeurIPS 2014, the non-saturating form.

    Example:
        >>> import torch
        >>> generator_loss(torch.zeros(2))
        tensor(0.6931)
    """
    weight = None if shares is None else shares.repeat_interleave(restored_logits.numel() // len(shares))
    return binary_cross_entropy_with_logits(restored_logits, ones_like(restored_logits), weight)
