"""A small Hub on 127.0.0.1: the part of its HTTP that downloads need, with its error codes and a few faults on demand.

The real huggingface_hub client talks to it: in this process after `connect_client`, in another with HF_ENDPOINT set.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote

import pytest
from huggingface_hub import constants

FILE_URL = re.compile(r"/(?P<id>[^/]+/[^/]+)/resolve/(?P<revision>[^/]+)/(?P<file>.+)")
INFO_URL = re.compile(r"/api/models/(?P<id>[^/]+/[^/]+)(?:/revision/(?P<revision>[^/]+))?")


@dataclass
class Repo:
    """One model repository and the faults it is to show.

    Args:
        commits: files by commit hash.
        branches: commit hash by name.
        gated_for: the token that may read it; None if anyone may.
        status: answer everything with this status instead.
        cuts: how many downloads of weights still break off in the middle.
        wrong_bytes: True to send other weights of the same length.
    """

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    gated_for: str | None = None
    status: int | None = None
    cuts: int = 0
    wrong_bytes: bool = False

    def commit(self, files: dict[str, bytes], branch: str = "main") -> str:
        """Adds a commit at the end of a branch and returns its hash."""
        digest = hashlib.sha1(repr(sorted(files.items())).encode()).hexdigest()
        self.commits[digest] = files
        self.branches[branch] = digest
        return digest


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""


@dataclass
class LoopbackHub:
    """The server's state, shared with the test: repositories by id, and the requests so far as "METHOD path"."""

    url: str
    repos: dict[str, Repo] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)

    def add(self, model_id: str, files: dict[str, bytes]) -> Repo:
        """Creates or replaces a repository with one commit on main."""
        self.repos[model_id] = Repo()
        self.repos[model_id].commit(files)
        return self.repos[model_id]

    def downloads(self) -> list[str]:
        """The files sent so far."""
        return [request.rpartition("/")[2] for request in self.requests if request.startswith("GET")]

    def answer(self, path: str, token: str | None) -> Answer:
        """What the Hub says to a request, before ranges and cuts."""
        found = FILE_URL.fullmatch(path) or INFO_URL.fullmatch(path)
        repo = self.repos.get(found["id"]) if found else None
        if found is None or repo is None:
            return Answer(401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})
        if repo.status is not None:
            return Answer(repo.status, {"X-Error-Message": "as the test asked"})
        if repo.gated_for is not None and token != repo.gated_for:
            return Answer(401 if token is None else 403, {"X-Error-Code": "GatedRepo"})
        revision = unquote(found["revision"] or "main")
        commit = repo.branches.get(revision, revision)
        if commit not in repo.commits:
            return Answer(404, {"X-Error-Code": "RevisionNotFound"})
        if "file" not in found.groupdict():
            return _info(found["id"], commit, repo.commits[commit])
        return _file(repo, commit, found["file"])


def _info(model_id: str, commit: str, files: dict[str, bytes]) -> Answer:
    content = {"id": model_id, "sha": commit, "siblings": [{"rfilename": name} for name in files]}
    return Answer(200, {"Content-Type": "application/json"}, json.dumps(content).encode())


def _file(repo: Repo, commit: str, name: str) -> Answer:
    headers = {"X-Repo-Commit": commit}
    if name not in repo.commits[commit]:
        return Answer(404, headers | {"X-Error-Code": "EntryNotFound"})
    body = repo.commits[commit][name]
    if name.endswith(".safetensors"):  # kept outside git, named by its SHA-256
        headers |= {"X-Linked-ETag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Linked-Size": str(len(body))}
        if repo.wrong_bytes:
            body = body[:-1] + bytes([body[-1] ^ 1])
    else:
        headers["ETag"] = f'"{hashlib.sha1(body).hexdigest()}"'
    return Answer(200, headers, body)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    hub: LoopbackHub

    def do_HEAD(self) -> None:
        self._respond(with_body=False)

    def do_GET(self) -> None:
        self._respond(with_body=True)

    def _respond(self, *, with_body: bool) -> None:
        path = self.path.partition("?")[0]
        self.hub.requests.append(f"{self.command} {path}")
        token = self.headers.get("Authorization", "").removeprefix("Bearer ") or None
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
        if with_body:
            self._send(path, body)

    def _send(self, path: str, body: bytes) -> None:
        found = FILE_URL.fullmatch(path)
        repo = self.hub.repos.get(found["id"]) if found else None
        if repo is not None and repo.cuts and path.endswith(".safetensors"):
            repo.cuts -= 1
            self.close_connection = True
            body = body[: len(body) // 2]
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
