"""The door for video: `VideoRestorer.from_pretrained(id)("in.mp4", "out.mp4")`. Needs the [video] extra for files.

Frames pass through three threads: one reads and decodes, the caller's restores, one encodes and writes.
"""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm  # type: ignore[import-untyped]

from artgan_hf.codecs.video_frames import to_rgb
from artgan_hf.errors import OptionError, ShapeError, VideoError
from artgan_hf.restoring.ahead import ahead
from artgan_hf.restoring.backends import in_backend
from artgan_hf.restoring.behind import behind
from artgan_hf.restoring.restorer import Restorer
from artgan_hf.restoring.steady import Steady
from artgan_hf.restoring.video_input import Piece, VideoInput
from artgan_hf.restoring.video_output import OutputSettings, VideoOutput

DEPTH = 4  # frames that wait between two threads


@dataclass(frozen=True)
class RestoredVideo:
    """What became of a video.

    Args:
        frames: how many were restored and written.
        lost: how many the source should hold but could not be read.
        fps: frames restored per second of wall time.
        seconds: wall time.
        model: id or folder of the model, e.g. "artgan/qf10".
    """

    frames: int
    lost: int
    fps: float
    seconds: float
    model: str


class VideoRestorer:
    """Restores videos: same size, same times, and sound, subtitles, chapters and metadata as they were.

    Args:
        restorer: restores each frame; its network, tiles, precision and strength are what a picture gets.
        steady: True to leave what stands still as it was restored before, which stops flicker and saves time; False to
            restore every frame by itself.

    Example:
        >>> from artgan_hf.hub import ModelConfig
        >>> from artgan_hf.networks import UnshuffleGenerator
        >>> config = ModelConfig(architecture="unshuffle", options={"channels": 8, "blocks": 1}, codec="h264",
        ...     quality=(27, 42), description="Untrained: changes nothing.")
        >>> toy = Restorer(UnshuffleGenerator(channels=8, blocks=1), config, name="toy", device="cpu")
        >>> camera = (np.full((5, 7, 3), level, np.uint8) for level in (10, 20))
        >>> [frame[0, 0, 0].item() for frame in VideoRestorer(toy).frames(camera)]
        [10, 20]
    """

    def __init__(self, restorer: Restorer, *, steady: bool = True) -> None:
        self.restorer = restorer
        self.steady = steady
        # Of what only looks like a restorer, whole frames are asked.
        self.margin_px: int | None = getattr(restorer, "margin_px", None)

    @classmethod
    def from_pretrained(
        cls, id_or_dir: str | PathLike[str], *, backend: str = "auto", **options: Any
    ) -> "VideoRestorer":
        """Returns a restorer of videos with the weights of a published or local model.

        Args:
            id_or_dir: an id such as "artgan/qf10", or a folder with config.json and model.safetensors.
            backend: what the network runs in: "torch", "onnxruntime", "openvino", or "auto": the fastest one here.
            options: what `Restorer.from_pretrained` takes, e.g. `strength=0.8` or `device="cuda"`.

        Raises:
            ModelNotFoundError: if there is no such model, or the Hub cannot be reached.
            IncompatibleModelError: if its files are broken or too new for this package, or it is an ensemble, which
                would judge each frame anew and flicker.
            OptionError: if a knob is outside its range, or the backend does not run on the device.
            MissingExtraError: if the backend is not installed.
        """
        restorer = Restorer.from_pretrained(id_or_dir, **options)
        network = in_backend(restorer.network, backend, device=restorer.device, dtype=restorer.dtype)
        if network is restorer.network:
            return cls(restorer)
        if restorer.fidelity:
            raise OptionError(f"fidelity is {restorer.fidelity}, which mixes networks in torch: take backend='torch'.")
        converted = Restorer(
            network,
            restorer.config,
            name=restorer.name,
            device=restorer.device,
            dtype=restorer.dtype,
            strength=restorer.strength,
            tile_px=options.get("tile_px"),
        )
        return cls(converted)

    def __call__(
        self,
        source: str | PathLike[str],
        target: str | PathLike[str],
        *,
        encoder: str = "auto",
        crf: int | None = None,
        preset: str | None = None,
        for_browsers: bool = False,
        overwrite: bool = False,
        progress: bool | Callable[[int], None] = False,
    ) -> RestoredVideo:
        """Returns what became of a video file after writing the restored one, whole or not at all.

        Memory does not grow with the length of the video. Frames keep their times, also where the rate varies or the
        file says to skip a part; shape of the pixels, rotation, fields, captions, colour space, the display of HDR and
        bit depth are kept, too. Interlaced frames are restored as they are stored, both fields at once. Recordings with
        the sender's clock (.ts, .mpg) begin at 0, and go on where it leaps.

        Args:
            source: the video file.
            target: the file to write: .mp4, .m4v, .mov, .mkv or .webm.
            encoder: "h264", "h265", "vp9", "av1", or "auto": vp9 in .webm, h265 if the source is, h264 otherwise.
            crf: constant rate factor of the encoder; higher is smaller and worse. None takes one that shows no loss.
            preset: of the encoder, e.g. "medium"; slower is smaller. None takes a fast one.
            for_browsers: True to store 8 bits and colour at half the size (4:2:0), which every browser plays, whatever
                the source has. With an odd side, h264 and h265 keep the size of the colour.
            overwrite: True to replace `target` if it is there.
            progress: True for a bar on a terminal, with speed and remaining time; or a function that is told after
                each frame how many are done. What it raises stops the restoration.

        Raises:
            VideoError: if the source is no video or holds no frame that can be decoded, or the target is there already
                or cannot be written.
            OptionError: if the target is the source or has another suffix, or a knob is outside its range or means
                nothing to the encoder.
            MissingExtraError: if PyAV is not installed.
        """
        started = perf_counter()
        settings = OutputSettings(encoder, crf, preset, for_browsers)
        place = _checked_target(Path(source), Path(target), settings, overwrite=overwrite)
        with VideoInput(source) as clip:
            place.parent.mkdir(parents=True, exist_ok=True)
            with VideoOutput(place, clip, settings) as output:
                count = self._restore(clip, output, progress=progress)
                if not count:
                    raise VideoError(f"{clip.name} holds no frame that can be decoded; get an intact copy.")
            seconds = perf_counter() - started
            return RestoredVideo(count, clip.lost, count / seconds, seconds, self.restorer.name)

    def frames(self, frames: Iterable[NDArray[np.uint8]]) -> Iterator[NDArray[np.uint8]]:
        """Yields each frame restored, as soon as it is there: for cameras, calls and players.

        Args:
            frames: uint8 RGB, shape (H, W, 3).

        Raises:
            ShapeError: if a frame is something else.
        """
        restore = self._by_frame()
        for frame in frames:
            if not isinstance(frame, np.ndarray) or frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3:
                got = f"{frame.dtype} of shape {frame.shape}" if isinstance(frame, np.ndarray) else type(frame).__name__
                raise ShapeError(f"a frame is {got}; a uint8 array of shape (H, W, 3) was expected.")
            yield restore(frame).copy()  # who gets it may draw into it

    def _restore(self, clip: VideoInput, output: VideoOutput, *, progress: bool | Callable[[int], None]) -> int:
        count, restore = 0, self._by_frame()
        tell = progress if callable(progress) else None
        # `disable=None` is tqdm's word for "only on a terminal".
        bar = tqdm(total=clip.frame_count, unit="frame", disable=None if progress is True else True)
        pieces = ahead(_with_pixels(clip), DEPTH)
        with bar, closing(pieces), behind(output.put, DEPTH) as hand_over:
            for piece, pixels in pieces:  # restored here, in the main thread: it hears Ctrl-C amid a frame
                hand_over((piece, None if pixels is None else restore(pixels)))
                if pixels is not None:
                    count += 1
                    bar.update()
                    if tell:
                        tell(count)
        return count

    def _by_frame(self) -> Callable[[NDArray[Any]], NDArray[Any]]:
        return Steady(self.restorer, self.margin_px) if self.steady else self.restorer

    def __repr__(self) -> str:
        return f"VideoRestorer({self.restorer!r})"


def _with_pixels(clip: VideoInput) -> Generator[tuple[Piece, NDArray[Any] | None]]:
    """Yields the pieces of a file with their frames' pixels; all of the size of the first."""
    size: tuple[int, int] | None = None
    with closing(clip.pieces()) as pieces:
        for piece in pieces:
            if piece.frame is None:
                yield piece, None
                continue
            here = (piece.frame.height, piece.frame.width)
            size = size or here
            yield piece, to_rgb(piece.frame, size=None if here == size else size)


def check_names(source: Path, target: Path, settings: OutputSettings) -> None:
    """Checks what is known of a restoration before any file is opened.

    Raises:
        OptionError: if the target is the source, or not for the settings.
    """
    settings.check_target(target)
    if source.resolve() == target.resolve():
        raise OptionError(f"the restored video was to replace the original {source}; give another name.")


def _checked_target(source: Path, target: Path, settings: OutputSettings, *, overwrite: bool) -> Path:
    check_names(source, target, settings)
    if target.exists() and not overwrite:
        raise VideoError(f"{target} is there already; overwrite it, or give another name.")
    return target
