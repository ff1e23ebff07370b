"""Crop sheets show what they are given, where they should, twice as large."""

import numpy as np

from artgan_hf.cli.crop_sheet import SAMPLES, Cell, crop, draw_sheet, read_sample


def test_cells_stand_under_their_heads_enlarged_and_unblurred():
    colours = [[10, 60], [110, 160]]
    rows = [[Cell(np.full((50, 50, 3), colour, np.uint8)) for colour in row] for row in colours]
    sheet = np.asarray(draw_sheet(["one", "two"], rows))
    assert sheet.shape == (34 + 2 * 112, 12 + 2 * 112, 3)
    for j, row in enumerate(colours):
        for i, colour in enumerate(row):
            y, x = 34 + 112 * j, 12 + 112 * i
            assert (sheet[y : y + 100, x : x + 100] == colour).all()
            assert (sheet[y : y + 100, x + 100 : x + 112] == 255).all()


def test_a_caption_is_written_into_its_cell_alone():
    rows = [[Cell(np.zeros((60, 60, 3), np.uint8), "here"), Cell(np.zeros((60, 60, 3), np.uint8))]]
    sheet = np.asarray(draw_sheet(["a", "b"], rows))[34:154]
    assert sheet[:, 12:132].any()
    assert not sheet[:, 144:264].any()


def test_every_sample_has_room_for_its_crop():
    for name in SAMPLES:
        assert crop(read_sample(name), name).shape == (200, 200, 3)
