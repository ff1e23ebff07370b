import stat
import sys

import numpy as np
import pytest

from artgan_hf.codecs import encode
from artgan_hf.errors import ArtganError
from artgan_hf.evaluation.contenders import peer_methods
from artgan_hf.evaluation.spp import spp_method, spp_program

FFMPEG = """#!{python}
import sys, PIL.Image
if "-filters" in sys.argv:
    print(" T. {filter} V->V")
else:
    assert sys.argv[sys.argv.index("-vf") + 1] == "spp=6:qp=20", sys.argv
    PIL.Image.open(sys.argv[sys.argv.index("-i") + 1]).save(sys.argv[-1])
"""


@pytest.fixture
def ffmpeg(tmp_path, monkeypatch):
    """Puts a program that passes for ffmpeg on an otherwise empty PATH."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def install(filter_name):
        program = tmp_path / "ffmpeg"
        program.write_text(FFMPEG.format(python=sys.executable, filter=filter_name))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)

    return install


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a first line")
def test_the_filter_is_told_the_quantiser_of_the_file(ffmpeg):
    ffmpeg("spp")
    jpeg = encode(np.random.default_rng(0).integers(0, 256, (16, 24, 3), dtype=np.uint8), 10)
    (method,), missing = peer_methods()
    assert missing == ["jpegqs: not measured: no jpegqs on the PATH"]
    restored = method.restore(jpeg)
    assert (method.name, restored.image.size, restored.image.mode) == ("ffmpeg spp=6", (24, 16), "RGB")
    assert method.fingerprint == spp_method(spp_program()[0]).fingerprint != ""
    with pytest.raises(ArtganError, match="ended with exit code 1: AssertionError"):
        method.restore(encode(np.zeros((8, 8), np.uint8), 40))


def test_a_peer_that_is_not_installed_is_named_in_a_line(ffmpeg):
    methods, missing = peer_methods()
    assert methods == []
    assert missing[0] == "ffmpeg spp=6: not measured: no ffmpeg on the PATH, and PyAV's build has no such filter"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in is a script with a first line")
def test_an_ffmpeg_without_the_filter_is_none(ffmpeg):
    ffmpeg("fspp")
    assert spp_program()[0] is None
    assert "built without this filter" in spp_program()[1]
