"""A small Hub on 127.0.0.1: the part of its HTTP that downloads and uploads need, and faults on demand.

The real huggingface_hub client talks to it: in this process after `connect_client`, in another with HF_ENDPOINT set.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from huggingface_hub import constants
from loopback_api import LARGE, NOT_FOUND, Answer, Api, Repo, Request, commit_at, file_at, refusal

FILE_URL = re.compile(r"/(?P<id>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")


@dataclass
class LoopbackHub(Api):
    """The server's state, shared with the test.

    Args:
        requests: so far, as "METHOD path".
        sent_bytes: of each download of weights, in order.
    """

    requests: list[str] = field(default_factory=list)
    sent_bytes: list[int] = field(default_factory=list)

    def add(self, model_id: str, files: dict[str, bytes]) -> Repo:
        """Creates or replaces a repository with one commit on main."""
        self.repos[model_id] = Repo()
        self.repos[model_id].commit(files)
        return self.repos[model_id]

    def clear(self) -> None:
        """Forgets everything."""
        for state in (self.repos, self.writers, self.blobs, self.requests, self.sent_bytes):
            state.clear()

    def downloads(self) -> list[str]:
        """The files sent so far."""
        return [request.rpartition("/")[2] for request in self.requests if "GET" in request and "/resolve/" in request]

    def writes(self) -> list[str]:
        """The requests so far that change something."""
        return [request for request in self.requests if re.match(r"PUT|POST .*/(commit/|create)", request)]

    def answer(self, path: str, token: str | None) -> Answer:
        """What the Hub says to a download, before ranges and cuts."""
        found = FILE_URL.fullmatch(path)
        repo = self.repos.get(found["id"]) if found else None
        if found is None or repo is None or not self.may_read(found["id"], token):
            return NOT_FOUND
        if no := refusal(repo, token):
            return no
        commit = commit_at(repo, found["revision"])
        if commit is None:
            return Answer(404, {"X-Error-Code": "RevisionNotFound"})
        return file_at(repo, commit, found["file"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: LoopbackHub

    def do_HEAD(self) -> None:
        self._respond()

    def do_GET(self) -> None:
        self._respond()

    def do_POST(self) -> None:
        self._respond()

    def do_PUT(self) -> None:
        self._respond()

    def _respond(self) -> None:
        path, _, query = self.path.partition("?")
        self.hub.requests.append(f"{self.command} {path}")
        token = self.headers.get("Authorization", "").removeprefix("Bearer ") or None
        sent = self._body()
        if path.startswith(("/api/", "/large/")) or path.endswith("/objects/batch"):
            answer = self.hub.call(Request(self.command, path, query, token, sent))
        else:
            answer = self.hub.answer(path, token)
        status, body, headers = answer.status, answer.body, answer.headers
        start = self._range_start()
        if start and status == HTTPStatus.OK:
            headers = headers | {"Content-Range": f"bytes {start}-{len(body) - 1}/{len(body)}"}
            status, body = HTTPStatus.PARTIAL_CONTENT, body[start:]
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self._send(path, body)

    def _body(self) -> bytes:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        chunks = []
        while length := int(self.rfile.readline(), 16):
            chunks.append(self.rfile.read(length))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(chunks)

    def _send(self, path: str, body: bytes) -> None:
        found = FILE_URL.fullmatch(path)
        repo = self.hub.repos.get(found["id"]) if found else None
        if repo is not None and path.endswith(LARGE):
            if repo.cuts:
                repo.cuts -= 1
                self.close_connection = True
                body = body[: len(body) // 2]
            self.hub.sent_bytes.append(len(body))
        self.wfile.write(body)

    def _range_start(self) -> int:
        found = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        return int(found[1]) if found else 0

    def log_message(self, format: str, *args: object) -> None:
        """Keeps the test output quiet."""


@contextmanager
def serve_hub() -> Iterator[LoopbackHub]:
    """Yields a running Hub with no repositories; it stops at the end of the block."""
    handler = type("_BoundHandler", (_Handler,), {})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    hub = LoopbackHub(f"http://127.0.0.1:{server.server_port}")
    handler.hub = hub
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def connect_client(monkeypatch: pytest.MonkeyPatch, url: str, cache: Path) -> None:
    """Sets what huggingface_hub otherwise reads from the environment at its import. The only place that knows how."""
    monkeypatch.setattr(constants, "ENDPOINT", url)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", url + "/{repo_id}/resolve/{revision}/{filename}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(cache))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", True)
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_PROGRESS_BARS", True)
    monkeypatch.setattr("time.sleep", lambda _: None)
