"""Runs the last step of a pipeline in a thread of its own, a few items behind. Called by restoring/video."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from queue import Full, Queue
from threading import Event, Thread
from typing import TypeVar

Item = TypeVar("Item")
POLL_S = 0.1


@contextmanager
def behind(work: Callable[[Item], None], depth: int) -> Generator[Callable[[Item], None]]:
    """Yields a function that hands an item over to a thread, and waits only while `depth` others wait there.

    When the block ends, all are worked off. If it ends by an error, what waits is left undone; an error in the thread
    is raised by the next hand-over, or at the end of the block.

    Args:
        work: called in the thread with one item after the other.
        depth: how many may wait, from 1; memory stays bounded by it.

    Example:
        >>> done: list[int] = []
        >>> with behind(done.append, depth=2) as hand_over:
        ...     for number in range(4):
        ...         hand_over(number)
        >>> done
        [0, 1, 2, 3]
    """
    queue: Queue[list[Item]] = Queue(depth)  # of one item, or of none at the end
    errors: list[BaseException] = []
    stopped = Event()

    def work_off() -> None:
        while not stopped.is_set() and (items := queue.get()):
            try:
                work(items[0])
            except BaseException as error:  # whatever it is, the other side is to hear of it
                errors.append(error)
                return

    def put(items: list[Item]) -> None:
        while thread.is_alive():
            try:
                return queue.put(items, timeout=POLL_S)
            except Full:
                continue
        raise errors[0]

    thread = Thread(target=work_off, daemon=True)
    thread.start()
    try:
        yield lambda item: put([item])
        put([])
        while thread.is_alive():  # in short turns, so that Ctrl-C is heard on every platform
            thread.join(POLL_S)
        if errors:
            raise errors[0]
    finally:
        stopped.set()
        if queue.empty():
            queue.put([])  # the thread may wait for it
        thread.join()
