"""JPEG with a gradient, for training through the codec. Never a score: scores come from codecs.jpeg."""

from torch import Tensor


def soft_jpeg(clean: Tensor, quality: Tensor) -> Tensor:
    """Returns a differentiable approximation of the JPEG round trip, clamped to [0, 1].

    Args:
        clean: float in [0, 1], RGB, shape (B, 3, H, W), any size.
        quality: shape (B,), 1 to 100; may require a gradient.
    """
    raise NotImplementedError
