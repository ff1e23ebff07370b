import base64
import io

import numpy as np
import PIL.Image
import pytest

from artgan_hf.evaluation.crops import Box, cut_webp, most_harmed, pictures_to_show


def test_few_versions_leave_room_for_more_pictures_and_there_are_always_two():
    assert len(pictures_to_show(29, versions=3)) == 6
    assert len(pictures_to_show(29, versions=30)) == 4
    assert pictures_to_show(29, versions=200) == [0, 28]
    assert pictures_to_show(2, versions=3) == [0, 1]
    assert pictures_to_show(1, versions=3) == [0]


def test_the_square_is_where_the_error_is_and_inside_the_picture():
    clean = np.zeros((300, 700, 3), np.uint8)
    degraded = clean.copy()
    degraded[10, 650] = 200
    degraded[290, 10] = 100
    box = most_harmed(clean, degraded)
    assert box.left <= 650 < box.left + box.width <= 700
    assert box.top <= 10 < box.top + box.height <= 300


def test_a_small_picture_is_shown_whole():
    clean = np.zeros((40, 70), np.uint8)
    assert most_harmed(clean, clean) == Box(0, 0, 70, 40)


@pytest.mark.parametrize("shape", [(60, 80, 3), (60, 80)])
def test_a_crop_is_a_webp_of_that_part(shape):
    pixels = np.zeros(shape, np.uint8)
    pixels[20:40, 30:60] = 200
    image = PIL.Image.open(io.BytesIO(base64.b64decode(cut_webp(pixels, Box(30, 20, 30, 20)))))
    assert (image.format, image.size) == ("WEBP", (30, 20))
    assert np.abs(np.asarray(image.convert("L")).astype(int) - 200).max() <= 3
