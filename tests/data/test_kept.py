"""Large pairs that are kept, and the patches cut from them."""

import pytest
import torch
from tiny import photos
from torch.utils.data import Dataset

from artgan_hf.data import JpegDegradation, Pair, PatchPairs
from artgan_hf.data.kept import FIRST_PAIRS, KeptPairs
from artgan_hf.data.module import PairDataModule
from artgan_hf.errors import OptionError


class Counted(Dataset):
    """Regions that say which they are, where a pixel is, and how often one was asked for."""

    def __init__(self):
        self.asked = 0

    def __len__(self):
        return 1000

    def __getitem__(self, index):
        self.asked += 1
        clean = torch.full((3, 64, 48), self.asked % 200)
        clean[0], clean[1] = torch.arange(64)[:, None], torch.arange(48)
        return Pair((clean + 1) / 255, clean / 255, torch.tensor(30))


def test_few_patches_cost_a_new_region():
    regions = Counted()
    pairs = KeptPairs(regions, patch_px=16, fresh=0.05)
    for index in range(400):
        pairs[index]
    assert FIRST_PAIRS < regions.asked < FIRST_PAIRS + 60


def test_both_sides_are_cut_at_one_place_on_the_grid():
    pairs = KeptPairs(Counted(), patch_px=16)
    corners = set()
    for _ in range(60):
        degraded, clean, _ = pairs[0]
        assert degraded.shape == clean.shape == (3, 16, 16)
        torch.testing.assert_close(degraded - clean, torch.full((3, 16, 16), 1 / 255))
        corners.add((round(clean[0, 0, 0].item() * 255), round(clean[1, 0, 0].item() * 255)))
    assert {y % 16 for y, _ in corners} == {x % 16 for _, x in corners} == {0}
    assert len({x for _, x in corners}) == 3


def test_the_oldest_regions_make_room():
    pairs = KeptPairs(Counted(), patch_px=16, fresh=1, most=5)
    seen = [round(pairs[0].clean[2, 0, 0].item() * 255) for _ in range(40)]
    assert all(number - region < 5 for number, region in enumerate(seen, start=1))


def test_a_recipe_asks_for_regions(tmp_path):
    module = PairDataModule(
        [str(photos(tmp_path))],
        JpegDegradation(),
        patch_px=32,
        region_px=48,
        batch_size=2,
        steps_per_epoch=2,
        workers=0,
    )
    module.setup()
    assert isinstance(module.training.regions, PatchPairs)
    assert next(iter(module.train_dataloader())).degraded.shape == (2, 3, 32, 32)
    with pytest.raises(OptionError, match="region_px is 16"):
        PairDataModule([], JpegDegradation(), patch_px=32, region_px=16)
    with pytest.raises(OptionError, match="fresh is 0"):
        KeptPairs(Counted(), fresh=0)
