"""What can only be measured in a new process: peak memory and import time. Called by speed.py."""

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from artgan_hf.errors import ArtganError

RUN_ONE = """
import json, sys
from artgan_hf.evaluation.fresh_process import resident_mb
from artgan_hf.evaluation.speed import Contender
contender, picture = Contender(*json.loads(sys.argv[1])), sys.argv[2]
before = resident_mb(peak=False)
contender.restore_file(picture)
peak = resident_mb(peak=True)
print(peak - before, peak)
"""
IMPORT_ONE = """
import sys, time
started = time.perf_counter()
exec(sys.argv[1])
print(time.perf_counter() - started)
"""


class Memory(NamedTuple):
    """What restoring one file took, in megabytes (10^6).

    Args:
        growth_mb: how much more the process had at its peak than with Python, torch and the network loaded.
        peak_mb: all it had at its peak.
    """

    growth_mb: float
    peak_mb: float


def restoring_memory(model: str, dtype: str, picture: Path) -> Memory:
    """Returns the memory that a process takes to restore one file through `Restorer`.

    Args:
        model: as in `artgan_hf.evaluation.speed.Contender`.
        dtype: likewise.
        picture: a JPEG file.

    Raises:
        ArtganError: if the process fails; the message is its last line.
    """
    return Memory(*_run(RUN_ONE, json.dumps([model, dtype]), str(picture)))


def import_seconds(statement: str) -> float:
    """Returns the wall time of an import statement in a fresh interpreter.

    Raises:
        ArtganError: if it fails.

    Example:
        >>> 0 < import_seconds("import json") < 10
        True
    """
    return _run(IMPORT_ONE, statement)[0]


def resident_mb(*, peak: bool) -> float:
    """Returns the memory of this process in megabytes (10^6); its peak where only that is known.

    Args:
        peak: True for the most it has ever had.
    """
    status = Path("/proc/self/status")
    if status.is_file():  # not getrusage: on Linux its peak is inherited from the parent
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM" if peak else "VmRSS"].split()[0]) * 1024 / 1e6
    import resource  # noqa: PLC0415 - there is none on Windows

    in_bytes = sys.platform == "darwin"
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if in_bytes else 1024) / 1e6


def _run(code: str, *arguments: str) -> list[float]:
    """Returns the numbers in the last line that some code prints."""
    answer = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        reason = (answer.stderr.strip().splitlines() or [f"it ended with {answer.returncode}"])[-1]
        raise ArtganError(f"a measurement in a process of its own failed: {reason}")
    return [float(number) for number in answer.stdout.splitlines()[-1].split()]
