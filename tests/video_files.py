"""Small video files of every kind, made with PyAV, and what can be read of one, for tests of video."""

from fractions import Fraction

import av
import numpy as np


def moving_picture(time, height=48, width=64):
    """Returns a smooth frame with a square that moves over it."""
    rows, columns = np.mgrid[:height, :width]
    waves = 110 + 60 * np.sin(rows / 7)[..., None] * np.cos(columns[..., None] / 9 + np.arange(3))
    left = (3 * time) % max(1, width - 12)
    waves[10:22, left : left + 12] = (230, 60, 40)
    return waves.astype(np.uint8)


def write_video(
    path,
    *,
    times=range(12),
    time_base=Fraction(1, 25),
    height=48,
    width=64,
    codec="libx264",
    pixel_format="yuv420p",
    options=None,
    colour=(2, 0, 2, 2),
    aspect=None,
    matrix=None,
    rotation=None,
    audio=False,
    subtitles=None,
    chapters=(),
    metadata=None,
):
    """Writes a video and returns its path.

    colour is (matrix, range, primaries, transfer); times are those of the frames in units of time_base.
    """
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=25, options=options or {"crf": "20", "preset": "veryfast"})
        video.height, video.width, video.pix_fmt, video.time_base = height, width, pixel_format, time_base
        context = video.codec_context
        context.time_base = time_base
        context.colorspace, context.color_range, context.color_primaries, context.color_trc = colour
        if aspect:
            context.sample_aspect_ratio = aspect
        if matrix:
            video.set_display_matrix(matrix)
        if rotation:
            video.set_display_rotation(rotation)
        sound = container.add_stream("aac", rate=8000, options={"b": "24000"}) if audio else None
        if sound:
            sound.codec_context.layout = "mono"
            sound.metadata["language"] = "ita"
        text = container.add_mux_stream(subtitles) if subtitles else None
        container.metadata.update(metadata or {})
        container.set_chapters(list(chapters))
        for place, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(moving_picture(place, height, width), "rgb24")
            frame.pts, frame.time_base = time, time_base
            for packet in video.encode(frame):
                container.mux(packet)
        for packet in video.encode(None):
            container.mux(packet)
        if sound:
            _write_tone(container, sound, seconds=float((times[-1] + 1) * time_base))
        if text:
            _write_text(container, text, subtitles)
    return path


def _write_tone(container, sound, seconds):
    wave = (8000 * np.sin(np.arange(int(8000 * seconds)) / 5)).astype(np.int16)
    for start in range(0, len(wave), 1024):
        frame = av.AudioFrame.from_ndarray(wave[None, start : start + 1024], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = 8000, start, Fraction(1, 8000)
        for packet in sound.encode(frame):
            container.mux(packet)
    for packet in sound.encode(None):
        container.mux(packet)


def _write_text(container, stream, codec):
    packet = av.Packet(b"\x00\x05hello" if codec == "mov_text" else b"hello")
    packet.stream, packet.pts, packet.dts, packet.duration, packet.time_base = stream, 0, 0, 300, Fraction(1, 1000)
    container.mux(packet)


def frame_times(path):
    """Returns the exact times of the frames, in seconds."""
    with av.open(str(path)) as container:
        return [frame.pts * frame.time_base for frame in container.decode(video=0)]


def packets_of(path, kind):
    """Returns time and content of the packets of the first stream of a kind."""
    with av.open(str(path)) as container:
        stream = getattr(container.streams, kind)[0]
        return [(packet.pts * packet.time_base, bytes(packet)) for packet in container.demux(stream) if packet.size]


def first_frame(path):
    """Returns the first frame."""
    with av.open(str(path)) as container:
        return next(container.decode(video=0))
