"""Frames to RGB and back: every matrix and range by its formula, every depth, and no drift."""

import numpy as np
import pytest
from video_files import moving_picture

from artgan_hf.codecs.video_frames import FULL, LIMITED, Colour, choose_pixel_format, from_rgb, to_rgb

WEIGHTS = {1: (0.2126, 0.0722), 5: (0.299, 0.114), 6: (0.299, 0.114), 9: (0.2627, 0.0593)}
RED = np.full((16, 16, 3), (200, 40, 90), np.uint8)


def by_the_book(matrix, range_):
    """Y, Cb, Cr of RED, as ITU-R BT.601, 709 and 2020 define them."""
    red_share, blue_share = WEIGHTS[matrix]
    red, green, blue = RED[0, 0].astype(float)
    luma = red_share * red + (1 - red_share - blue_share) * green + blue_share * blue
    chroma = (blue - luma) / (2 * (1 - blue_share)), (red - luma) / (2 * (1 - red_share))
    if range_ == FULL:
        return luma, 128 + chroma[0], 128 + chroma[1]
    return 16 + luma * 219 / 255, 128 + chroma[0] * 224 / 255, 128 + chroma[1] * 224 / 255


@pytest.mark.parametrize("range_", [LIMITED, FULL])
@pytest.mark.parametrize("matrix", WEIGHTS)
def test_numbers_are_those_of_the_standard_and_come_back(matrix, range_):
    frame = from_rgb(RED, "yuv444p", Colour(matrix, range_, 1, 1))
    assert np.abs(frame.to_ndarray()[:, 0, 0] - np.array(by_the_book(matrix, range_))).max() < 1.5
    assert np.abs(to_rgb(frame).astype(int) - RED).max() <= 2


def test_what_a_file_does_not_say_is_guessed_by_its_height():
    for height, matrix in [(576, 6), (720, 1)]:
        picture = np.broadcast_to(RED[0, 0], (height, 16, 3))
        unsaid, said = (from_rgb(picture, "yuv420p", Colour(number, 0, 2, 2)) for number in (2, matrix))
        assert np.array_equal(unsaid.to_ndarray(), said.to_ndarray())


def test_a_picture_keeps_its_level_through_many_conversions():
    picture = moving_picture(0, 96, 128)
    colour = Colour(1, LIMITED, 1, 1)
    frame = from_rgb(picture, "yuv420p", colour)
    first = frame.to_ndarray().astype(int)
    for _ in range(5):
        frame = from_rgb(to_rgb(frame), "yuv420p", colour)
    drift = frame.to_ndarray() - first
    assert np.abs(drift[:96]).mean() < 0.05  # luma
    assert abs(drift[96:].mean()) < 0.1  # chroma blurs at sharp edges, but does not shift
    assert np.abs((to_rgb(frame).astype(float) - picture).mean()) < 0.3


def test_ten_bits_come_as_sixteen_and_keep_their_precision():
    ramp = np.linspace(0, 65535, 256).astype(np.uint16)
    picture = np.broadcast_to(ramp[None, :, None], (8, 256, 3))
    back = to_rgb(from_rgb(picture, "yuv420p10le", Colour(9, LIMITED, 9, 16)))
    assert back.dtype == np.uint16
    assert np.abs(back.astype(int) - picture).max() < 65535 / 512


@pytest.mark.parametrize("matrix", [1, 6])
@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv444p"])
def test_full_range_shifts_no_colour(pixel_format, matrix):
    y, x = np.mgrid[0:96, 0:128]
    picture = np.rint(40 + 175 * np.stack([x / 127, y / 95, (x + y) / 222], axis=-1)).astype(np.uint8)
    back = to_rgb(from_rgb(picture, pixel_format, Colour(matrix, FULL, 1, 1)))
    assert np.abs((back.astype(float) - picture).mean((0, 1))).max() < 0.2


@pytest.mark.parametrize("pixel_format", ["yuv420p10le", "yuv422p10le", "yuv444p10le", "yuv420p12le"])
def test_colours_of_deep_frames_come_back(pixel_format):
    y, x = np.mgrid[0:48, 0:64]
    picture = np.rint(np.stack([x / 63, y / 47, (x + y) / 110], axis=-1) * 65535).astype(np.uint16)
    back = to_rgb(from_rgb(picture, pixel_format, Colour(9, LIMITED, 9, 16)))
    assert np.abs(back.astype(float) - picture).mean() < 65535 / 512


@pytest.mark.parametrize(
    ("encoder", "source", "height", "width", "chosen"),
    [
        ("libx264", "yuv420p", 48, 64, "yuv420p"),
        ("libx264", "yuv420p10le", 48, 64, "yuv420p10le"),
        ("libx264", "yuv420p", 47, 64, "yuv444p"),
        ("libx264", "yuv444p", 48, 64, "yuv444p"),
        ("libx264", "gbrp", 48, 64, "yuv444p"),
        ("libx264", "gray", 48, 64, "yuv420p"),
        ("libvpx-vp9", "yuv420p", 47, 63, "yuv420p"),
        ("libsvtav1", "yuv444p", 48, 64, "yuv420p"),
        ("libx264", "uyvy422", 48, 64, "yuv422p"),
        ("libx264", "yuv411p", 48, 64, "yuv422p"),
        ("libx264", "p010le", 48, 64, "yuv420p10le"),
    ],
)
def test_the_sources_pixel_format_is_kept_or_the_nearest_taken(encoder, source, height, width, chosen):
    assert choose_pixel_format(encoder, source, height, width) == chosen
