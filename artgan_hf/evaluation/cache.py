"""Scores kept between runs, by the content of what they are scores of: a stopped run goes on where it was.

Called by benchmark.py. One small file for each restored picture; delete the folder to forget everything.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

from artgan_hf.evaluation.documents import write_text


@dataclass
class CachedResult:
    """What is known of one restored picture.

    Args:
        seconds: it took to restore it; None where nothing was restored.
        values: of each figure that was computed, by the figure's identity.
        crops: cut out of it, by their place: WebP in base64.
    """

    seconds: float | None = None
    values: dict[str, dict[str, float]] = field(default_factory=dict)
    crops: dict[str, str] = field(default_factory=dict)


class ScoreCache:
    """Results in a folder, which is made when the first is kept.

    Args:
        folder: theirs alone.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     cache = ScoreCache(folder)
        ...     cache.keep("ab12", CachedResult(values={"psnr": {"psnr": 26.9}}))
        ...     cache.find("ab12").values, cache.find("cd34").values
        ({'psnr': {'psnr': 26.9}}, {})
    """

    def __init__(self, folder: str | PathLike[str]) -> None:
        self.folder = Path(folder)

    def find(self, key: str) -> CachedResult:
        """Returns what is known under a key; a file that cannot be read is as good as none."""
        try:
            return CachedResult(**json.loads(self._file(key).read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return CachedResult()

    def keep(self, key: str, result: CachedResult) -> None:
        """Keeps a result in place of what was known.

        Raises:
            ArtganError: if it cannot be written.
        """
        write_text(json.dumps(asdict(result)), self._file(key))

    def _file(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"


def content_key(*parts: Any) -> str:
    """Returns a key for bytes, texts, numbers and lists of them: equal for equal contents, in any process.

    Example:
        >>> content_key(b"a", ["b", 1]) == content_key(b"a", ["b", 1]) != content_key(b"ab", [1])
        True
    """
    digest = hashlib.sha256()
    for part in parts:
        content = part if isinstance(part, bytes) else json.dumps(part).encode()
        digest.update(b"%d:" % len(content) + content)
    return digest.hexdigest()
