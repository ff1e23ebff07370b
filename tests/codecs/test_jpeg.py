import io

import numpy as np
import PIL.Image
import pytest

from artgan_hf.codecs import degrade, degrade_twice, encode, quantisation_tables, read_jpeg_info
from artgan_hf.codecs.jpeg_coefficients import read_coefficients
from artgan_hf.codecs.jpeg_markers import ZIGZAG
from artgan_hf.errors import ImageError, OptionError, QualityError, ShapeError

SUBSAMPLINGS = ["4:4:4", "4:2:2", "4:2:0"]


def pattern(height: int = 19, width: int = 26) -> np.ndarray:
    smooth = np.sin(np.arange(height * width * 3).reshape(height, width, 3) / 40)
    return ((smooth + 1) * 127).astype(np.uint8)


@pytest.mark.parametrize("subsampling", SUBSAMPLINGS)
def test_every_quality_and_subsampling_is_read_exactly(subsampling: str) -> None:
    for quality in range(1, 101):
        file = encode(pattern(9, 17), quality, subsampling=subsampling)
        info = read_jpeg_info(file)
        assert (info.quality, info.quality_is_exact, info.subsampling) == (quality, True, subsampling)
        assert info.tables == quantisation_tables(quality)
        assert (info.width, info.height, info.progressive) == (17, 9, False)
        assert read_jpeg_info(PIL.Image.open(io.BytesIO(file))) == info


def test_our_tables_are_what_libjpeg_writes() -> None:
    for quality in range(1, 101):
        file = io.BytesIO()
        PIL.Image.new("RGB", (8, 8)).save(file, "JPEG", quality=quality)
        written = PIL.Image.open(file).quantization  # type: ignore[attr-defined]
        assert (tuple(written[0]), tuple(written[1])) == quantisation_tables(quality)


def test_grey_progressive_and_decoded_files_are_read_too() -> None:
    grey = read_jpeg_info(encode(pattern()[..., 0], 42, progressive=True))
    assert (grey.quality, grey.quality_is_exact, grey.subsampling, grey.progressive) == (42, True, "grey", True)
    assert grey.tables == quantisation_tables(42)[:1]
    image = PIL.Image.open(io.BytesIO(encode(pattern(), 42, subsampling="4:2:2", progressive=True)))
    image.load()
    info = read_jpeg_info(image)
    assert (info.quality, info.subsampling, info.progressive) == (42, "4:2:2", True)


def test_custom_tables_are_the_nearest_quality_and_said_to_be() -> None:
    luma, chroma = quantisation_tables(50)
    near = [min(step + 1, 255) for step in luma]
    file = io.BytesIO()
    PIL.Image.fromarray(pattern()).save(file, "JPEG", qtables=[near, list(chroma)])
    info = read_jpeg_info(file)
    assert info.quality_is_exact is False
    assert 47 <= info.quality <= 50
    assert info.tables == (tuple(near), chroma)
    file = io.BytesIO()
    PIL.Image.fromarray(pattern()).save(file, "JPEG", qtables=[list(luma), near])
    assert read_jpeg_info(file).quality_is_exact is False


@pytest.mark.parametrize("quality", [1, 30, 100])
def test_cmyk_files_are_read_by_their_one_table(quality: int) -> None:
    file = io.BytesIO()
    PIL.Image.new("CMYK", (20, 10), (9, 40, 90, 3)).save(file, "JPEG", quality=quality)
    for source in (file, PIL.Image.open(file)):
        info = read_jpeg_info(source)
        assert (info.quality, info.quality_is_exact, info.subsampling) == (quality, True, "other")
        assert info.tables == quantisation_tables(quality)[:1]


def test_rgb_files_are_read_by_their_one_table() -> None:
    file = io.BytesIO()
    PIL.Image.fromarray(pattern()).save(file, "JPEG", quality=33, keep_rgb=True)
    for source in (file, PIL.Image.open(file)):
        assert read_jpeg_info(source).tables == quantisation_tables(33)[:1]
        assert read_jpeg_info(source).quality_is_exact


def test_tables_of_16_bit_steps_are_exact() -> None:
    luma, chroma = quantisation_tables(5, is_baseline=False)
    assert max(luma) > 255
    file = encode(pattern(), 50)
    begin = file.index(b"\xff\xdb")
    end = file.index(b"\xff\xc0")
    body = b"".join(
        bytes([0x10 | index]) + np.array(table)[list(ZIGZAG)].astype(">u2").tobytes()
        for index, table in enumerate((luma, chroma))
    )
    wide = file[:begin] + b"\xff\xdb" + (len(body) + 2).to_bytes(2, "big") + body + file[end:]
    info = read_jpeg_info(wide)
    assert (info.quality, info.quality_is_exact, info.tables) == (5, True, (luma, chroma))


