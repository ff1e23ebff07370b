"""Memory of commands that look at many large pictures or frames one after the other."""

import ctypes
import sys

TRIM_THRESHOLD, MMAP_MAX = -1, -4  # of glibc's malloc.h


def keep_freed_memory() -> None:
    """Lets the process keep what it has freed, for the next array: a sixth less time for LPIPS and DISTS.

    Otherwise the system takes back each of the networks' features of 100 MB, and has to clear as much for the next. A
    frame of 1280x720 takes a tenth less time. Does nothing where the allocator is not glibc's.
    """
    if sys.platform != "linux":
        return
    change = getattr(ctypes.CDLL(None), "mallopt", None)
    if change is not None:
        change(MMAP_MAX, 0)
        change(TRIM_THRESHOLD, 2**31 - 1)
