import numpy as np
import pytest

from artgan_hf.errors import ArtganError
from artgan_hf.evaluation.fresh_process import import_seconds, memory_growth_mb, resident_mb


def test_an_import_takes_the_time_it_takes():
    assert import_seconds("import time; time.sleep(0.2)") >= 0.2


def test_a_failing_process_is_one_line():
    with pytest.raises(ArtganError, match=r"failed: ModuleNotFoundError.*no_such_module"):
        import_seconds("import no_such_module")


def test_memory_of_this_process_is_seen_and_its_peak_kept():
    before = resident_mb(peak=False)
    ballast = np.ones(8_000_000)
    grown = resident_mb(peak=False)
    del ballast
    assert grown - before > 50
    assert resident_mb(peak=True) >= grown - 5  # the kernel counts in batches


def test_the_yardstick_needs_memory_for_its_features():
    # two layers of 64 float32 channels at 96x128 pixels are 6.3 MB
    assert 3 < memory_growth_mb("dncnn-3", "float32", 0.012) < 500
