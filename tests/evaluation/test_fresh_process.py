import subprocess
import sys

import numpy as np
import pytest

from artgan_hf.codecs import encode
from artgan_hf.errors import ArtganError
from artgan_hf.evaluation.fresh_process import import_seconds, restoring_memory


def test_an_import_takes_the_time_it_takes():
    assert import_seconds("import time; time.sleep(0.2)") >= 0.2


def test_a_failing_process_is_one_line():
    with pytest.raises(ArtganError, match=r"failed: ModuleNotFoundError.*no_such_module"):
        import_seconds("import no_such_module")


WEIGH_BALLAST = """
import numpy as np
from artgan_hf.evaluation.fresh_process import resident_mb
before = resident_mb(peak=False)
ballast = np.ones(8_000_000)
grown = resident_mb(peak=False)
del ballast
print(grown - before, resident_mb(peak=True) - grown)
"""


def test_memory_of_a_process_is_seen_and_its_peak_kept():
    # in a process of its own: this one may hold freed memory from other tests, and grow by nothing
    answer = subprocess.run([sys.executable, "-c", WEIGH_BALLAST], capture_output=True, text=True, check=True)
    growth, peak_above = map(float, answer.stdout.split())
    assert growth > 50
    assert peak_above >= -5  # the kernel counts in batches


def test_restoring_a_file_needs_memory_for_the_features(tmp_path):
    (tmp_path / "photo.jpg").write_bytes(encode(np.zeros((96, 128, 3), np.uint8), 10))
    memory = restoring_memory("dncnn-3", "float32", tmp_path / "photo.jpg")
    assert 3 < memory.growth_mb < 500  # two layers of 64 float32 channels at 96x128 pixels are 6.3 MB
    assert memory.peak_mb > memory.growth_mb + 50  # torch
