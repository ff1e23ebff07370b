import io
import warnings
from pathlib import Path

import numpy as np
import PIL.Image
import pytest

from artgan_hf.errors import ImageError
from artgan_hf.images import load_picture


def file_of(kind: str, width: int = 400, height: int = 300) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (height, width, 3)).astype(np.uint8)
    file = io.BytesIO()
    PIL.Image.fromarray(noise).save(file, kind)
    return file.getvalue()


def complaint_about(source: object, **options: int) -> str:
    with pytest.raises(ImageError) as caught:
        load_picture(source, **options)  # type: ignore[arg-type]
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_a_path_that_holds_no_picture_is_named_in_one_line(tmp_path: Path) -> None:
    absent, empty, text = tmp_path / "absent.jpg", tmp_path / "empty.png", tmp_path / "notes.jpg"
    empty.touch()
    text.write_text("no picture, only words")
    assert f"{absent} does not exist" in complaint_about(absent)
    assert f"{tmp_path} is a folder" in complaint_about(str(tmp_path))
    assert f"{empty} is empty" in complaint_about(empty)
    assert f"{text} is not a picture" in complaint_about(text)


def test_what_is_no_file_is_refused_with_advice() -> None:
    assert "download it first" in complaint_about("https://example.org/a.jpg")
    assert "binary" in complaint_about(io.StringIO("text"))
    assert "got list" in complaint_about([1, 2])
    assert "cannot be opened" in complaint_about("a\0b.jpg")
    closed = io.BytesIO(b"abc")
    closed.close()
    assert "closed" in complaint_about(closed)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
def test_a_file_cut_short_is_an_error_not_a_half_picture(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "cut"
    content = file_of(kind)
    path.write_bytes(content[: len(content) // 2])
    assert str(path) in complaint_about(path)
    path.write_bytes(content[:20])
    assert str(path) in complaint_about(path)


@pytest.mark.parametrize("kind", ["GIF", "PNG", "WEBP", "TIFF"])
def test_an_animation_is_refused(kind: str) -> None:
    frames = [PIL.Image.new("RGB", (8, 8), colour) for colour in ("red", "green", "blue")]
    file = io.BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=100)
    assert "pass one frame" in complaint_about(file)
    assert "pass one frame" in complaint_about(PIL.Image.open(file))
    one = PIL.Image.open(file).copy()
    assert load_picture(one).width == 8


def test_a_phone_picture_with_a_second_picture_inside_is_read_as_its_first() -> None:
    file = io.BytesIO()
    first = PIL.Image.new("RGB", (16, 8), "red")
    first.save(file, "MPO", save_all=True, append_images=[PIL.Image.new("RGB", (4, 4), "blue")])
    picture = load_picture(file.getvalue())
    assert (picture.width, picture.height, picture.is_jpeg) == (16, 8, True)
    assert load_picture(PIL.Image.open(file)).is_jpeg


def test_a_bomb_is_refused_by_its_header_and_the_limit_can_be_raised() -> None:
    bomb = bytearray(file_of("JPEG", 8, 8))
    frame = bomb.index(b"\xff\xc0")
    bomb[frame + 5 : frame + 9] = b"\xff\xff\xff\xff"  # 65535 x 65535, by the header alone
    assert "max_pixels" in complaint_about(bytes(bomb))
    assert "65535 x 65535" in complaint_about(bytes(bomb))
    picture = file_of("PNG", 40, 30)
    assert "--max-pixels" in complaint_about(picture, max_pixels=1199)
    assert load_picture(picture, max_pixels=1200).width == 40
    assert load_picture(picture, max_pixels=None).width == 40


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "BMP"])
def test_the_limit_of_the_process_neither_interferes_nor_changes(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 290_000)
    content = file_of(kind, 1000, 600)  # more than twice the limit, an error in PIL.Image.open
    with pytest.raises(PIL.Image.DecompressionBombError):
        PIL.Image.open(io.BytesIO(content))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert load_picture(content).layers[0].shape == (600, 1000, 3)
    assert [str(warning.message) for warning in caught] == []
    assert PIL.Image.MAX_IMAGE_PIXELS == 290_000


def test_where_pillow_insists_on_its_own_limit_that_limit_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(PIL.Image, "MAX_IMAGE_PIXELS", 290_000)
    content = file_of("WEBP", 1000, 600)
    try:
        assert load_picture(content).width == 1000  # an older Pillow
    except ImageError as error:
        assert "raise PIL.Image.MAX_IMAGE_PIXELS" in str(error)
    assert load_picture(file_of("WEBP", 500, 600)).width == 500  # beyond the limit, within twice the limit


def test_a_pipe_is_read_to_its_end() -> None:
    class Pipe(io.RawIOBase):
        content = io.BytesIO(file_of("PNG", 6, 5))

        def readable(self) -> bool:
            return True

        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation("seek")

        def read(self, size: int = -1) -> bytes:
            return self.content.read(size)

    assert load_picture(Pipe()).width == 6  # type: ignore[arg-type]


@pytest.mark.parametrize("content", [b"x", b"no", b"\xff", b"RIFF"])
def test_a_few_bytes_that_are_no_picture_are_refused_in_words(content):
    with pytest.raises(ImageError, match=r"not a picture|cannot|damaged"):
        load_picture(content)
