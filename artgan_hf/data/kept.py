"""Patches cut from large pairs that are kept for a while: for codecs that take longer than a training step.

Called by data/module.
"""

import torch
from torch.utils.data import Dataset

from artgan_hf.data.pairs import draw, happens
from artgan_hf.data.patches import GRID_MARGIN_PX, Pair
from artgan_hf.errors import OptionError

FIRST_PAIRS = 48  # all new until there are so many, so that the first batches are not of one picture


class KeptPairs(Dataset[Pair]):
    """Random patches of large pairs; a new large pair is made now and then and takes the place of the oldest.

    Each process keeps its own, as uint8: six bytes per pixel of a pair.

    Args:
        regions: the large pairs, e.g. `PatchPairs` with patches of 304 pixels.
        patch_px: side of a patch, at most that of a region. Patches start on multiples of 16 in a region, so that the
            codec's grid is where the region has it.
        fresh: share of patches for which a new region is made, above 0 to 1.
        most: how many regions are kept.

    Raises:
        OptionError: if `fresh` is outside its range.
    """

    def __init__(self, regions: Dataset[Pair], *, patch_px: int = 128, fresh: float = 0.06, most: int = 1000) -> None:
        if not 0 < fresh <= 1:
            raise OptionError(f"fresh is {fresh}; a share of the patches, above 0 and at most 1, was expected.")
        self.regions = regions
        self.patch_px = patch_px
        self.fresh = fresh
        self.most = most
        self._kept: list[Pair] = []
        self._made = 0

    def __len__(self) -> int:
        """Returns the number of patches in an epoch."""
        return len(self.regions)  # type: ignore[arg-type] # a dataset with an end

    def __getitem__(self, index: int) -> Pair:
        """Returns one pair, of a new region or of one made before."""
        if self._made < min(FIRST_PAIRS, self.most) or happens(self.fresh):
            self._make(index)
        region = self._kept[draw(0, len(self._kept) - 1)]
        last = (region.clean.shape[-1] - self.patch_px) // GRID_MARGIN_PX
        y, x = (GRID_MARGIN_PX * draw(0, last) for _ in range(2))
        inside = (..., slice(y, y + self.patch_px), slice(x, x + self.patch_px))
        degraded, clean = (whole[inside].float().div_(255) for whole in (region.degraded, region.clean))
        return Pair(degraded, clean, region.quality)

    def _make(self, index: int) -> None:
        region = self.regions[index]
        degraded, clean = (whole.mul(255).round_().to(torch.uint8) for whole in (region.degraded, region.clean))
        made = Pair(degraded, clean, region.quality)
        if len(self._kept) < self.most:
            self._kept.append(made)
        else:
            self._kept[self._made % self.most] = made
        self._made += 1
