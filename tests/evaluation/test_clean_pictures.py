import numpy as np
import PIL.Image
import pytest

from artgan_hf.errors import DataError, ImageError, OptionError
from artgan_hf.evaluation.clean_pictures import list_clean, read_clean, to_pixels, to_tensor


def test_pictures_come_in_the_order_of_their_names_without_hidden_files(pictures):
    assert [path.name for path in list_clean(pictures)] == ["a.png", "b.png", "c.png"]
    assert [path.name for path in list_clean(pictures, limit=2)] == ["a.png", "b.png"]


def test_a_broken_picture_is_named_before_anything_is_scored(pictures):
    (pictures / "broken.png").write_bytes(b"no picture")
    with pytest.raises(ImageError, match=r"broken\.png cannot be read"):
        list_clean(pictures)


def test_a_truncated_picture_is_named_when_it_is_read(pictures):
    whole = (pictures / "a.png").read_bytes()
    (pictures / "a.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ImageError, match=r"a\.png cannot be decoded"):
        read_clean(list_clean(pictures)[0])


@pytest.mark.parametrize("mode", ["RGBA", "I;16"])
def test_a_picture_that_jpeg_cannot_hold_is_refused(pictures, mode):
    PIL.Image.new(mode, (16, 16)).save(pictures / "odd.png")
    with pytest.raises(ImageError, match=r"odd\.png is of mode .*opaque 8-bit"):
        list_clean(pictures)


def test_an_empty_or_missing_folder_is_an_error(tmp_path):
    with pytest.raises(DataError, match="holds no picture"):
        list_clean(tmp_path)
    with pytest.raises(ImageError, match="is not a folder"):
        list_clean(tmp_path / "nowhere")
    with pytest.raises(OptionError, match="limit is 0"):
        list_clean(tmp_path, limit=0)


def test_videos_are_sent_to_the_command_for_them(tmp_path):
    clip = tmp_path / "talk.MP4"
    clip.write_bytes(b"")
    for data in (tmp_path, clip):
        with pytest.raises(DataError, match=r"artgan evaluate-video .*talk\.MP4$"):
            list_clean(data)
    PIL.Image.new("L", (4, 3)).save(tmp_path / "still.png")
    assert list_clean(tmp_path) == [tmp_path / "still.png"]


def test_grey_pictures_stay_grey_and_colour_is_made_grey_in_studio_range(tmp_path):
    PIL.Image.new("L", (4, 3), 77).save(tmp_path / "grey.png")
    PIL.Image.new("RGB", (4, 3), (255, 255, 255)).save(tmp_path / "white.png")
    np.testing.assert_array_equal(read_clean(tmp_path / "grey.png", grey=True), np.full((3, 4), 77))
    np.testing.assert_array_equal(read_clean(tmp_path / "white.png", grey=True), np.full((3, 4), 235))
    assert read_clean(tmp_path / "white.png").shape == (3, 4, 3)


def test_a_turned_photo_is_stood_upright(tmp_path):
    image = PIL.Image.new("RGB", (4, 3))
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.png", exif=exif)
    assert read_clean(tmp_path / "turned.png").shape == (4, 3, 3)


def test_every_8_bit_level_survives_the_way_to_a_tensor_and_back():
    levels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    np.testing.assert_array_equal(to_pixels(to_tensor(levels)), levels)
