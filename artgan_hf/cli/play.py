"""`artgan play`: a clip as it is and restored, in the browser, with a switch."""

import argparse
import logging
import tempfile
import webbrowser
from contextlib import suppress
from pathlib import Path
from threading import Thread
from time import perf_counter
from typing import Any

from artgan_hf.cli.player import News, serve
from artgan_hf.cli.restore_video import MODEL

logger = logging.getLogger("artgan_hf")

PLAYED_AS_THEY_ARE = {
    "h264": (".mp4", ".m4v", ".mov", ".mkv"),
    "vp8": (".webm",),
    "vp9": (".webm",),
    "av1": (".mp4", ".webm"),
}
"""What browsers play, by codec; anything else is shown in a copy."""
PLAYED_FORMATS = ("yuv420p", "yuvj420p")
"""8 bits and 4:2:0: of others, only some browsers play some."""


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "play",
        help="watch a video as it is and restored, in the browser",
        description="Opens a page with the clip and restores it meanwhile; a switch and a divider compare the two.",
    )
    parser.add_argument("video", type=Path, help="a video file")
    parser.add_argument("--model", default=MODEL, metavar="ID", help="id or folder (default: %(default)s)")
    parser.add_argument("--restored", type=Path, metavar="FILE", help="a clip restored before, to be compared")
    parser.add_argument("--strength", type=float, default=1.0, metavar="F", help="0 keeps the input (default: 1)")
    parser.add_argument("--backend", default="auto", help="torch, onnxruntime or openvino (default: auto)")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in (default: %(default)s)")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 when the page is closed with Ctrl-C.

    Raises:
        VideoError: if the file is no video.
        ModelNotFoundError: if there is no such model.
        OSError: if the port is taken.
    """
    from artgan_hf.codecs.video_file import opened_video

    with opened_video(arguments.video) as (container, stream):
        rate, total = float(stream.average_rate or 25), stream.frames
        total = total or round((container.duration or 0) / 1_000_000 * rate)
        suffixes = PLAYED_AS_THEY_ARE.get(stream.codec_context.codec.canonical_name, ())
        is_playable = arguments.video.suffix.lower() in suffixes and stream.codec_context.pix_fmt in PLAYED_FORMATS
    if arguments.restored:
        with opened_video(arguments.restored):
            pass  # it is a video
    with tempfile.TemporaryDirectory(prefix="artgan-play-") as folder:
        screening = Screening(arguments, Path(folder), total, rate)
        with serve(screening.files, screening.news, arguments.host, arguments.port) as server:
            try:
                screening.prepare(is_playable=is_playable)
                host = "127.0.0.1" if arguments.host == "0.0.0.0" else arguments.host
                address = f"http://{host}:{server.server_address[1]}/"
                print(f"{address}\nCtrl-C ends it.", flush=True)
                if not arguments.no_browser:  # one in the terminal would not return before it is closed
                    Thread(target=webbrowser.open, args=(address,), daemon=True).start()
                with suppress(KeyboardInterrupt):
                    server.serve_forever()
            finally:
                screening.close()
    return 0


class Screening:
    """A clip, its restoration in the making, and what the page is told of it.

    Args:
        arguments: of the command.
        folder: for what is written; removed at the end.
        total: frames in the clip, roughly; 0 if unknown.
        rate: frames per second.
    """

    def __init__(self, arguments: argparse.Namespace, folder: Path, total: int, rate: float) -> None:
        self.arguments = arguments
        self.folder = folder
        self.total = total
        self.rate = rate
        self.files: dict[str, Path] = {"/original": arguments.video}
        self.is_over = False
        self._thread: Thread | None = None
        self._count = 0
        self._started = 0.0
        self._end: News | None = None

    def prepare(self, *, is_playable: bool) -> None:
        """Makes the copy that a browser can play, if need be, and sets off the restoration.

        Clips with an odd side are the exception: in .mp4 their copies are 4:4:4, which not every browser plays.

        Raises:
            VideoError: if the clip cannot be read.
            ModelNotFoundError: if there is no such model.
        """
        options = self.arguments
        suffix, encoder = (".webm", "auto") if options.video.suffix.lower() == ".webm" else (".mp4", "h264")
        if not is_playable:
            copy = self.folder / f"{options.video.stem}{suffix}"
            from artgan_hf.restoring.video import VideoRestorer

            print("making a copy that browsers play ...", flush=True)
            copying = VideoRestorer(_Untouched(), steady=False)  # type: ignore[arg-type]
            copying(options.video, copy, encoder=encoder, for_browsers=True)
            self.files["/original"] = copy
        if options.restored:
            self._finish(options.restored, f"{options.restored.name} beside {options.video.name}")
            return
        from artgan_hf.restoring.video import VideoRestorer

        restorer = VideoRestorer.from_pretrained(
            options.model, backend=options.backend, device=options.device, strength=options.strength
        )
        target = self.folder / f"{options.video.stem}-restored{suffix}"
        self._thread = Thread(target=self._restore, args=(restorer, target, encoder), daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stops the restoration and waits until it has let go of its folder."""
        self.is_over = True
        if self._thread:
            self._thread.join()

    def news(self) -> News:
        """Returns how far it is."""
        if self._end:
            return self._end
        pace = self._count / max(perf_counter() - self._started, 1e-6) if self._count else 0.0
        left = f", {(self.total - self._count) / pace:.0f} s left" if pace and self.total > self._count else ""
        of = f" of {self.total}" if self.total else ""
        share = min(1.0, self._count / self.total) if self.total else None
        return News(f"Restoring: {self._count}{of} frames, {pace:.1f} per second{left}", share, self.rate)

    def count(self, done: int) -> None:
        """Notes how many frames are restored.

        Raises:
            KeyboardInterrupt: if nobody is watching any more.
        """
        if self.is_over:
            raise KeyboardInterrupt
        self._count = done

    def _restore(self, restorer: Any, target: Path, encoder: str) -> None:
        from artgan_hf.errors import ArtganError

        self._started = perf_counter()
        try:
            result = restorer(self.arguments.video, target, encoder=encoder, for_browsers=True, progress=self.count)
        except Exception as error:  # whatever it is, the page is not to wait for ever
            logger.debug("%s failed", self.arguments.video, exc_info=True)
            words = str(error) if isinstance(error, ArtganError | OSError) else f"{type(error).__name__}: {error}"
            self._end = News(" ".join(words.split()), rate=self.rate, failed=True)
        except KeyboardInterrupt:
            return
        else:
            facts = f"{result.frames} frames restored by {result.model}, {result.fps:.1f} per second"
            self._finish(target, facts)

    def _finish(self, path: Path, words: str) -> None:
        self.files["/restored"] = path
        self._end = News(words, 1.0, self.rate, "/restored")


class _Untouched:
    """A restorer that changes nothing, for the copy."""

    name = "none"

    def __call__(self, frame: Any) -> Any:
        return frame
