"""A restored video is the source with better pictures: same times, size, colour, sound, words and entries."""

import io
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction

import av
import numpy as np
import PIL.Image
import pytest
from toy_models import toy_folder, toy_restorer
from video_files import first_frame, frame_times, moving_picture, packets_of, write_video

from artgan_hf.codecs.video_file import read_clip
from artgan_hf.codecs.video_frames import side_data
from artgan_hf.errors import IncompatibleModelError, OptionError, ShapeError, VideoError
from artgan_hf.restoring.video import VideoRestorer

MILLISECONDS = Fraction(1, 1000)
UNEVEN = [0, 100, 250, 251, 900, 1000, 1700, 1750, 2400, 2401, 2402, 3500]
CHAPTERS = [
    {"id": 1, "start": 0, "end": 200, "time_base": MILLISECONDS, "metadata": {"title": "one"}},
    {"id": 2, "start": 200, "end": 480, "time_base": MILLISECONDS, "metadata": {"title": "two"}},
]


@pytest.fixture(scope="module")
def restorer():
    return VideoRestorer(toy_restorer())


class Brighter:
    """Stands in for a restorer whose work survives the encoder."""

    name = "brighter"

    def __call__(self, frame):
        return np.minimum(frame, 225) + 30


def test_every_frame_is_what_the_restorer_makes_of_it(tmp_path):
    source = write_video(tmp_path / "a.mp4")
    result = VideoRestorer(Brighter())(source, tmp_path / "b.mp4", crf=1)
    assert (result.frames, result.lost, result.model) == (12, 0, "brighter")
    assert result.fps == pytest.approx(12 / result.seconds)
    before, after = read_clip(source).frames, read_clip(tmp_path / "b.mp4").frames
    for frame, restored in zip(before, after, strict=True):
        assert np.abs(Brighter()(frame).astype(int) - restored).mean() < 2.5  # half of the colour is lost in 4:2:0


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("uneven.mp4", {"times": UNEVEN, "time_base": MILLISECONDS}),
        ("uneven.mkv", {"times": UNEVEN, "time_base": MILLISECONDS}),
        ("ntsc.mov", {"times": range(0, 12 * 1001, 1001), "time_base": Fraction(1, 30000)}),
        ("late.mp4", {"times": range(5, 17)}),
        ("cut.mp4", {"times": range(-5, 12)}),  # an edit list hides what lies before 0
    ],
)
def test_frames_and_sound_keep_their_times_to_the_tick(restorer, tmp_path, name, made):
    source = write_video(tmp_path / name, audio=True, options={"crf": "20", "bf": "3"}, **made)
    result = restorer(source, tmp_path / "out" / name)
    assert frame_times(tmp_path / "out" / name) == frame_times(source)
    assert packets_of(tmp_path / "out" / name, "audio") == packets_of(source, "audio")
    assert (result.frames, result.lost) == (12, 0)


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "mov_text"), ("a.mkv", "subrip")])
def test_words_chapters_and_entries_are_copied(restorer, tmp_path, name, codec):
    entries = {"title": "A talk", "comment": "in June", "creation_time": "2020-01-02T03:04:05.000000Z"}
    source = write_video(tmp_path / name, subtitles=codec, chapters=CHAPTERS, metadata=entries, audio=True)
    restorer(source, tmp_path / f"out-{name}")
    assert packets_of(tmp_path / f"out-{name}", "subtitles") == packets_of(source, "subtitles")
    with av.open(str(tmp_path / f"out-{name}")) as copy:
        kept = {key.lower(): value for key, value in copy.metadata.items()}
        assert kept["title"] == "A talk"
        assert kept["comment"] == "in June"
        assert kept["creation_time"].startswith("2020-01-02T03:04:05")
        assert [chapter["metadata"]["title"] for chapter in copy.chapters()] == ["one", "two"]
        assert copy.streams.audio[0].metadata["language"] == "ita"


def test_rotation_shape_of_pixels_and_colour_are_carried(tmp_path):
    source = write_video(tmp_path / "a.mp4", rotation=90, aspect=Fraction(4, 3), colour=(1, 2, 1, 1))
    VideoRestorer(Brighter())(source, tmp_path / "b.mp4", crf=1)
    frame = first_frame(tmp_path / "b.mp4")
    assert frame.rotation == 90
    assert (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc) == (1, 2, 1, 1)
    assert (frame.width, frame.height) == (64, 48)
    with av.open(str(tmp_path / "b.mp4")) as copy:
        assert copy.streams.video[0].sample_aspect_ratio == Fraction(4, 3)
    expected = Brighter()(read_clip(source, limit=1).frames[0])
    assert np.abs(expected.astype(int) - read_clip(tmp_path / "b.mp4", limit=1).frames[0]).mean() < 2.5


