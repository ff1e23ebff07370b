"""Whatever is not a video is one clear line."""

import os
import subprocess
import sys

import numpy as np
import PIL.Image
import pytest
from video_files import frame_times, moving_picture, write_video

from artgan_hf.codecs.video_file import read_clip
from artgan_hf.errors import OptionError, VideoError


def test_a_clip_is_read_frame_by_frame(tmp_path):
    path = write_video(tmp_path / "a.mp4", options={"crf": "5"})
    clip = read_clip(path)
    assert len(clip.frames) == len(frame_times(path)) == 12
    assert np.abs(clip.frames[3].astype(int) - moving_picture(3)).mean() < 4
    assert clip.fps == 25
    assert clip.kbps == pytest.approx(path.stat().st_size * 8 / 0.48 / 1000, rel=0.01)
    assert len(read_clip(path, limit=3).frames) == 3


def test_what_is_no_video_is_named_with_the_way_out(tmp_path):
    (tmp_path / "text.mp4").write_text("hello\n" * 300)
    (tmp_path / "empty.mp4").touch()
    PIL.Image.new("RGB", (8, 8)).save(tmp_path / "picture.png")
    (tmp_path / "list.m3u8").write_text("#EXTM3U\n#EXTINF:5,\nhttp://127.0.0.1:9/a.ts\n#EXT-X-ENDLIST\n")
    for name, message in [
        ("text.mp4", "cannot be read as a video"),
        ("empty.mp4", "is empty"),
        ("list.m3u8", "cannot be read as a video"),
        ("picture.png", "is a picture"),
        ("missing.mp4", "does not exist"),
        (".", "is not a file"),
    ]:
        with pytest.raises(VideoError, match=message) as caught:
            read_clip(tmp_path / name)
        assert str(tmp_path) in str(caught.value)
    with pytest.raises(OptionError, match="limit is 0"):
        read_clip(tmp_path / "text.mp4", limit=0)


FORKED = """
import gc, os, sys
from artgan_hf.codecs.video_file import decoded_frames, opened_video

def fail():
    with opened_video(sys.argv[1]) as (container, stream):
        for frame in decoded_frames(container, stream):
            raise ValueError

gc.disable()
try:
    fail()
except ValueError as error:
    error.itself = error  # a circle, which only the collector undoes
if os.fork() == 0:
    gc.collect()
    os._exit(0)
os.wait()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_decoder_left_to_the_collector_does_not_hang_a_forked_process(tmp_path):
    path = write_video(tmp_path / "clip.mp4", height=720, width=1280)
    subprocess.run([sys.executable, "-c", FORKED, str(path)], check=True, timeout=60)
