"""What can only be measured in a new process: peak memory and import time. Called by speed.py."""

import json
import subprocess
import sys
from pathlib import Path

from artgan_hf.errors import ArtganError

RUN_ONE = """
import json, sys
from artgan_hf.evaluation.fresh_process import resident_mb
from artgan_hf.evaluation.speed import Contender, noise_picture
contender, picture = Contender(*json.loads(sys.argv[1])), noise_picture(float(sys.argv[2]))
before = resident_mb(peak=False)
contender.restore(picture)
print(resident_mb(peak=True) - before)
"""
IMPORT_ONE = """
import sys, time
started = time.perf_counter()
exec(sys.argv[1])
print(time.perf_counter() - started)
"""


def memory_growth_mb(model: str, dtype: str, megapixels: float) -> float:
    """Returns by how many megabytes (10^6) a process grows at its peak while it restores one picture.

    Args:
        model: as in `artgan_hf.evaluation.speed.Contender`.
        dtype: likewise.
        megapixels: size of the picture.

    Raises:
        ArtganError: if the process fails; the message is its last line.
    """
    return _run(RUN_ONE, json.dumps([model, dtype]), str(megapixels))


def import_seconds(statement: str) -> float:
    """Returns the wall time of an import statement in a fresh interpreter.

    Raises:
        ArtganError: if it fails.

    Example:
        >>> 0 < import_seconds("import json") < 10
        True
    """
    return _run(IMPORT_ONE, statement)


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


def _run(code: str, *arguments: str) -> float:
    answer = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        reason = (answer.stderr.strip().splitlines() or [f"it ended with {answer.returncode}"])[-1]
        raise ArtganError(f"a measurement in a process of its own failed: {reason}")
    return float(answer.stdout.split()[-1])
