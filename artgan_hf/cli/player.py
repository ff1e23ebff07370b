"""The page that `artgan play` opens: two clips in step, a switch and a divider. A small web server on this machine."""

import html
import json
import re
import shutil
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

PAGE = Path(__file__).with_name("player.html")
RANGE = re.compile(r"bytes=(\d*)-(\d*)", re.ASCII)
TYPES = {".webm": "video/webm", ".mkv": "video/x-matroska", ".mov": "video/quicktime"}


class News(NamedTuple):
    """What the page is told when it asks.

    Args:
        words: shown below the clip.
        share: of the work that is done, 0 to 1; None if it is not known.
        rate: frames per second of the clip.
        restored: address of the restored clip; None until it is there.
        failed: True if there will be none.
    """

    words: str
    share: float | None = None
    rate: float = 25.0
    restored: str | None = None
    failed: bool = False


def player_page(original: str, state: str) -> str:
    """Returns the page as HTML.

    Args:
        original: address of the clip as it is.
        state: address that answers with `News` as JSON.

    Example:
        >>> 'src="/original"' in player_page("/original", "/state")
        True
    """
    script = json.dumps(state).replace("<", "\\u003c")
    page = PAGE.read_text(encoding="utf-8")
    return page.replace('"{state}"', script).replace("{original}", html.escape(original))


def serve(files: dict[str, Path], news: Callable[[], News], host: str, port: int) -> ThreadingHTTPServer:
    """Returns a server of the page, its `serve_forever` not yet called.

    Args:
        files: what may be fetched, by address, e.g. {"/original": Path("in.mp4")}; may grow later.
        news: asked again and again by the page.
        host: name or number of this machine.
        port: 0 takes a free one.

    Raises:
        OSError: if the port is taken.
    """
    server = ThreadingHTTPServer((host, port), partial(_Handler, files, news))
    server.daemon_threads = True
    return server


class _Handler(BaseHTTPRequestHandler):
    def __init__(self, files: dict[str, Path], news: Callable[[], News], *request: Any) -> None:
        self.files = files
        self.news = news
        super().__init__(*request)

    def do_GET(self) -> None:
        """Answers with the page, the news or a file."""
        if self.path == "/":
            self._send(player_page("/original", "/state").encode(), "text/html; charset=utf-8")
        elif self.path == "/state":
            self._send(json.dumps(self.news()._asdict()).encode(), "application/json")
        elif self.path in self.files:
            self._send_file(self.files[self.path])
        else:
            self.send_error(HTTPStatus.NOT_FOUND)

    def log_message(self, format: str, *arguments: Any) -> None:
        """Says nothing: the terminal is for people."""

    def _send(self, body: bytes, kind: str) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def _send_file(self, path: Path) -> None:
        """Sends a file, or the part that is asked for: browsers cannot seek in a video otherwise."""
        size = path.stat().st_size
        asked = RANGE.fullmatch(self.headers.get("Range", ""))
        first, last = _part(asked, size) if asked else (0, size - 1)
        if first > last:
            self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        self.send_response(HTTPStatus.PARTIAL_CONTENT if asked else HTTPStatus.OK)
        self.send_header("Content-Type", TYPES.get(path.suffix.lower(), "video/mp4"))
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Disposition", f"inline; filename*=UTF-8''{quote(path.name)}")
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.end_headers()
        try:
            with path.open("rb") as file:
                file.seek(first)
                if asked:
                    self._copy(file, last - first + 1)
                else:
                    shutil.copyfileobj(file, self.wfile)
        except (BrokenPipeError, ConnectionResetError):
            return  # the browser has seen enough

    def _copy(self, file: Any, count: int) -> None:
        while count > 0 and (chunk := file.read(min(count, 1 << 16))):
            self.wfile.write(chunk)
            count -= len(chunk)


def _part(asked: "re.Match[str]", size: int) -> tuple[int, int]:
    """Returns the first and the last byte; the first beyond the last if there are none such."""
    first, last = asked.groups()
    if not first:
        return (max(0, size - int(last)), size - 1) if last else (0, size - 1)
    return int(first), min(int(last), size - 1) if last else size - 1
