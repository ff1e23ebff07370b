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
        into: channels in; with fewer than 64, `nn.Conv2d` is as fast.
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
        into, out_of = _line(_INPUT), _both_ways(_OUTPUT)
        batch, channels, height, width = features.shape
        rows, columns = -(-height // TILE_PX), -(-width // TILE_PX)
        beyond = (0, 0, 1, columns * TILE_PX - width + 1, 1, rows * TILE_PX - height + 1)
        padded = F.pad(features.permute(0, 2, 3, 1), beyond)  # channels last: what is copied lies side by side
        found = features.new_empty(batch, rows, TILE_PX, columns, TILE_PX, self.out_channels)
        strip = max(1, TILES_AT_ONCE // (batch * columns))
        for top in range(0, rows, strip):
            end = min(rows, top + strip)
            tiles = padded[:, TILE_PX * top : TILE_PX * end + 2].unfold(1, 6, TILE_PX).unfold(2, 6, TILE_PX)
            tiles = into @ tiles.permute(4, 5, 0, 1, 2, 3).reshape(6, -1)
            tiles = into @ tiles.view(6, 6, -1)
            tiles = torch.bmm(tiles.view(36, -1, channels), self._weights_in_tiles())
            tiles = (out_of @ tiles.view(36, -1)).view(TILE_PX, TILE_PX, batch, end - top, columns, -1)
            found[:, top:end] = tiles.permute(2, 3, 0, 4, 1, 5)
        assert self.bias is not None
        found = found.view(batch, rows * TILE_PX, columns * TILE_PX, -1).add_(self.bias)
        return found[:, :height, :width].permute(0, 3, 1, 2)

    def _weights_in_tiles(self) -> Tensor:
        """Returns the weights as tiles need them: shape (36, in, out); computed anew only when they have changed."""
        version = None if self.weight.is_inference() else self.weight._version  # inference tensors do not count
        if version is None or self._seen != version:
            self._seen = version
            weights = _both_ways(_WEIGHT) / 24**2 @ self.weight.permute(2, 3, 1, 0).reshape(9, -1)
            self._in_tiles = weights.view(36, self.in_channels, self.out_channels)
        return self._in_tiles


def _both_ways(matrix: tuple[tuple[int, ...], ...]) -> Tensor:
    """Returns what does to a square, row after row, what the matrix does to a line."""
    line = _line(matrix)
    return torch.kron(line, line)


def _line(matrix: tuple[tuple[int, ...], ...]) -> Tensor:
    return torch.tensor(matrix, dtype=torch.float32)
