import numpy as np
import pytest
import torch

from artgan_hf.errors import ImageError, OptionError
from artgan_hf.networks import ResidualGenerator, TwoScaleGenerator
from artgan_hf.restoring.tiling import Tiling, choose_tiling, restore_tiled
from tests.toy_models import toy_network


def runner(network):
    network = network.eval()

    def restore(tile):
        with torch.inference_mode():
            return network(tile)

    return restore


def noise(height, width, dtype=np.uint8, seed=0):
    generator = np.random.default_rng(seed)
    if dtype == np.float32:
        return generator.random((height, width, 3), dtype=np.float32)
    return generator.integers(0, np.iinfo(dtype).max, (height, width, 3), dtype=dtype, endpoint=True)


def whole_and_tiled(layer, network, tiling):
    whole = restore_tiled(layer, runner(network), tiling._replace(tile_px=max(layer.shape)))
    return whole, restore_tiled(layer, runner(network), tiling)


def apart(first, second):
    """Largest difference on the scale of 0 to 255."""
    scale = 255 if first.dtype == np.float32 else 255 / np.iinfo(first.dtype).max
    return float(np.abs(first.astype(np.float64) - second).max() * scale)


@pytest.mark.parametrize("size", [(200, 300), (129, 257), (64, 65), (97, 16), (1, 200), (191, 1)])
@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32])
@pytest.mark.parametrize("blocks", [2, 8])
def test_tiled_equals_whole_at_odd_sizes_and_in_every_type(size, dtype, blocks):
    network = toy_network(blocks=blocks)
    layer = noise(*size, dtype)
    whole, tiled = whole_and_tiled(layer, network, choose_tiling(network, torch.device("cpu"), 64))
    assert tiled.shape == layer.shape
    assert tiled.dtype == layer.dtype
    assert apart(whole, tiled) <= 1
    assert apart(whole, layer) > 20


def test_without_a_margin_tiles_would_differ():
    network = toy_network()
    whole, tiled = whole_and_tiled(noise(128, 128), network, Tiling(64, 0))
    assert apart(whole, tiled) > 20


def test_one_level_of_a_16_bit_picture_survives_tiling():
    layer = noise(150, 70, np.uint16)
    assert np.array_equal(restore_tiled(layer, lambda tile: tile, Tiling(32, 16)), layer)


def test_no_seam_is_seen_where_neighbours_disagree():
    tones = iter(np.linspace(0.2, 0.8, 100))

    def disagreeing(tile):
        return torch.full_like(tile, next(tones))

    restored = restore_tiled(np.zeros((128, 160, 3), np.float32), disagreeing, Tiling(32, 32))
    step = max(np.abs(np.diff(restored, axis=axis)).max() for axis in (0, 1))
    assert 0 < step < 0.006 * 5 / 32 * 1.5  # rows of tiles are five tones apart, and fade over 32 pixels


def test_tiles_start_on_the_grid_of_the_codec():
    position = np.arange(200, dtype=np.uint16)
    layer = np.stack(np.broadcast_arrays(position[:, None], position[None, :], np.uint16(0)), axis=-1)
    corners = []

    def note(tile):
        corners.append([round(tile[0, channel, 0, 0].item() * 65535) for channel in (0, 1)])
        return tile

    restore_tiled(layer, note, Tiling(64, 16))
    assert len(corners) == 16
    assert all(y % 16 == 0 and x % 16 == 0 for y, x in corners)


def test_memory_running_out_halves_the_tile_and_changes_nothing():
    network = toy_network()
    layer = noise(300, 200)
    tiling = Tiling(1024, 32)
    seen = []

    def tight(tile):
        seen.append(max(tile.shape[-2:]))
        if tile.numel() > 3 * 200 * 200:
            raise RuntimeError("[enforce fail at alloc_cpu.cpp:124] DefaultCPUAllocator: can't allocate memory")
        return runner(network)(tile)

    restored = restore_tiled(layer, tight, tiling)
    assert apart(restored, restore_tiled(layer, runner(network), tiling)) <= 1
    assert seen[0] == 300
    assert max(seen[2:]) < 250


@pytest.mark.parametrize("error", [torch.OutOfMemoryError("CUDA out of memory."), MemoryError()])
def test_memory_that_is_never_enough_is_a_clear_error(error):
    def hopeless(tile):
        raise error

    with pytest.raises(ImageError, match="not enough memory to restore 500x300 pixels, even 64 at a time"):
        restore_tiled(noise(300, 500), hopeless, Tiling(1024, 32))


def test_another_error_is_not_taken_for_memory():
    def broken(tile):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    with pytest.raises(RuntimeError, match="mat1"):
        restore_tiled(noise(32, 32), broken, Tiling(64, 16))


def test_a_picture_that_fits_is_not_cut_and_a_larger_one_is():
    tiles = []

    def count(tile):
        tiles.append(tuple(tile.shape[-2:]))
        return tile

    for height, width in ((16, 500), (100, 500)):
        restore_tiled(noise(height, width), count, Tiling(64, 16).sparing(height, width))
    assert tiles[0] == (16, 500)
    assert len(tiles) == 1 + 2 * 8


def test_the_tile_is_chosen_by_device_and_network():
    cpu, cuda = torch.device("cpu"), torch.device("cuda")
    folding, full_size = TwoScaleGenerator(8, 2, 8, 1), ResidualGenerator(8, 1)
    assert choose_tiling(folding, cpu).tile_px == 2 * choose_tiling(full_size, cpu).tile_px == 1024
    assert choose_tiling(folding, cuda).tile_px > choose_tiling(folding, cpu).tile_px
    shallow = toy_network()
    assert choose_tiling(shallow, cpu).margin_px >= shallow.receptive_radius_px
    deep = TwoScaleGenerator()
    assert deep.receptive_radius_px / 2 <= choose_tiling(deep, cpu).margin_px < deep.receptive_radius_px


@pytest.mark.parametrize("tile_px", [63, 0, -64, 64.0, True, "64"])
def test_a_tile_size_out_of_range_is_refused(tile_px):
    with pytest.raises(OptionError, match=r"tile_px is .*; an integer from 64 was expected"):
        choose_tiling(toy_network(), torch.device("cpu"), tile_px)