def test_ten_bits_stay_ten_bits(restorer, tmp_path):
    options = {"x265-params": "log-level=none"}
    colour = (9, 1, 9, 16)
    source = write_video(
        tmp_path / "a.mp4", codec="libx265", pixel_format="yuv420p10le", options=options, colour=colour, times=range(4)
    )
    restorer(source, tmp_path / "b.mp4")
    frame = first_frame(tmp_path / "b.mp4")
    assert frame.format.name == "yuv420p10le"
    assert (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc) == colour
    with av.open(str(tmp_path / "b.mp4")) as copy:
        assert copy.streams.video[0].codec_context.name == "hevc"  # as the source


@pytest.mark.parametrize(("size", "stored"), [((48, 64), "yuv420p"), ((47, 64), "yuv444p")])
def test_for_browsers_is_8_bits_and_half_the_colour(tmp_path, size, stored):
    height, width = size
    source = write_video(tmp_path / "a.mkv", height=height, width=width, pixel_format="yuv444p10le", times=range(2))
    VideoRestorer(toy_restorer(strength=0))(source, tmp_path / "b.mp4", crf=1, for_browsers=True)
    frame = first_frame(tmp_path / "b.mp4")
    assert ((frame.height, frame.width), frame.format.name) == (size, stored)
    before, after = (read_clip(path, limit=1).frames[0] for path in (source, tmp_path / "b.mp4"))
    assert np.abs(before.astype(int) - after).mean() < 2.5


def test_odd_sizes_stay(restorer, tmp_path):
    options = {"b": "0", "crf": "20", "cpu-used": "8"}
    source = write_video(tmp_path / "a.webm", height=47, width=63, codec="libvpx-vp9", options=options, times=range(4))
    for name in ("b.mp4", "b.webm"):
        restorer(source, tmp_path / name)
        frame = first_frame(tmp_path / name)
        assert (frame.width, frame.height) == (63, 47)


def test_a_file_that_was_cut_off_is_restored_as_far_as_it_goes(restorer, tmp_path):
    whole = write_video(tmp_path / "whole.mkv", times=range(40), options={"crf": "10", "g": "5"}, audio=True)
    (tmp_path / "cut.mkv").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    result = restorer(tmp_path / "cut.mkv", tmp_path / "b.mkv")
    assert 10 < result.frames < 35
    assert result.frames + result.lost == pytest.approx(40, abs=3)  # the sound is a little longer
    assert set(frame_times(tmp_path / "b.mkv")) <= set(frame_times(whole))


def test_broken_packets_are_counted_and_the_rest_is_restored(restorer, tmp_path):
    path = write_video(tmp_path / "a.mkv", times=range(20), options={"crf": "10", "g": "1"})
    content = bytearray(path.read_bytes())
    with av.open(str(path)) as file:
        places = [packet.pos for packet in file.demux(video=0) if packet.size]
    for place in (places[6], places[7]):
        content[place + 8 : place + 200] = bytes(192)
    path.write_bytes(content)
    result = restorer(path, tmp_path / "b.mkv")
    assert result.frames == 18
    assert result.lost == 2


def test_targets_that_cannot_be_are_refused_before_anything_is_written(restorer, tmp_path):
    source = write_video(tmp_path / "a.mp4", times=range(3))
    (tmp_path / "there.mp4").write_bytes(b"mine")
    (tmp_path / "file").touch()
    for target, error, message in [
        ("a.mp4", OptionError, "replace the original"),
        ("b.avi", OptionError, "must end in .mp4"),
        ("there.mp4", VideoError, "there already"),
        (f"{'b' * 250}.mp4", VideoError, "cannot be written"),  # there is no room for the end of its unfinished name
    ]:
        with pytest.raises(error, match=message):
            restorer(source, tmp_path / target)
    for encoder, name in [("h264", "b.webm"), ("av1", "b.mov")]:
        with pytest.raises(OptionError, match=r"takes auto, .*; \.mkv takes all"):
            restorer(source, tmp_path / name, encoder=encoder)
    for knobs, message in [
        ({"encoder": "mpeg2"}, "encoder is 'mpeg2'"),
        ({"crf": 70}, "crf is 70"),
        ({"preset": "quick"}, "preset is 'quick', but h264 takes ultrafast"),
        ({"encoder": "vp9", "preset": "fast"}, "vp9 takes none"),
    ]:
        with pytest.raises(OptionError, match=message):
            restorer(source, tmp_path / "b.mp4", **knobs)
    assert (tmp_path / "there.mp4").read_bytes() == b"mine"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "file", "there.mp4"]


