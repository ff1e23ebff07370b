import numpy as np
import pytest

from artgan_hf.images.planes import split_planes


def test_colour_hidden_by_alpha_never_reaches_a_layer_and_comes_back_untouched() -> None:
    planes = np.full((37, 50, 4), (255, 0, 255, 0), np.uint8)  # hidden magenta
    planes[10:20, 12:30] = (60, 120, 30, 255)
    planes[15, 15] = (60, 120, 30, 1)
    split = split_planes(planes)
    layer = split.layers[0]
    assert (layer == (60, 120, 30)).all()
    restored = np.clip(layer.astype(int) + 5, 0, 255).astype(np.uint8)
    joined = split.join([restored])
    assert np.array_equal(joined[..., 3], planes[..., 3])
    hidden = planes[..., 3] == 0
    assert (joined[hidden] == (255, 0, 255, 0)).all()
    assert (joined[~hidden][:, :3] == (65, 125, 35)).all()
    assert (planes[0, 0] == (255, 0, 255, 0)).all()


def test_hidden_pixels_take_the_colour_nearby() -> None:
    planes = np.zeros((16, 16, 2), np.float32)
    planes[:, :4] = (0.2, 1)
    planes[:, 12:] = (0.9, 0.5)
    layer = split_planes(planes).layers[0]
    assert np.allclose(layer[:, 4:7], 0.2)
    assert np.allclose(layer[:, 9:12], 0.9)


@pytest.mark.parametrize("alpha", [0, 255])
def test_alpha_that_is_the_same_everywhere_is_no_trouble(alpha: int) -> None:
    planes = np.random.default_rng(0).integers(0, 256, (5, 7, 4)).astype(np.uint8)
    planes[..., 3] = alpha
    split = split_planes(planes)
    assert np.array_equal(split.join(split.layers), planes)
    assert (split.layers[0] == (planes[..., :3] if alpha else 0)).all()


def test_a_picture_larger_than_a_strip_is_joined_whole() -> None:
    planes = np.random.default_rng(0).integers(0, 1 << 16, (700, 500, 2)).astype(np.uint16)
    planes[::3, ::5, 1] = 0
    split = split_planes(planes)
    assert np.array_equal(split.join([split.layers[0] / 65535]), planes)


def test_layers_of_opaque_pictures_are_views_not_copies() -> None:
    rgb, grey = np.zeros((4, 5, 3), np.uint8), np.zeros((4, 5, 1), np.float32)
    for planes in (rgb, grey):
        assert np.shares_memory(split_planes(planes).layers[0], planes)
