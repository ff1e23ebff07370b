"""Runs one step of a pipeline in a thread of its own, a few items ahead of the next step. Called by restoring/video."""

from collections.abc import Generator, Iterable
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
POLL_S = 0.1


def ahead(items: Iterable[Item], depth: int) -> Generator[Item]:
    """Yields the items in their order while a thread makes the next ones.

    An error in the thread is raised here, after the items before it. If the generator is closed, the thread stops and
    closes `items` in its turn, so that a chain of these is taken down from its end.

    Args:
        items: made in the thread, one after the other.
        depth: how many may wait, from 1; memory stays bounded by it.

    Example:
        >>> list(ahead((n * n for n in range(4)), depth=2))
        [0, 1, 4, 9]
    """
    queue: Queue[tuple[str, Item | BaseException | None]] = Queue(depth)
    stopped = Event()

    def put(kind: str, value: Item | BaseException | None) -> None:
        while not stopped.is_set():
            try:
                return queue.put((kind, value), timeout=POLL_S)
            except Full:
                continue
        return None

    def work() -> None:
        try:
            for item in items:
                put("item", item)
                if stopped.is_set():
                    break
            put("end", None)
        except BaseException as error:  # whatever it is, the other side is to hear of it
            put("error", error)
        finally:
            if isinstance(items, Generator):
                items.close()

    thread = Thread(target=work, daemon=True)
    thread.start()
    try:
        while True:
            kind, value = _taken(queue)
            if kind == "end":
                return
            if isinstance(value, BaseException) and kind == "error":
                raise value
            yield value  # type: ignore[misc] # an item
    finally:
        stopped.set()
        thread.join()


def _taken(queue: "Queue[tuple[str, Item | BaseException | None]]") -> "tuple[str, Item | BaseException | None]":
    """Waits in short turns, so that Ctrl-C is heard on every platform."""
    while True:
        try:
            return queue.get(timeout=POLL_S * 10)
        except Empty:
            continue
