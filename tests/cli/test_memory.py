"""What a process has freed stays its own."""

import subprocess
import sys

import pytest

FAULTS = """
import resource
from artgan_hf.cli.memory import keep_freed_memory

def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    b"x" * 2**26
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

plain = faults(), faults()
keep_freed_memory()
faults()
print(min(plain), faults())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have other allocators")
def test_memory_is_used_again_without_a_fault():
    plain, kept = subprocess.check_output([sys.executable, "-c", FAULTS], text=True).split()
    assert int(kept) < 0.01 * int(plain)