def test_a_failure_half_way_leaves_nothing_and_an_old_result_as_it_was(tmp_path):
    class Failing:
        name = "failing"
        calls = 0

        def __call__(self, frame):
            self.calls += 1
            if self.calls == 5:
                raise IncompatibleModelError("broken weights")
            return frame

    source = write_video(tmp_path / "a.mp4")
    (tmp_path / "b.mp4").write_bytes(b"old")
    with pytest.raises(IncompatibleModelError, match="broken weights"):
        VideoRestorer(Failing())(source, tmp_path / "b.mp4", overwrite=True)
    assert (tmp_path / "b.mp4").read_bytes() == b"old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.mp4", "b.mp4"]


SLOW = """
import sys, time
from artgan_hf.restoring.video import VideoRestorer
class Slow:
    name = "slow"
    def __call__(self, frame):
        print("frame", flush=True)
        for _ in range(600):
            time.sleep(0.05)
        return frame
VideoRestorer(Slow())(sys.argv[1], sys.argv[2])
"""


@pytest.mark.parametrize("blow", [signal.SIGINT, signal.SIGKILL])
def test_a_run_that_is_stopped_leaves_no_file_by_the_targets_name(tmp_path, blow):
    source = write_video(tmp_path / "a.mp4", times=range(400), options={"crf": "40", "preset": "ultrafast"})
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(source), str(tmp_path / "b.mp4")],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    assert process.stdout.readline()
    time.sleep(0.1)
    process.send_signal(blow)
    assert process.wait(20) != 0  # amid a frame that takes 30 s
    process.stdout.close()
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["a.mp4"] if blow == signal.SIGINT else "b.mp4" not in left


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_interlaced_frames_stay_so(restorer, tmp_path, suffix):
    options = {"flags": "+ilme+ildct", "crf": "20", "preset": "veryfast"}
    source = write_video(tmp_path / "a.mp4", times=range(4), options=options)
    assert first_frame(source).interlaced_frame
    restorer(source, tmp_path / f"b{suffix}")
    with av.open(str(tmp_path / f"b{suffix}")) as copy:
        assert [frame.interlaced_frame for frame in copy.decode(video=0)] == [True] * 4


def test_what_hdr_says_of_its_display_is_carried(restorer, tmp_path):
    said = "G(13250,34500)B(7500,3000)R(34000,16000)WP(15635,16450)L(10000000,50):max-cll=1000,400"
    options = {"x265-params": f"log-level=none:pools=none:frame-threads=1:master-display={said}"}
    source = write_video(
        tmp_path / "a.mp4", codec="libx265", pixel_format="yuv420p10le", options=options, colour=(9, 1, 9, 16),
        times=range(3),
    )  # fmt: skip
    before = side_data(first_frame(source))
    assert {"MASTERING_DISPLAY_METADATA", "CONTENT_LIGHT_LEVEL"} <= before.keys()
    for encoder in ("h265", "h264", "av1"):
        restorer(source, tmp_path / f"{encoder}.mkv", encoder=encoder, preset="8" if encoder == "av1" else "ultrafast")
        after = side_data(first_frame(tmp_path / f"{encoder}.mkv"))
        assert after["CONTENT_LIGHT_LEVEL"] == before["CONTENT_LIGHT_LEVEL"]
        assert luminance(after) == pytest.approx(luminance(before), rel=1e-3)


def luminance(known):
    least, least_by, greatest, greatest_by = np.frombuffer(known["MASTERING_DISPLAY_METADATA"], np.int32, 4, offset=64)
    return least / least_by, greatest / greatest_by


def test_closed_captions_are_carried(restorer, tmp_path):
    source = write_video(tmp_path / "a.h264", times=range(4), options={"bf": "0", "tune": "zerolatency"})
    words = b"\xb5\x00\x31GA94\x03\x41\xff\xfc\xc1\xc2\xff"  # as in ATSC A/53: one pair of letters
    mark, caption = b"\0\0\1", b"\x06\x04" + bytes([len(words)]) + words + b"\x80"
    units = source.read_bytes().split(mark)
    pictures = (b"\x65", b"\x41")
    source.write_bytes(mark.join(caption + mark + unit if unit[:1] in pictures else unit for unit in units))
    assert "A53_CC" in side_data(first_frame(source))
    restorer(source, tmp_path / "b.mp4")
    assert side_data(first_frame(tmp_path / "b.mp4"))["A53_CC"] == side_data(first_frame(source))["A53_CC"]