def odd_files(file: bytes) -> list[bytes]:
    """The file with stray bytes between its segments, and with an Adobe segment that says nothing of colour."""
    jfif, scan = file.index(b"\xff\xdb"), file.index(b"\xff\xda")
    adobe = b"\xff\xee\x00\x09Adobe\x00\x64"
    strays = [(jfif, b"\x00"), (jfif, b"\xff\x00"), (jfif, adobe), (scan, b"\x00\x01\xff\xff")]
    return [file[:place] + stray + file[place:] for place, stray in strays]


def test_headers_that_libjpeg_forgives_are_read() -> None:
    file = encode(pattern(), 42)
    for odd in odd_files(file):
        assert np.array_equal(PIL.Image.open(io.BytesIO(odd)), PIL.Image.open(io.BytesIO(file)))
        assert read_jpeg_info(odd) == read_jpeg_info(file)
        for plane, expected in zip(read_coefficients(odd).planes, read_coefficients(file).planes, strict=True):
            assert np.array_equal(plane.samples, expected.samples)


def test_what_is_no_jpeg_is_one_clear_line() -> None:
    png = io.BytesIO()
    PIL.Image.new("RGB", (4, 4)).save(png, "PNG")
    converted = PIL.Image.open(io.BytesIO(encode(pattern(), 50))).convert("L")
    cut = encode(pattern(), 50)[:60]
    for source, hint in (
        (png, "not a JPEG"),
        (PIL.Image.open(png), "PNG"),
        (converted, "no longer"),
        (cut, "cut short"),
    ):
        with pytest.raises(ImageError, match=hint) as caught:
            read_jpeg_info(source)  # type: ignore[arg-type]
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize("subsampling", SUBSAMPLINGS)
def test_degrade_is_pillows_own_round_trip(subsampling: str) -> None:
    for clean in (pattern(), pattern()[..., 0]):
        file = io.BytesIO()
        PIL.Image.fromarray(clean).save(file, "JPEG", quality=20, subsampling=subsampling)
        expected = np.array(PIL.Image.open(file))
        assert np.array_equal(degrade(clean, 20, subsampling=subsampling), expected)
        assert np.array_equal(degrade(clean, 20, subsampling=subsampling, progressive=True), expected)


def blockiness_by_column(image: np.ndarray) -> np.ndarray:
    steps = np.abs(np.diff(image.astype(float), axis=1)).mean(axis=0)
    return np.array([steps[column::8].mean() for column in range(8)])


def test_degrade_twice_puts_the_first_grid_where_it_says() -> None:
    clean = np.add.outer(np.arange(64) * 2.0, np.arange(96) * 1.3).astype(np.uint8)
    assert degrade_twice(clean, 10, 90, shift_px=(3, 5)).shape == clean.shape
    shifted = blockiness_by_column(degrade_twice(clean, 5, 98, shift_px=(0, 3)))
    aligned = blockiness_by_column(degrade_twice(clean, 5, 98, shift_px=(0, 0)))
    assert aligned.argmax() == 7  # between columns 7 and 8
    assert shifted.argmax() == 4  # the first grid began 3 columns further left: between 4 and 5


def test_degrade_twice_without_a_shift_is_two_round_trips() -> None:
    clean = pattern()
    assert np.array_equal(degrade_twice(clean, 10, 60, shift_px=(0, 0)), degrade(degrade(clean, 10), 60))
    assert not np.array_equal(degrade_twice(clean, 10, 60), degrade(degrade(clean, 10), 60))


@pytest.mark.parametrize("quality", [0, 101, -1, 7.5, True, "10", None, np.float64(10)])
def test_a_wrong_quality_is_refused_by_every_function(quality: object) -> None:
    expected = "a JPEG quality is an integer from 1 to 100"
    for call in (
        lambda: quantisation_tables(quality),  # type: ignore[arg-type]
        lambda: degrade(pattern(), quality),  # type: ignore[arg-type]
        lambda: degrade_twice(pattern(), quality, 50),  # type: ignore[arg-type]
        lambda: degrade_twice(pattern(), 50, quality),  # type: ignore[arg-type]
    ):
        with pytest.raises(QualityError, match=expected) as caught:
            call()
        assert f"quality is {quality!r};" in str(caught.value)


def test_numpy_integers_are_integers() -> None:
    assert np.array_equal(degrade(pattern(), np.int64(10)), degrade(pattern(), 10))  # type: ignore[arg-type]


def test_other_wrong_arguments_are_refused() -> None:
    with pytest.raises(OptionError, match="4:2:0"):
        degrade(pattern(), 10, subsampling="4:1:1")
    with pytest.raises(OptionError, match="shift_px"):
        degrade_twice(pattern(), 10, 20, shift_px=(-1, 0))
    for wrong in (
        pattern().astype(float),
        pattern()[None],
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
    ):
        with pytest.raises(ShapeError, match="uint8"):
            degrade(wrong, 10)
