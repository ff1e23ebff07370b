"""What JPEG leaves in decoded pixels: 8x8 blocks whose cosine coefficients are all multiples of a few steps.

Fixed convolutions and counts without weights: the first layers of networks/quality, which learns to read them.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F

BLOCK_PX = 8
FREQUENCIES = BLOCK_PX * BLOCK_PX
CHANNELS = FREQUENCIES + 1  # the first and the last are of differences between neighbouring blocks' means
STEPS = tuple(sorted({round(2 * 1.05**power) for power in range(100)}))  # 2 to 250, 5 % apart but for the first
LUMA = (0.299, 0.587, 0.114)
GRID_FREQUENCIES = (0, 2, 5, 7)
ZERO_RADIUS = 0.6  # a coefficient of 0 comes back as less than this, since decoded pixels are rounded
LARGEST = 1023
MULTIPLES = 3.0  # coefficients of a few steps say most: further out the steps of the list are too far apart
FEW = 4.0  # that many coefficients that agree are half a proof
CLIPPED_WEIGHT = 0.05


def quantisation_evidence(image: Tensor) -> Tensor:
    """Returns how much each frequency's coefficients look like multiples of each step, shape (B, 65, 1 + len(STEPS)).

    Channel by channel the frequencies of the luma's 8x8 blocks, row by row; in place of their mean, which is too large,
    its differences from the left (first channel) and from above (last channel). In each channel first the share of
    coefficients that are 0, from 0 to 1; then for each step, from -1 to 1, whether the others are multiples of it.

    Args:
        image: float in [0, 1], RGB, shape (B, 3, H, W), sides of 15 or more. Its 8x8 grid may start anywhere.

    Source:
        Fan and De Queiroz, "Identification of Bitmap Compression History: JPEG Detection and Quantizer Estimation",
        IEEE TIP 2003, read the steps off histograms of coefficients. The window, the list of steps and
        the search for the grid are ours.

    Example:
        >>> quantisation_evidence(torch.rand(2, 3, 20, 33)).shape
        torch.Size([2, 65, 72])
    """
    luma = (255 * (image * image.new_tensor(LUMA).view(3, 1, 1)).sum(1)).round() - 128
    is_clipped = (image.amin(1) < 0.5 / 255) | (image.amax(1) > 254.5 / 255)
    top, left = grid_origin(luma)
    basis = cosine_basis(luma)
    coefficients = torch.einsum("ui,brcij,vj->buvrc", basis, _blocks(luma, top, left, beyond=0), basis).flatten(1, 2)
    # Where values were clipped to 0 or 255, coefficients are no multiples any more: such blocks count for little.
    clipped = _blocks(is_clipped.to(luma.dtype), top, left, beyond=2 * FREQUENCIES).mean((3, 4))
    weight = torch.where(clipped > 1, 0.0, CLIPPED_WEIGHT + (1 - clipped).clamp(min=0) ** 8)
    return comb(*_with_differences(coefficients, weight))


def grid_origin(luma: Tensor) -> tuple[Tensor, Tensor]:
    """Returns where the 8x8 grid starts, from the top and from the left, integers from 0 to 7, each of shape (B,).

    It is where most coefficients are 0: quantisation makes zeros, and no block that lies across the grid has them.

    Args:
        luma: in [-128, 127], shape (B, H, W), sides of 15 or more.

    Example:
        >>> picture = torch.arange(9.0).repeat_interleave(8)[5:69].expand(1, 64, 64) * 10
        >>> grid_origin(picture + picture.mT)
        (tensor([3]), tensor([3]))
    """
    basis = cosine_basis(luma)[list(GRID_FREQUENCIES)]
    filters = torch.einsum("ui,vj->uvij", basis, basis).reshape(-1, 1, BLOCK_PX, BLOCK_PX)
    is_zero = F.conv2d(luma[:, None], filters).abs_() < ZERO_RADIUS  # [B, 16, H-7, W-7]
    rows, columns = is_zero.shape[2:]
    zeros = F.pad(is_zero.to(luma.dtype).sum(1), (0, -columns % BLOCK_PX, 0, -rows % BLOCK_PX))
    zeros = zeros.reshape(len(zeros), -1, BLOCK_PX, zeros.shape[2] // BLOCK_PX, BLOCK_PX).sum((1, 3))  # [B, 8, 8]
    place = torch.arange(BLOCK_PX, device=luma.device)
    blocks = ((rows - place + 7) // BLOCK_PX)[:, None] * ((columns - place + 7) // BLOCK_PX)
    best = (zeros / blocks).flatten(1).argmax(1)
    return best // BLOCK_PX, best % BLOCK_PX


def comb(coefficients: Tensor, weights: Tensor) -> Tensor:
    """Returns for each channel the share of zeros, then for each of `STEPS` whether the rest are its multiples.

    Args:
        coefficients: shape (B, C, ...).
        weights: how much each of them counts, 0 or more, same shape.

    Returns:
        Shape (B, C, 1 + len(STEPS)). Multiples of a step near it give 1, values halfway between them -1, all values
        alike 0; few of them, or small weights, give something nearer to 0.

    Example:
        >>> sizes = torch.tensor([0.0, 0.0, 20.0, -40.0, 20.0, 60.0]).expand(1, 1, 6)
        >>> evidence = comb(sizes, 100 * torch.ones(1, 1, 6))[0, 0]
        >>> evidence[0], evidence[1 + STEPS.index(20)] > 0.95, evidence[1 + STEPS.index(41)] < 0
        (tensor(0.3333), tensor(True), tensor(True))
    """
    weights = weights.flatten(2)
    sizes = coefficients.flatten(2).abs().round().clamp(max=LARGEST).long()
    counts = weights.new_zeros(*sizes.shape[:2], LARGEST + 1).scatter_add(2, sizes, weights)
    steps = counts.new_tensor(STEPS)
    multiples = torch.arange(LARGEST + 1, dtype=counts.dtype, device=counts.device)[:, None] / steps
    window = torch.exp(-((multiples / MULTIPLES) ** 2) / 2)
    window[0] = 0
    waves = torch.cos(2 * math.pi * multiples) * window
    zeros = counts[..., :1] / counts.sum(2, keepdim=True).clamp(min=1e-6)
    return torch.cat([zeros, counts @ waves / (counts @ window + FEW)], dim=2)


def cosine_basis(like: Tensor) -> Tensor:
    """Returns the orthonormal cosine transform of 8 values, a row per frequency, of type and device of `like`.

    Example:
        >>> basis = cosine_basis(torch.zeros(1))
        >>> torch.allclose(basis @ basis.T, torch.eye(8), atol=1e-6)
        True
    """
    place = torch.arange(BLOCK_PX, dtype=like.dtype, device=like.device)
    basis = torch.cos(math.pi / BLOCK_PX * (place + 0.5) * place[:, None]) / 2
    basis[0] /= math.sqrt(2)
    return basis


def _blocks(plane: Tensor, top: Tensor, left: Tensor, *, beyond: float) -> Tensor:
    """The 8x8 blocks of each plane from its own origin on, (B, rows, columns, 8, 8); `beyond` fills the last ones."""
    batch, height, width = plane.shape
    padded = F.pad(plane, (0, BLOCK_PX, 0, BLOCK_PX), value=beyond)
    rows = top[:, None] + torch.arange(height // BLOCK_PX * BLOCK_PX, device=plane.device)
    columns = left[:, None] + torch.arange(width // BLOCK_PX * BLOCK_PX, device=plane.device)
    number = torch.arange(batch, device=plane.device)[:, None, None]
    inside = padded[number, rows[:, :, None], columns[:, None, :]]
    return inside.reshape(batch, height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX).transpose(2, 3)


def _with_differences(coefficients: Tensor, weight: Tensor) -> tuple[Tensor, Tensor]:
    """Values and weights of the 65 channels, each of shape (B, 65, rows, columns)."""
    means = coefficients[:, 0]
    across = F.pad(means.diff(dim=2), (1, 0))
    down = F.pad(means.diff(dim=1), (0, 0, 1, 0))
    weight_across = F.pad(weight[:, :, 1:] * weight[:, :, :-1], (1, 0))
    weight_down = F.pad(weight[:, 1:] * weight[:, :-1], (0, 0, 1, 0))
    values = torch.cat([across[:, None], coefficients[:, 1:], down[:, None]], dim=1)
    weights = [weight_across[:, None], weight[:, None].expand(-1, FREQUENCIES - 1, -1, -1), weight_down[:, None]]
    return values, torch.cat(weights, dim=1)
