"""Scores models on a clean clip: compress in memory, restore, compare frame by frame. For `artgan evaluate-video`."""

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from time import perf_counter
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from tqdm import tqdm  # type: ignore[import-untyped]

import artgan_hf
from artgan_hf.codecs.video import VideoEncoding, degrade_clip
from artgan_hf.codecs.video_file import Clip, read_clip
from artgan_hf.errors import OptionError, ShapeError, VideoError
from artgan_hf.evaluation.clean_pictures import to_tensor
from artgan_hf.evaluation.figures import Comparison, Figure, check_for_video, make_figures
from artgan_hf.evaluation.report import ORIGINAL, aligned
from artgan_hf.functional.flicker import flicker
from artgan_hf.restoring.steady import Steady

FORMAT_VERSION = 1
VIDEO_FIGURES = ("psnr", "ssim", "niqe")
MOST_FRAMES = 250
PROTOCOL = (
    "Each frame by itself, figures averaged over frames. flicker: mean absolute change, in levels of 255, between "
    "consecutive frames where the clean clip stands still; relative_flicker: over the decoded clip's. seconds: per "
    "frame. null: undefined or infinite."
)

Frame = NDArray[np.uint8]


class RestoresFrames(Protocol):
    """What is asked of a model; `artgan_hf.restoring.Restorer` is one."""

    name: str

    def __call__(self, source: Any) -> Any:
        """Returns the restored frame for a uint8 array of shape (H, W, 3)."""


@dataclass(frozen=True)
class VideoRow:
    """The means of one version of the clip.

    Args:
        model: a model's name, the codec's for the decoded clip, or "original".
        values: means over the frames by the figures' keys; None where a figure has no meaning.
        flicker: mean change of still parts between frames, in levels of 255; None if nothing stands still.
        seconds: mean time to restore a frame; None where nothing was restored.
    """

    model: str
    values: dict[str, float | None]
    flicker: float | None
    seconds: float | None = None


