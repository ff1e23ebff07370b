"""What the small Hub of loopback_hub.py holds, and its answer to each request but the downloads of files."""

import base64
import hashlib
import json
import re
from dataclasses import dataclass, field
from urllib.parse import unquote

LARGE = ".safetensors"
OBJECTION = re.compile(r"license: nonsense")  # what this Hub's validation of cards objects to


@dataclass
class Repo:
    """One repository and the faults it is to show.

    Args:
        commits: files by commit hash.
        branches: commit hash by name.
        messages: of the commits that were sent here.
        private: as its maker asked.
        gated_for: the token that may read it; None if anyone may.
        status: answer everything with this status instead.
        upload_status: answer large files with this status instead.
        cuts: how many downloads of weights still break off in the middle.
        wrong_bytes: True to send other weights of the same length.
    """

    commits: dict[str, dict[str, bytes]] = field(default_factory=dict)
    branches: dict[str, str] = field(default_factory=dict)
    messages: list[str] = field(default_factory=list)
    private: bool = False
    gated_for: str | None = None
    status: int | None = None
    upload_status: int | None = None
    cuts: int = 0
    wrong_bytes: bool = False

    def commit(self, files: dict[str, bytes], branch: str = "main") -> str:
        """Adds a commit at the end of a branch and returns its hash."""
        digest = hashlib.sha1(repr((len(self.commits), sorted(files.items()))).encode()).hexdigest()
        self.commits[digest] = files
        self.branches[branch] = digest
        return digest

    @property
    def files(self) -> dict[str, bytes]:
        """What the main branch holds."""
        return self.commits[self.branches["main"]]


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: str
    token: str | None
    body: bytes = b""

    def content(self) -> dict:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""


NOT_FOUND = Answer(401, {"X-Error-Code": "RepoNotFound", "X-Error-Message": "Repository not found"})


def as_json(content: object, status: int = 200) -> Answer:
    return Answer(status, {"Content-Type": "application/json"}, json.dumps(content).encode())


def refusal(repo: Repo, token: str | None) -> Answer | None:
    """What keeps a reader out, if anything."""
    if repo.status is not None:
        return Answer(repo.status, {"X-Error-Message": "as the test asked"})
    if repo.gated_for is not None and token != repo.gated_for:
        return Answer(401 if token is None else 403, {"X-Error-Code": "GatedRepo"})
    return None


def commit_at(repo: Repo, revision: str | None) -> str | None:
    revision = unquote(revision or "main")
    commit = repo.branches.get(revision, revision)
    return commit if commit in repo.commits else None


def file_at(repo: Repo, commit: str, name: str) -> Answer:
    headers = {"X-Repo-Commit": commit}
    if name not in repo.commits[commit]:
        return Answer(404, headers | {"X-Error-Code": "EntryNotFound"})
    body = repo.commits[commit][name]
    if name.endswith(LARGE):  # kept outside git, named by its SHA-256
        headers |= {"X-Linked-ETag": f'"{hashlib.sha256(body).hexdigest()}"', "X-Linked-Size": str(len(body))}
        if repo.wrong_bytes:
            body = body[:-1] + bytes([body[-1] ^ 1])
    else:
        headers["ETag"] = f'"{hashlib.sha1(body).hexdigest()}"'
    return Answer(200, headers, body)


