"""Keeps the ratings of a study in an SQLite file, so that several raters at once lose nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timezone
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from artgan_hf.errors import DataError, OptionError

WAIT_SECONDS = 30.0
TABLE = """
CREATE TABLE IF NOT EXISTS ratings (
    rater TEXT NOT NULL,
    picture TEXT NOT NULL,
    method TEXT NOT NULL,
    score REAL NOT NULL CHECK (score BETWEEN 0 AND 100),
    seconds REAL NOT NULL,
    rated_at TEXT NOT NULL,
    PRIMARY KEY (rater, picture, method)
)"""
ADD = """
INSERT INTO ratings VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET score = excluded.score, seconds = excluded.seconds, rated_at = excluded.rated_at"""


class Rating(NamedTuple):
    """One answer.

    Args:
        rater: name.
        picture: as in `Stimulus`.
        method: likewise.
        score: 0 (very annoying) to 100 (no difference seen).
        seconds: from the question to the answer.
    """

    rater: str
    picture: str
    method: str
    score: float
    seconds: float


class Ratings:
    """The ratings in a file. Threads and processes may share it: each answer is a transaction of its own.

    Args:
        path: made if missing. Must be on a disk of this machine: SQLite's write-ahead log does not work on a network.

    Raises:
        DataError: if the file is not a file of ratings.
    """

    def __init__(self, path: str | PathLike[str]) -> None:
        self.path = Path(path)
        with self._connected() as connection:
            connection.execute("PRAGMA journal_mode=WAL")  # readers and the writer do not wait for each other
            connection.execute(TABLE)

    def add(self, rating: Rating) -> None:
        """Keeps an answer; a second one to the same question replaces the first.

        Raises:
            OptionError: if the score is not from 0 to 100, or the rater has no name.
            DataError: if it cannot be written.
        """
        if not 0 <= rating.score <= 100:
            raise OptionError(f"score is {rating.score}; a number from 0 to 100 was expected.")
        if not rating.rater.strip():
            raise OptionError("the rater has no name; one was expected.")
        now = datetime.now(timezone.utc).isoformat(timespec="seconds")
        with self._connected() as connection:
            connection.execute(ADD, (*rating, now))

    def all(self) -> list[Rating]:
        """Returns every answer, by rater, picture and method."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT rater, picture, method, score, seconds FROM ratings ORDER BY rater, picture, method"
            ).fetchall()
        return [Rating(*row) for row in rows]

    def answered(self, rater: str) -> set[tuple[str, str]]:
        """Returns the (picture, method) of every question that a rater has answered."""
        with self._connected() as connection:
            rows = connection.execute("SELECT picture, method FROM ratings WHERE rater = ?", (rater,)).fetchall()
        return set(rows)

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        try:
            connection = sqlite3.connect(self.path, timeout=WAIT_SECONDS)
            try:
                with connection:  # commits, or rolls back on an error
                    yield connection
            finally:
                connection.close()
        except sqlite3.Error as error:
            raise DataError(f"{self.path} cannot be used for ratings ({error}); is it another file?") from error