def test_a_recording_begins_at_0_and_goes_on_where_its_clock_leaps(restorer, tmp_path):
    parts = [write_video(tmp_path / f"{start}.ts", times=range(start, start + 12)) for start in (9000, 50)]
    (tmp_path / "both.ts").write_bytes(b"".join(part.read_bytes() for part in parts))
    result = restorer(tmp_path / "both.ts", tmp_path / "b.mp4")
    assert (result.frames, result.lost) == (24, 0)
    assert frame_times(tmp_path / "b.mp4") == [Fraction(place, 25) for place in range(24)]


def test_a_late_start_is_no_loss(restorer, tmp_path):
    source = write_video(tmp_path / "a.mkv", times=range(90_000, 90_012))
    result = restorer(source, tmp_path / "b.mkv")
    assert result.lost == 0
    assert frame_times(tmp_path / "b.mkv") == frame_times(source)


def test_pictures_with_exif_entries_make_a_video_too(restorer, tmp_path):
    with av.open(str(tmp_path / "a.avi"), "w") as container:
        stream = container.add_mux_stream("mjpeg", rate=25, width=64, height=48)
        for place in range(3):
            file, exif = io.BytesIO(), PIL.Image.Exif()
            exif[0x010F] = "a camera"
            PIL.Image.fromarray(moving_picture(place)).save(file, "jpeg", exif=exif)
            packet = av.Packet(file.getvalue())
            packet.stream, packet.pts, packet.dts, packet.time_base = stream, place, place, Fraction(1, 25)
            container.mux(packet)
    assert restorer(tmp_path / "a.avi", tmp_path / "b.mp4").frames == 3


@pytest.mark.parametrize("count", [1, 2])
def test_a_video_of_a_frame_or_two_is_one_too(restorer, tmp_path, count):
    source = write_video(tmp_path / "a.mp4", times=range(count))
    for target in ("b.mp4", "b.mkv"):
        restorer(source, tmp_path / target, encoder="h265")
        assert frame_times(tmp_path / target) == frame_times(source)


def test_live_frames_come_one_by_one(restorer):
    asked = []

    def camera():
        for number in range(3):
            asked.append(number)
            yield moving_picture(number)

    frames = restorer.frames(camera())
    first = next(frames)
    assert asked == [0]
    assert np.array_equal(first, restorer.restorer(moving_picture(0)))
    assert len(list(frames)) == 2
    with pytest.raises(ShapeError, match="float64"):
        next(restorer.frames([np.zeros((4, 4, 3))]))


def test_who_draws_into_a_live_frame_finds_nothing_of_it_in_the_next(restorer):
    frames = restorer.frames([moving_picture(0)] * 3)
    first = next(frames)
    kept = first.copy()
    first[:] = 0
    assert all(np.array_equal(frame, kept) for frame in frames)


def test_it_is_loaded_by_id_or_folder_and_takes_the_restorers_knobs(tmp_path):
    toy_folder(tmp_path / "toy")
    restorer = VideoRestorer.from_pretrained(tmp_path / "toy", device="cpu", strength=0.5)
    assert restorer.restorer.strength == 0.5
    with pytest.raises(OptionError, match="backend is 'tensorrt'"):
        VideoRestorer.from_pretrained(tmp_path / "toy", device="cpu", backend="tensorrt")


def test_real_clips_keep_their_times_and_sound(restorer, shared_data, tmp_path):
    for name in ("carphone.mp4", "grid_bbaf2n_audio.mpg"):
        source = shared_data / "video" / name
        result = restorer(source, tmp_path / f"{name}.mp4", preset="ultrafast")
        assert result.lost == 0
        assert frame_times(tmp_path / f"{name}.mp4") == frame_times(source)
    sound = packets_of(shared_data / "video" / "grid_bbaf2n_audio.mpg", "audio")
    copied = packets_of(tmp_path / "grid_bbaf2n_audio.mpg.mp4", "audio")
    assert [content for _, content in copied] == [content for _, content in sound]
    assert max(abs(copy - time) for (copy, _), (time, _) in zip(copied, sound, strict=True)) < Fraction(1, 40_000)
