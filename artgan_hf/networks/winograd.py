"""A 3x3 convolution that multiplies a quarter as often. Used by backbones.py, whose widest layers take all the time."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F

TILE_PX = 4
TILES_AT_ONCE = 384  # what a CPU's cache holds

# Lavin and Gray's F(4x4, 3x3): six points of a line, of four outputs, and of three weights.
_INPUT = (
    (4, 0, -5, 0, 1, 0),
    (0, -4, -4, 1, 1, 0),
    (0, 4, -4, -1, 1, 0),
    (0, -2, -1, 2, 1, 0),
    (0, 2, -1, -2, 1, 0),
    (0, 4, 0, -5, 0, 1),
)
_OUTPUT = ((1, 1, 1, 1, 1, 0), (0, 1, -1, 2, -2, 0), (0, 1, 1, 4, 4, 0), (0, 1, -1, 8, -8, 1))
_WEIGHT = ((6, 0, 0), (-4, -4, -4), (-4, 4, -4), (1, 2, 4), (1, -2, 4), (0, 0, 24))  # of 24


class WinogradConv2d(nn.Conv2d):
    """A convolution of 3x3 with one pixel of padding: half the time of `nn.Conv2d` on CPUs, if it is wide.

    With gradients, on other devices and in other types than float32 it is an `nn.Conv2d`.

    Args:
        into: channels in; with fewer than 128, `nn.Conv2d` is as fast.
        out: channels out; likewise.

    Source:
        Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks", CVPR 2016, F(4x4, 3x3). Its results differ
        from the plain sum by a few millionths of their spread.

    Example:
        >>> WinogradConv2d(256, 256)(torch.rand(1, 256, 9, 7)).shape
        torch.Size([1, 256, 9, 7])
    """

    def __init__(self, into: int, out: int) -> None:
        super().__init__(into, out, kernel_size=3, padding=1)
        self._seen: int | None = None

    def forward(self, features: Tensor) -> Tensor:
        """Returns the convolved features.

        Args:
            features: shape (B, C, H, W).
        """
        plain = torch.is_grad_enabled() or torch.is_autocast_enabled("cpu")
        if plain or features.device.type != "cpu" or features.dtype != torch.float32:
            return super().forward(features)
        into_tiles, out_of_tiles = (_both_ways(matrix) for matrix in (_INPUT, _OUTPUT))
        batch, _, height, width = features.shape
        rows, columns = -(-height // TILE_PX), -(-width // TILE_PX)
        padded = F.pad(features, (1, columns * TILE_PX - width + 1, 1, rows * TILE_PX - height + 1))
        found = features.new_empty(batch, self.out_channels, rows, TILE_PX, columns, TILE_PX)
        strip = max(1, TILES_AT_ONCE // (batch * columns))
        for top in range(0, rows, strip):
            end = min(rows, top + strip)
            tiles = padded[:, :, TILE_PX * top : TILE_PX * end + 2].unfold(2, 6, TILE_PX).unfold(3, 6, TILE_PX)
            tiles = into_tiles @ tiles.permute(4, 5, 1, 0, 2, 3).reshape(36, -1)
            tiles = torch.bmm(self._weights_in_tiles(), tiles.view(36, self.in_channels, -1))
            tiles = (out_of_tiles @ tiles.view(36, -1)).view(TILE_PX, TILE_PX, -1, batch, end - top, columns)
            found[:, :, top:end] = tiles.permute(3, 2, 4, 0, 5, 1)
        found = found.view(batch, -1, rows * TILE_PX, columns * TILE_PX)[..., :height, :width]
        assert self.bias is not None
        return found + self.bias.view(-1, 1, 1)

    def _weights_in_tiles(self) -> Tensor:
        """Returns the weights as tiles need them: shape (36, out, in); computed anew only when they have changed."""
        version = None if self.weight.is_inference() else self.weight._version  # inference tensors do not count
        if version is None or self._seen != version:
            self._seen = version
            weights = _both_ways(_WEIGHT) / 24**2 @ self.weight.reshape(-1, 9).T
            self._in_tiles = weights.view(36, self.out_channels, self.in_channels)
        return self._in_tiles


def _both_ways(matrix: tuple[tuple[int, ...], ...]) -> Tensor:
    """Returns what does to a square, row after row, what the matrix does to a line."""
    line = torch.tensor(matrix, dtype=torch.float32)
    return torch.kron(line, line)
