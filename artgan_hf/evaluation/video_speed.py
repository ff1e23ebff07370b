"""How many frames a second a model restores from file to file, beside ffmpeg's own filter. For `artgan bench-video`."""

import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from fractions import Fraction
from os import PathLike
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import torch
from tqdm import tqdm  # type: ignore[import-untyped]

import artgan_hf
from artgan_hf.codecs.video_file import read_clip
from artgan_hf.codecs.video_frames import LIMITED, UNSAID, Colour, from_rgb
from artgan_hf.errors import OptionError, VideoError
from artgan_hf.evaluation.report import aligned
from artgan_hf.evaluation.speed import processor_name
from artgan_hf.evaluation.spp import NAME as SPP
from artgan_hf.evaluation.spp import spp_program
from artgan_hf.optional import require
from artgan_hf.restoring.video import VideoRestorer

FORMAT_VERSION = 1
SIZES = ((640, 360), (1280, 720))
CRF = "37"
RESTORED = ("-c:v", "libx264", "-preset", "veryfast", "-crf", "17")
"""As restored videos are stored, so that both do the same work."""


@dataclass(frozen=True)
class VideoSpeedRow:
    """One model in one engine at one size.

    Args:
        width: of the frames.
        height: likewise.
        model: id or folder; or ffmpeg's filter.
        backend: what its network runs in; empty for ffmpeg.
        fps: median frames per second for reading, restoring and writing; None if it was not measured.
        why_not: why it was not measured; None if it was.
    """

    width: int
    height: int
    model: str
    backend: str
    fps: float | None = None
    why_not: str | None = None


@dataclass(frozen=True)
class VideoSpeedReport:
    """What a run measured.

    Args:
        clip: name of the file whose frames were used.
        frames: how many.
        repeats: how often each was timed.
        rows: sizes, and for each the models and ffmpeg's filter.
    """

    clip: str
    frames: int
    repeats: int
    rows: tuple[VideoSpeedRow, ...]

    def table(self) -> str:
        """Returns the rows as aligned text."""
        lines = [["size", "model", "backend", "fps"]]
        for row in self.rows:
            fps = "-" if row.fps is None else f"{row.fps:.1f}"
            lines.append([f"{row.width}x{row.height}", row.model, row.backend or "-", fps])
        notes = dict.fromkeys(f"{row.model}: {row.why_not}" for row in self.rows if row.why_not)
        head = (
            f"{self.clip}, {self.frames} frames, decode + restore + encode, medians of {self.repeats}, "
            f"{processor_name()}, {torch.get_num_threads()} threads, torch {torch.__version__}"
        )
        return "\n".join([head, aligned(lines), *notes])

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON."""
        about = {"format_version": FORMAT_VERSION, "artgan_hf": artgan_hf.__version__, "machine": processor_name()}
        return {**about, **asdict(self)}


def measure_video_speed(
    clip: str | PathLike[str],
    models: Sequence[str],
    *,
    backends: Sequence[str] = ("auto",),
    sizes: Sequence[tuple[int, int]] = SIZES,
    frames: int = 48,
    repeats: int = 3,
    progress: bool = False,
) -> VideoSpeedReport:
    """Returns the speed of models from video file to video file, all measured in turns.

    Args:
        clip: a video file; its first frames are brought to each size and compressed with H.264 at CRF 37.
        models: ids or folders.
        backends: as in `VideoRestorer.from_pretrained`.
        sizes: (width, height), even.
        frames: how many to take; a shorter clip starts again.
        repeats: how often each is timed, from 1, after one run that does not count.
        progress: True for a bar on stderr, if that is a terminal.

    Raises:
        VideoError: if the file is missing or no video.
        OptionError: if frames or repeats are less than 1, or a backend is unknown.
        ModelNotFoundError: if there is no such model.
        IncompatibleModelError: if a model is broken.
        MissingExtraError: if PyAV or a backend is not installed.
    """
    if frames < 1 or repeats < 1:
        raise OptionError(f"frames are {frames}, repeats {repeats}; at least one of each was expected.")
    restorers = {
        (model, backend): VideoRestorer.from_pretrained(model, backend=backend)
        for model in dict.fromkeys(models)
        for backend in dict.fromkeys(backends)
    }
    program, why_not = spp_program()
    rows: list[VideoSpeedRow] = []
    total = len(sizes) * (repeats + 1) * (len(restorers) + (program is not None))
    with tempfile.TemporaryDirectory() as folder, tqdm(total=total, disable=None if progress else True) as bar:
        for width, height in sizes:
            source = Path(folder) / f"{width}x{height}.mp4"
            _write_clip(source, clip, width, height, frames)
            runs = {key: _restoring(restorer, source) for key, restorer in restorers.items()}
            if program is not None:
                runs[SPP, ""] = _filtering(program, source)
            speeds = _speeds(runs, frames, repeats, bar)
            rows += [VideoSpeedRow(width, height, *key, fps) for key, fps in speeds.items()]
            if program is None:
                rows.append(VideoSpeedRow(width, height, SPP, "", why_not=why_not))
    return VideoSpeedReport(Path(clip).name, frames, repeats, tuple(rows))


def _speeds(
    runs: dict[tuple[str, str], Callable[[], None]], frames: int, repeats: int, bar: Any
) -> dict[tuple[str, str], float]:
    times: dict[tuple[str, str], list[float]] = {key: [] for key in runs}
    for _ in range(repeats + 1):
        for key, run in runs.items():
            started = perf_counter()
            run()
            times[key].append(perf_counter() - started)
            bar.update()
    return {key: frames / median(taken[1:]) for key, taken in times.items()}


def _restoring(restorer: VideoRestorer, source: Path) -> Callable[[], None]:
    def run() -> None:
        restorer(source, source.with_name("restored.mp4"), overwrite=True)

    return run


def _filtering(program: str, source: Path) -> Callable[[], None]:
    target = str(source.with_name("filtered.mp4"))
    # Without a quantiser the filter does nothing, and not every ffmpeg hands it the decoder's; it divides H.264's by 4.
    filters = f"spp=6:qp={int(CRF) // 4}"
    command = [program, "-loglevel", "error", "-y", "-i", str(source), "-vf", filters, *RESTORED, target]

    def run() -> None:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        if answer.returncode != 0:
            raise VideoError(f"ffmpeg failed: {(answer.stderr.strip().splitlines() or ['no reason given'])[-1]}")

    return run


def _write_clip(target: Path, clip: str | PathLike[str], width: int, height: int, count: int) -> None:
    av = require("av", extra="video")
    frames = read_clip(clip, limit=count).frames
    with av.open(str(target), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(25), options={"crf": CRF, "preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for time in range(count):
            pixels = frames[time % len(frames)]
            frame = from_rgb(pixels, "yuv420p", Colour(UNSAID, LIMITED, UNSAID, UNSAID), size=(height, width))
            frame.pts = time
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