@dataclass
class Api:
    """The routes. Repositories are by id, Spaces by "spaces/" and id; a token may write for one owner.

    Args:
        url: of the server.
        repos: by name.
        writers: owner by token.
        blobs: large files that were sent, by SHA-256.
    """

    url: str = ""
    repos: dict[str, Repo] = field(default_factory=dict)
    writers: dict[str, str] = field(default_factory=dict)
    blobs: dict[str, bytes] = field(default_factory=dict)

    def call(self, request: Request) -> Answer:
        """The answer to a request, by the first route that fits."""
        routes = (
            (r"POST /api/validate-yaml", self._validate),
            (r"POST /api/repos/create", self._create),
            (r"GET /api/(models|spaces)/([^/]+/[^/]+)(?:/revision/([^/]+))?", self._info),
            (r"GET /api/(models|spaces)/([^/]+/[^/]+)/tree/([^/]+)", self._tree),
            (r"POST /api/(models|spaces)/([^/]+/[^/]+)/preupload/([^/]+)", self._upload_modes),
            (r"POST /api/(models|spaces)/([^/]+/[^/]+)/commit/([^/]+)", self._commit),
            (r"POST /((?:spaces/)?[^/]+/[^/]+)\.git/info/lfs/objects/batch", self._large_places),
            (r"PUT /large/((?:spaces/)?[^/]+/[^/]+)/([0-9a-f]{64})", self._large),
        )
        for route, answer in routes:
            if found := re.fullmatch(route, f"{request.method} {request.path}"):
                return answer(request, *found.groups())
        return NOT_FOUND

    def _validate(self, request: Request) -> Answer:
        wrong = OBJECTION.search(request.content()["content"])
        errors = [{"message": f"{wrong[0]} is not allowed"}] if wrong else []
        return as_json({"errors": errors, "warnings": []}, 400 if wrong else 200)

    def _create(self, request: Request) -> Answer:
        asked = request.content()
        owner, kind = asked.get("organization"), asked.get("type") or "model"
        if request.token not in self.writers:
            return Answer(401, {"X-Error-Message": "Invalid username or password."})
        if self.writers[request.token] != owner:
            return Answer(403, {"X-Error-Message": f"You don't have the rights to create a {kind} under {owner}"})
        name = f"{'spaces/' if kind == 'space' else ''}{owner}/{asked['name']}"
        if name in self.repos:
            return as_json({"error": "You already created this repo"}, 409)
        self.repos[name] = Repo(private=bool(asked.get("private")) or asked.get("visibility") == "private")
        self.repos[name].commit({".gitattributes": b"*.safetensors filter=lfs"})
        return as_json({"url": f"{self.url}/{name}"})

    def may_read(self, key: str, token: str | None) -> bool:
        """Whether there is such a repository for this token."""
        repo, owner = self.repos.get(key), key.split("/")[-2]
        return repo is not None and (not repo.private or self.writers.get(token or "") == owner)

    def _readable(self, request: Request, kind: str, name: str) -> tuple[Repo, Answer | None]:
        key = f"spaces/{name}" if kind == "spaces" else name
        if not self.may_read(key, request.token):
            return Repo(), NOT_FOUND
        return self.repos[key], refusal(self.repos[key], request.token)

    def _writable(self, request: Request, kind: str, name: str) -> tuple[Repo, Answer | None]:
        repo, no = self._readable(request, kind, name)
        if no is None and self.writers.get(request.token or "") != name.partition("/")[0]:
            no = Answer(403 if request.token else 401, {"X-Error-Message": "no right to write"})
        return repo, no

    def _info(self, request: Request, kind: str, name: str, revision: str | None) -> Answer:
        repo, no = self._readable(request, kind, name)
        commit = commit_at(repo, revision)
        if no or commit is None:
            return no or Answer(404, {"X-Error-Code": "RevisionNotFound"})
        siblings = [{"rfilename": file} for file in repo.commits[commit]]
        return as_json({"id": name, "sha": commit, "private": repo.private, "siblings": siblings})

    def _tree(self, request: Request, kind: str, name: str, revision: str) -> Answer:
        repo, no = self._readable(request, kind, name)
        commit = commit_at(repo, revision)
        if no or commit is None:
            return no or Answer(404, {"X-Error-Code": "RevisionNotFound"})
        entries = []
        for path, body in repo.commits[commit].items():
            entry = {"type": "file", "path": path, "size": len(body), "oid": _git_hash(body)}
            if path.endswith(LARGE) and body:
                entry["lfs"] = {"oid": hashlib.sha256(body).hexdigest(), "size": len(body), "pointerSize": 134}
            entries.append(entry)
        return as_json(entries)

    def _upload_modes(self, request: Request, kind: str, name: str, revision: str) -> Answer:
        _, no = (
            self._readable(request, kind, name) if "create_pr" in request.query else self._writable(request, kind, name)
        )
        if no:
            return no
        paths = [file["path"] for file in request.content()["files"]]
        modes = [
            {"path": path, "uploadMode": "lfs" if path.endswith(LARGE) else "regular", "shouldIgnore": False}
            for path in paths
        ]
        return as_json({"files": modes})

    def _large_places(self, request: Request, name: str) -> Answer:
        objects = []
        for large in request.content()["objects"]:
            upload = {"upload": {"href": f"{self.url}/large/{name}/{large['oid']}"}}
            objects.append(large if large["oid"] in self.blobs else {**large, "actions": upload})
        return as_json({"transfer": "basic", "objects": objects})

    def _large(self, request: Request, name: str, digest: str) -> Answer:
        if status := self.repos[name].upload_status:
            return Answer(status)
        if hashlib.sha256(request.body).hexdigest() != digest:
            return Answer(422, {"X-Error-Message": "the file is not what was announced"})
        self.blobs[digest] = request.body
        return Answer(200)

    def _commit(self, request: Request, kind: str, name: str, revision: str) -> Answer:
        wants_pr = "create_pr" in request.query
        repo, no = self._readable(request, kind, name) if wants_pr else self._writable(request, kind, name)
        if no:
            return no
        head, *operations = [json.loads(line) for line in request.body.splitlines()]
        if head["value"].get("parentCommit", repo.branches["main"]) != repo.branches["main"]:
            return Answer(412, {"X-Error-Message": "A commit has happened since"})
        files = dict(repo.files)
        for operation in operations:
            value = operation["value"]
            is_large = operation["key"] == "lfsFile"
            files[value["path"]] = self.blobs[value["oid"]] if is_large else base64.b64decode(value["content"])
        commit = repo.commit(files, branch="refs/pr/1" if wants_pr else "main")
        repo.messages.append(head["value"]["summary"])
        page = f"{self.url}/{'spaces/' if kind == 'spaces' else ''}{name}"
        return as_json(
            {"commitUrl": f"{page}/commit/{commit}", "commitOid": commit, "pullRequestUrl": f"{page}/discussions/1"}
        )


def _git_hash(body: bytes) -> str:
    return hashlib.sha1(b"blob %d\0" % len(body) + body).hexdigest()