@dataclass(frozen=True)
class VideoBenchmark:
    """What a run found, and how it came about.

    Args:
        clip: name of the file.
        frames: how many were compared.
        width: of the frames.
        height: likewise.
        fps: of the clip.
        encoding: what degraded it.
        kbps: its rate after compression, pictures alone, in 1000 bits per second.
        source_kbps: the rate of the whole file.
        figures: what was computed.
        rows: the original first, then the decoded clip, then the models.
    """

    clip: str
    frames: int
    width: int
    height: int
    fps: float
    encoding: VideoEncoding
    kbps: float
    source_kbps: float
    figures: tuple[Figure, ...]
    rows: tuple[VideoRow, ...]

    @property
    def head(self) -> str:
        """What was compressed, in a line."""
        return f"{self.clip}: {self.frames} frames of {self.width}x{self.height}, {self.fps:g} fps"

    def table(self) -> str:
        """Returns the rows as aligned text."""
        lines = [["version", *(figure.label for figure in self.figures), "flicker", "seconds"]]
        for row in self.rows:
            values = [formatted(row.values[figure.key], figure.columns[0].digits) for figure in self.figures]
            lines.append([row.model, *values, formatted(row.flicker, 2), formatted(row.seconds, 3)])
        setting = self.encoding
        return (
            f"{self.head}\n{setting.codec} {setting.label}, preset {setting.preset}: {self.kbps:.1f} kbps, "
            f"{self.source_kbps / self.kbps:.0f} times less than the file's {self.source_kbps:.0f}\n{aligned(lines)}"
        )

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON; what is undefined or infinite is None."""
        decoded = next(row for row in self.rows if row.model == self.encoding.codec)
        return {
            "format_version": FORMAT_VERSION,
            "artgan_hf": artgan_hf.__version__,
            "clip": self.clip,
            "frames": self.frames,
            "width": self.width,
            "height": self.height,
            "fps": self.fps,
            "encoding": {**asdict(self.encoding), "fps": float(self.encoding.fps)},
            "kbps": self.kbps,
            "source_kbps": self.source_kbps,
            "protocol": PROTOCOL,
            "rows": [
                {
                    "model": row.model,
                    **{key: _finite(value) for key, value in row.values.items()},
                    "flicker": row.flicker,
                    "relative_flicker": row.flicker / decoded.flicker if row.flicker and decoded.flicker else None,
                    "seconds": row.seconds,
                }
                for row in self.rows
            ],
        }


def run_video_benchmark(
    models: Sequence[RestoresFrames],
    clip: str | PathLike[str],
    encoding: VideoEncoding,
    *,
    figures: Sequence[Figure] | None = None,
    limit: int | None = MOST_FRAMES,
    progress: bool = False,
) -> VideoBenchmark:
    """Returns the scores of the compressed clip and of every model's restoration of it.

    The frames are in memory twice, in 8 bits; of a model's results two at a time.

    Args:
        models: restorers with different names; none to score the codec alone.
        clip: a video file, better without artifacts of its own.
        encoding: how it is compressed; the clip's own frame rate is taken.
        figures: what to compute, from `make_figures`; None for PSNR, SSIM and NIQE.
        limit: how many of the first frames to take; None for all.
        progress: True for a bar on stderr, if that is a terminal.

    Raises:
        VideoError: if the file is missing, no video, or has a single frame.
        OptionError: if two models share a name, a figure is one of JPEG files, or the limit is less than 1.
        ShapeError: if the frames are too small for a figure.
    """
    chosen = make_figures(VIDEO_FIGURES) if figures is None else list(figures)
    names = [model.name for model in models]
    if len({*names, ORIGINAL, encoding.codec}) < len(names) + 2:
        raise OptionError(f"the models are named {', '.join(names)}; give each a name of its own.")
    check_for_video(chosen)
    clean = read_clip(clip, limit=limit)
    if len(clean.frames) < 2:
        raise VideoError(f"{clip} has a single frame; score it as a picture with artgan evaluate.")
    encoding = _at_pace(encoding, clean)
    degraded = degrade_clip(clean.frames, encoding)
    judge = _Judge(clean.frames, degraded.frames, chosen)
    with tqdm(total=len(clean.frames) * (2 + len(models)), unit="frame", disable=None if progress else True) as bar:
        rows = [
            judge.row(ORIGINAL, _counted(clean.frames, bar)),
            judge.row(encoding.codec, _counted(degraded.frames, bar)),
        ]
        rows += [
            judge.row(model.name, _counted(_restored(model, degraded.frames), bar), timed=True) for model in models
        ]
    height, width = clean.frames[0].shape[:2]
    return VideoBenchmark(
        clip=Path(clip).name,
        frames=len(clean.frames),
        width=width,
        height=height,
        fps=float(clean.fps),
        encoding=encoding,
        kbps=degraded.kbps,
        source_kbps=clean.kbps,
        figures=tuple(chosen),
        rows=tuple(rows),
    )


class _Judge:
    def __init__(self, clean: Sequence[Frame], degraded: Sequence[Frame], figures: Sequence[Figure]) -> None:
        self.clean = clean
        self.degraded = degraded
        self.figures = figures

    def row(self, name: str, frames: Iterable[tuple[Frame, float]], *, timed: bool = False) -> VideoRow:
        """Returns the means of one version; of the original only what judges a picture by itself."""
        values: list[dict[str, float]] = []
        changes: list[float] = []
        times: list[float] = []
        previous = None
        for number, (frame, seconds) in enumerate(frames):
            clean = self.clean[number]
            if frame.shape != clean.shape:
                raise ShapeError(f"{name} gave shape {frame.shape} for a frame of shape {clean.shape}.")
            values.append(self._score(name, frame, number))
            if previous is not None:
                pair = torch.cat([to_tensor(previous), to_tensor(frame)])
                still = torch.cat([to_tensor(self.clean[number - 1]), to_tensor(clean)])
                changes.append(float(flicker(pair, still)))
            previous = frame
            times.append(seconds)
        return VideoRow(
            name,
            {figure.key: _mean([value.get(figure.key, math.nan) for value in values]) for figure in self.figures},
            _mean([change for change in changes if not math.isnan(change)]),
            _mean(times) if timed else None,
        )

    def _score(self, name: str, frame: Frame, number: int) -> dict[str, float]:
        comparison = Comparison(
            restored=to_tensor(frame),
            clean=to_tensor(self.clean[number]),
            degraded=to_tensor(self.degraded[number]),
            pixels=frame,
            file=b"",
        )
        values: dict[str, float] = {}
        for figure in self.figures:
            if name != ORIGINAL or figure.judges_alone:
                values |= figure.score(comparison)
        return values


def _at_pace(encoding: VideoEncoding, clip: Clip) -> VideoEncoding:
    return VideoEncoding(**{**vars(encoding), "fps": clip.fps})


def _restored(model: RestoresFrames, frames: Sequence[Frame]) -> Iterator[Frame]:
    steady = Steady(model)  # as `VideoRestorer` does it, but for whole frames
    yield from map(steady, frames)


def _counted(frames: Iterable[Frame], bar: Any) -> Iterator[tuple[Frame, float]]:
    """Yields each frame with the time that it took to come about."""
    iterator = iter(frames)
    while True:
        started = perf_counter()
        frame = next(iterator, None)
        if frame is None:
            return
        yield frame, perf_counter() - started
        bar.update()


def _mean(values: Sequence[float]) -> float | None:
    mean = sum(values) / len(values) if values else math.nan
    return None if math.isnan(mean) else mean


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def formatted(value: float | None, digits: int) -> str:
    """Returns a number for a table, "-" for None."""
    return "-" if value is None else f"{value:.{digits}f}"
