"""ffmpeg's deblocking filter `spp`, a peer without a network: its program, and the filter for single JPEG files."""

import io
import shutil
import subprocess
import tempfile
from pathlib import Path
from time import perf_counter

import PIL.Image

from artgan_hf.codecs import read_jpeg_info
from artgan_hf.errors import ArtganError
from artgan_hf.evaluation.cache import content_key
from artgan_hf.evaluation.methods import Method
from artgan_hf.types import Restored

NAME = "ffmpeg spp=6"
STEPS_PER_QP = 3  # of 3 pictures at JPEG quality 10, 20 and 40, a third of the step gave most; half of it blurs


def spp_program() -> tuple[str | None, str | None]:
    """Returns the ffmpeg program if it has the filter, which PyAV's own build has not; otherwise why there is none."""
    program = shutil.which("ffmpeg")
    if program is None:
        return None, "not measured: no ffmpeg on the PATH, and PyAV's build has no such filter"
    answer = subprocess.run([program, "-hide_banner", "-filters"], capture_output=True, text=True, check=False)
    if " spp " not in answer.stdout:
        return None, f"not measured: {program} was built without this filter"
    return program, None


def spp_method(program: str) -> Method:
    """Returns the filter at its best, told of each file's quantisation: ffmpeg does not find it in a JPEG by itself.

    Args:
        program: from `spp_program`.
    """

    def restore(jpeg: bytes) -> Restored:
        started = perf_counter()
        with tempfile.TemporaryDirectory(prefix="artgan-") as folder:
            given, asked = Path(folder) / "in.jpg", Path(folder) / "out.png"
            given.write_bytes(jpeg)
            filters = ["-vf", f"spp=6:qp={quantiser(jpeg)}"]
            words = [program, "-loglevel", "error", "-nostdin", "-i", str(given), *filters, str(asked)]
            answer = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
            if answer.returncode != 0 or not asked.exists():
                said = (answer.stderr.strip().splitlines() or ["it said nothing"])[-1]
                raise ArtganError(f"{program} with spp ended with exit code {answer.returncode}: {said}")
            image = PIL.Image.open(io.BytesIO(asked.read_bytes()))
            return Restored(image, None, NAME, perf_counter() - started)

    return Method(NAME, restore, content_key(NAME, STEPS_PER_QP, Path(program).read_bytes()))


def quantiser(jpeg: bytes) -> int:
    """Returns the filter's `qp` for a file, 1 to 63: a third of the larger of its two lowest luma steps.

    Example:
        >>> import numpy as np
        >>> from artgan_hf.codecs import encode
        >>> [quantiser(encode(np.zeros((8, 8, 3), np.uint8), quality)) for quality in (1, 10, 40, 100)]
        [63, 20, 5, 1]
    """
    luma = read_jpeg_info(jpeg).tables[0]
    return min(63, max(1, round(max(luma[1], luma[8]) / STEPS_PER_QP)))
