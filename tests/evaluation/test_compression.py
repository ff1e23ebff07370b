import io
import sys

import numpy as np
import PIL.Image
import pytest

from artgan_hf.codecs import degrade, encode
from artgan_hf.codecs.video import VideoEncoding, degrade_clip
from artgan_hf.errors import MissingExtraError, OptionError, QualityError, ShapeError
from artgan_hf.evaluation.compression import make_codec

ROWS, COLUMNS, CHANNEL = np.ogrid[:33, :48, :3]
CLEAN = (127 + 90 * np.sin(ROWS / 3) * np.cos(COLUMNS / 5 + CHANNEL)).astype(np.uint8)


def error(pixels, clean=CLEAN):
    return np.square(pixels.astype(float) - clean).mean()


def test_jpeg_gives_the_model_the_very_file():
    compressed = make_codec("jpeg", subsampling="4:4:4").compress(CLEAN, 20)
    assert compressed.file == encode(CLEAN, 20, subsampling="4:4:4")
    assert compressed.coded_bytes == len(compressed.file)
    assert np.array_equal(compressed.pixels, degrade(CLEAN, 20, subsampling="4:4:4"))


@pytest.mark.parametrize("name", ["h264", "h265"])
def test_a_video_codec_gives_the_model_its_decoded_key_frame_without_further_loss(name):
    compressed = make_codec(name).compress(CLEAN, 37)
    clip = degrade_clip([CLEAN], VideoEncoding(name, 37))
    given = PIL.Image.open(io.BytesIO(compressed.file))
    assert given.format == "PNG"
    assert np.array_equal(np.asarray(given), compressed.pixels)
    assert np.array_equal(compressed.pixels, clip.frames[0])
    assert compressed.coded_bytes == clip.bytes


@pytest.mark.parametrize(("name", "qualities"), [("jpeg", (5, 60)), ("h264", (18, 45)), ("h265", (18, 45))])
def test_the_worst_comes_first_whichever_way_the_numbers_go(name, qualities):
    codec = make_codec(name)
    worst, best = (codec.compress(CLEAN, quality) for quality in codec.worst_first(qualities))
    assert error(worst.pixels) > error(best.pixels)
    assert worst.coded_bytes < best.coded_bytes


@pytest.mark.parametrize("name", ["h264", "h265"])
def test_grey_goes_through_a_video_codec_as_colour_and_comes_back_grey(name):
    grey = CLEAN[..., 0]
    compressed = make_codec(name).compress(grey, 10)
    assert compressed.pixels.shape == grey.shape
    assert PIL.Image.open(io.BytesIO(compressed.file)).mode == "L"
    assert error(compressed.pixels, grey) < 4


def test_each_codec_says_what_it_is():
    assert make_codec("jpeg").describe(grey=True).startswith("JPEG grey by Pillow ")
    assert make_codec("h264").describe(grey=False).startswith("H.264 4:2:0 by libx264 (PyAV ")
    assert "H.265" in make_codec("h265").describe(grey=True)


def test_what_a_codec_does_not_know_is_refused_before_a_long_run():
    with pytest.raises(OptionError, match="known: jpeg, h264, h265"):
        make_codec("vp9")
    with pytest.raises(OptionError, match="JPEG alone: leave it out for h264"):
        make_codec("h264", subsampling="4:4:4")
    with pytest.raises(OptionError, match="subsampling is '4:1:0'"):
        make_codec("jpeg", subsampling="4:1:0").check([10])
    with pytest.raises(QualityError):
        make_codec("jpeg").check([10, 0])
    with pytest.raises(OptionError, match="crf is 52"):
        make_codec("h264").check([37, 52])
    for name in ("jpeg", "h264"):
        with pytest.raises(OptionError, match=r"no (quality|CRF) was given"):
            make_codec(name).check([])


def test_a_picture_too_small_for_the_encoder_is_refused():
    with pytest.raises(ShapeError, match=r"48x15 pixels; H\.265 needs at least 16x16"):
        make_codec("h265").compress(CLEAN[:15], 37)


def test_without_pyav_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtraError, match=r"artgan-hf\[video\]"):
        make_codec("h264").check([37])
