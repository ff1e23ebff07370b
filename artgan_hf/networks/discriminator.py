"""The judges of the adversarial training: one sees 16x16 sub-patches, the other, for comparison, the whole patch."""

from itertools import pairwise

import torch
from torch import Tensor, nn

from artgan_hf.errors import ShapeError
from artgan_hf.networks.blocks import LEAKY_SLOPE

SUB_PATCH_PX = 16
CHANGE_GAIN = 10.0


class SubPatchDiscriminator(nn.Module):
    """Judges every 16x16 sub-patch by itself, beside the corresponding sub-patch of the degraded input.

    Valid 3x3 convolutions with widths doubling, no fully connected layer, down to one logit: the judgement of a
    sub-patch never sees its neighbours. This is what removes mosquito noise.

    Args:
        channels: width of the first layer; the others have 2, 4 and 8 times as many.

    Source:
        Galteri, Seidenari, Bertini, Del Bimbo, "Deep Universal Generative Adversarial Compression Artifact Removal",
        IEEE TMM 2019. The widths, and how the input is shown, are ours.

    Example:
        >>> judge = SubPatchDiscriminator(channels=8)
        >>> judge(torch.rand(2, 3, 128, 128), torch.rand(2, 3, 128, 128)).shape
        torch.Size([128])
    """

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        widths = [6, channels, 2 * channels, 4 * channels, 8 * channels]
        layers: list[nn.Module] = []
        for i, (into, out) in enumerate(pairwise(widths)):  # sides 16 -> 14 -> 12 -> 5 -> 3
            layers += [nn.Conv2d(into, out, 3, stride=2 if i == 2 else 1), nn.LeakyReLU(LEAKY_SLOPE)]
        self.layers = nn.Sequential(*layers, nn.Conv2d(widths[-1], 1, 3))  # 3 -> 1

    def forward(self, candidate: Tensor, degraded: Tensor) -> Tensor:
        """Returns one logit for each sub-patch, shape (B * H/16 * W/16,): high where the candidate looks uncompressed.

        Args:
            candidate: restored or clean, float in [0, 1], shape (B, 3, H, W), sides multiples of 16.
            degraded: the input it belongs to, same shape.

        Raises:
            ShapeError: if the shapes differ, or a side is not a multiple of 16.
        """
        logits: Tensor = self.layers(sub_patches(candidate, degraded))  # [B*H/16*W/16, 1, 1, 1]
        return logits.flatten()


class WholePatchDiscriminator(nn.Module):
    """Judges the patch as a whole, beside the degraded input: the common conditional discriminator, for comparison.

    Args:
        channels: width of the first layer; it doubles with each stride.

    Example:
        >>> WholePatchDiscriminator(channels=8)(torch.rand(2, 3, 128, 128), torch.rand(2, 3, 128, 128)).shape
        torch.Size([2])
    """

    def __init__(self, channels: int = 32) -> None:
        super().__init__()
        widths = [6, channels, 2 * channels, 4 * channels, 8 * channels]
        layers: list[nn.Module] = []
        for into, out in pairwise(widths):  # a sixteenth of the side in the end
            layers += [nn.Conv2d(into, out, 3, stride=2, padding=1), nn.LeakyReLU(LEAKY_SLOPE)]
        self.layers = nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Conv2d(widths[-1], 1, 1))

    def forward(self, candidate: Tensor, degraded: Tensor) -> Tensor:
        """Returns one logit for each patch, shape (B,). Arguments as in `SubPatchDiscriminator.forward`, any sides."""
        logits: Tensor = self.layers(beside_input(candidate, degraded))
        return logits.flatten()


def beside_input(candidate: Tensor, degraded: Tensor) -> Tensor:
    """Returns the candidate in [-1, 1] and, as channels 4 to 6, what it changed of its input, tenfold: (B, 6, H, W).

    It holds just what the two pictures joined by channels hold, but restored and clean ones differ mostly in the faint
    detail that was changed: seen this way, a discriminator learns at once; with the two pictures as they are, its loss
    had hardly left log 2 after a hundred steps.

    Example:
        >>> beside_input(torch.ones(1, 3, 8, 8), torch.zeros(1, 3, 8, 8))[0, :, 0, 0]
        tensor([ 1.,  1.,  1., 10., 10., 10.])
    """
    return torch.cat([2 * candidate - 1, CHANGE_GAIN * (candidate - degraded)], dim=1)


def sub_patches(candidate: Tensor, degraded: Tensor) -> Tensor:
    """Returns `beside_input` cut into 16x16 sub-patches, shape (B * H/16 * W/16, 6, 16, 16).

    Raises:
        ShapeError: if the shapes differ, or a side is not a multiple of 16.

    Example:
        >>> sub_patches(torch.rand(2, 3, 128, 128), torch.rand(2, 3, 128, 128)).shape
        torch.Size([128, 6, 16, 16])
    """
    batch, _, height, width = candidate.shape
    if candidate.shape != degraded.shape or height % SUB_PATCH_PX or width % SUB_PATCH_PX:
        got = f"{tuple(candidate.shape)} and {tuple(degraded.shape)}"
        raise ShapeError(
            f"sub-patches were asked of {got}; two equal shapes (B, 3, H, W) with sides of 16*n were expected."
        )
    both = beside_input(candidate, degraded)
    rows, columns = height // SUB_PATCH_PX, width // SUB_PATCH_PX
    grid = both.reshape(batch, 6, rows, SUB_PATCH_PX, columns, SUB_PATCH_PX)
    return grid.permute(0, 2, 4, 1, 3, 5).reshape(-1, 6, SUB_PATCH_PX, SUB_PATCH_PX)
