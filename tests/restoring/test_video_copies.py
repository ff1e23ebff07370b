"""What a video carries along comes out as it went in, or is named."""

import io

import av
import numpy as np
import PIL.Image
import pytest
from toy_models import toy_restorer
from video_files import write_video

from artgan_hf.codecs.video_file import is_cover
from artgan_hf.restoring.video import VideoRestorer

FONT = bytes(range(200))


@pytest.fixture(scope="module")
def restorer():
    return VideoRestorer(toy_restorer())


@pytest.fixture
def decorated(tmp_path):
    """A video with a cover and a font."""
    cover = io.BytesIO()
    PIL.Image.fromarray(np.full((8, 8, 3), 90, np.uint8)).save(cover, "png")
    plain = write_video(tmp_path / "plain.mp4", times=range(3))
    with av.open(str(plain)) as source, av.open(str(tmp_path / "a.mkv"), "w") as copy:
        video = copy.add_stream_from_template(source.streams.video[0])
        copy.add_attachment("front.png", "image/png", cover.getvalue())
        copy.add_attachment("a.ttf", "application/x-truetype-font", FONT)
        for packet in source.demux(video=0):
            if packet.size:
                packet.stream = video
                copy.mux(packet)
    return tmp_path / "a.mkv", cover.getvalue()


def cover_of(path):
    with av.open(str(path)) as container:
        stream = next(stream for stream in container.streams.video if is_cover(stream))
        return bytes(next(container.demux(stream)))


def test_covers_and_fonts_are_kept(restorer, tmp_path, decorated):
    source, cover = decorated
    restorer(source, tmp_path / "b.mkv")
    assert cover_of(tmp_path / "b.mkv") == cover
    with av.open(str(tmp_path / "b.mkv")) as copy:
        assert copy.streams.attachments[0].data == FONT
        assert [stream.metadata["filename"] for stream in copy.streams if "filename" in stream.metadata] == [
            "front.png", "a.ttf",
        ]  # fmt: skip


def test_what_does_not_fit_is_named_and_the_cover_crosses(restorer, tmp_path, decorated, caplog):
    source, cover = decorated
    restorer(source, tmp_path / "b.mp4")
    assert "attachment" in caplog.text
    assert ".mkv holds more" in caplog.text
    restorer(tmp_path / "b.mp4", tmp_path / "c.mp4")
    restorer(tmp_path / "c.mp4", tmp_path / "d.mkv")
    assert cover_of(tmp_path / "b.mp4") == cover_of(tmp_path / "c.mp4") == cover_of(tmp_path / "d.mkv") == cover


def test_broken_sound_is_left_out_and_the_pictures_stay(restorer, tmp_path, caplog):
    source = write_video(tmp_path / "a.ts", times=range(20), audio=True)
    content, sync = bytearray(source.read_bytes()), b"\xff\xf1"  # of a frame of AAC
    place = content.index(sync, content.index(sync) + 2)
    content[place : place + 2] = b"\0\0"
    source.write_bytes(content)
    assert restorer(source, tmp_path / "b.mp4").frames == 20
    assert "left out: 1" in caplog.text
