"""The QF predictor: a CNN that tells from pixels alone at which quality a JPEG was saved."""

from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from artgan_hf.errors import ShapeError
from artgan_hf.networks.blocks import LEAKY_SLOPE
from artgan_hf.networks.quantisation import CHANNELS, STEPS, quantisation_evidence

QUALITIES = 100
LEAST_SIDE_PX = 16


class QualityNetwork(nn.Module):
    """Judges a crop wherever its 8x8 grid starts: fixed cosine filters find grid and steps, learned layers read them.

    Only the luma is looked at. Size matters little: the evidence is averaged over all blocks. The filters stay in
    float32 under autocast, since a multiple of a step is one by less than a grey level, and need no gradients.

    Args:
        channels: width of the two hidden layers.

    Source:
        Galteri et al., TMM 2019, have a CNN regressor for the quality. The layers are ours, and so is the
        output: a distribution over qualities, whose median is the prediction.

    Example:
        >>> QualityNetwork(channels=4)(torch.rand(2, 3, 40, 33)).shape
        torch.Size([2, 100])
    """

    def __init__(self, channels: int = 128) -> None:
        super().__init__()
        self.options = {"channels": channels}
        self.reader = nn.Linear(CHANNELS * (1 + len(STEPS)), channels)
        self.hidden = nn.Linear(channels, channels)
        self.out = nn.Linear(channels, QUALITIES)

    def forward(self, image: Tensor) -> Tensor:
        """Returns one logit for each quality from 1 to 100, shape (B, 100).

        Args:
            image: float in [0, 1], RGB, shape (B, 3, H, W), sides of 16 or more.

        Raises:
            ShapeError: if the shape is another.
        """
        if image.ndim != 4 or image.shape[1] != 3 or min(image.shape[-2:]) < LEAST_SIDE_PX or not image.shape[0]:
            got = tuple(image.shape)
            raise ShapeError(f"a quality was asked of shape {got}; (B, 3, H, W), sides of 16 or more, expected.")
        with torch.no_grad(), _full_precision(image.device.type):
            evidence = quantisation_evidence(image.float())  # [B, 65, 1 + steps]
        features = F.leaky_relu(self.reader(evidence.flatten(1)), LEAKY_SLOPE)
        features = F.leaky_relu(self.hidden(features), LEAKY_SLOPE)
        logits: Tensor = self.out(features)
        return logits.float()


def _full_precision(device_type: str) -> AbstractContextManager[object]:
    """Switches autocast off where there is any."""
    is_known = torch.amp.is_autocast_available(device_type)
    return torch.autocast(device_type, enabled=False) if is_known else nullcontext()
