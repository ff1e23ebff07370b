"""What a benchmark compares: models of ours, functions of the user's, and programs, all behind one face."""

import re
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from inspect import getsourcefile
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
import PIL.Image

from artgan_hf.errors import ArtganError, OptionError
from artgan_hf.evaluation.cache import content_key
from artgan_hf.evaluation.plugins import is_reference, load_reference
from artgan_hf.hub import EnsembleConfig, find_model
from artgan_hf.hub.folder import CONFIG_NAME, WEIGHTS_NAME, check_complete
from artgan_hf.images.files import JPEG_START
from artgan_hf.restoring import Restorer
from artgan_hf.types import Restored

PLACES = ("{in}", "{out}")


@dataclass
class Method:
    """One way to restore a compressed picture.

    Args:
        name: in tables.
        restore: takes the bytes of a JPEG file, or of the PNG file that a video codec's frame is given as; returns a
            PIL image in `Restored`.
        fingerprint: the same only for what gives the same pictures; "" if that cannot be told.
        qualities: of the JPEGs that it is for: it is not measured at others; None for all.
    """

    name: str
    restore: Callable[[bytes], Restored]
    fingerprint: str = ""
    qualities: frozenset[int] | None = None


def load_methods(
    names: Sequence[str], *, device: str = "auto", dtype: str = "auto", consistent: bool = False
) -> list[Method]:
    """Returns what names on the command line stand for.

    Args:
        names: each one of

            - an id or folder of a model;
            - `module:function`: a function that takes the path of a JPEG file (pathlib.Path; of a PNG file if a video
              codec degraded the picture) and returns the restored one, uint8, shape (H, W, 3), or (H, W) for grey;
            - a command with {in} and {out}, e.g. "jpegqs -q 6 {in} {out}": run without a shell, it reads such a file
              and writes a picture in any format that Pillow reads.
        device: of models, as in `Restorer`.
        dtype: likewise.
        consistent: True to have each model of ours once more, with `consistent=True`.

    Raises:
        ModelNotFoundError: if a model cannot be found.
        IncompatibleModelError: if it is broken.
        OptionError: if a function or a program cannot be found, or a command lacks {in} or {out}.
    """
    methods: list[Method] = []
    for name in names:
        if any(place in name for place in PLACES):
            methods.append(_command(name))
        elif is_reference(name) and not Path(name).exists():
            methods.append(_function(name))
        else:
            kinds = (False, True) if consistent else (False,)
            methods += [model_method(name, device=device, dtype=dtype, consistent=kind) for kind in kinds]
    return methods


def model_method(name: str, *, device: str = "auto", dtype: str = "auto", consistent: bool = False) -> Method:
    """Returns a model of ours; `consistent`, which changes its pictures, is part of its name.

    Args:
        name: id or folder.
        device: this and what follows as in `Restorer`.
        dtype: likewise.
        consistent: likewise.

    Raises:
        ModelNotFoundError: if it cannot be found.
        IncompatibleModelError: if it is broken.
    """
    restorer = Restorer.from_pretrained(name, device=device, dtype=dtype, consistent=consistent)
    run_by = [str(restorer.device), str(restorer.dtype), consistent]
    shown = f"{restorer.name}, consistent" if consistent else restorer.name
    return Method(shown, restorer.restore, content_key(*_model_files(name), run_by))


def _model_files(name: str) -> list[bytes]:
    """The contents of a model's files; of an ensemble, also those of its members."""
    folder = find_model(name)
    config = check_complete(folder)
    contents = [(folder.path / CONFIG_NAME).read_bytes()]
    if not isinstance(config, EnsembleConfig):
        return [*contents, (folder.path / WEIGHTS_NAME).read_bytes()]
    members = map(_model_files, [config.predictor, *config.experts.values()])
    return contents + [content for member in members for content in member]


def _function(name: str) -> Method:
    function = load_reference(name)

    def restore(file: bytes) -> Restored:
        with tempfile.TemporaryDirectory(prefix="artgan-") as folder:
            path = _written(file, folder)
            started = perf_counter()
            try:
                pixels = function(path)
            except Exception as error:  # the user's code may raise anything
                raise ArtganError(f"{name} failed: {type(error).__name__}: {error}") from error
            seconds = perf_counter() - started
        if not isinstance(pixels, np.ndarray) or pixels.dtype != np.uint8 or pixels.ndim not in (2, 3):
            got = f"{pixels.dtype} of shape {pixels.shape}" if isinstance(pixels, np.ndarray) else type(pixels).__name__
            raise ArtganError(f"{name} gave {got}; a uint8 array (H, W, 3) or (H, W) was expected.")
        return Restored(PIL.Image.fromarray(pixels), None, name, seconds)

    source = _source(function)
    return Method(name, restore, content_key(name, source) if source else "")


def _source(function: Callable[..., Any]) -> bytes | None:
    """The file a function is in: a changed file is another method. What it imports or loads is not seen."""
    try:
        file = getsourcefile(function)
    except TypeError:
        return None
    return Path(file).read_bytes() if file else None


def _command(template: str) -> Method:
    words = shlex.split(template)
    missing = [place for place in PLACES if not any(place in word for word in words)]
    if missing:
        raise OptionError(f"the command {template!r} lacks {missing[0]}; it must name {' and '.join(PLACES)}.")
    program = shutil.which(words[0])
    if program is None:
        raise OptionError(f"the program {words[0]!r} was not found; install it, or give its path.")
    name = " ".join(re.sub(r"\{(in|out)\}", "", template).split())

    def restore(file: bytes) -> Restored:
        with tempfile.TemporaryDirectory(prefix="artgan-") as folder:
            given, asked = _written(file, folder), Path(folder) / "out.png"
            filled = [word.replace("{in}", str(given)).replace("{out}", str(asked)) for word in words[1:]]
            started = perf_counter()
            _run([program, *filled], name)
            seconds = perf_counter() - started
            return Restored(_read(asked, name), None, name, seconds)

    files = [Path(word).read_bytes() for word in [program, *words[1:]] if Path(word).is_file()]
    return Method(name, restore, content_key(template, *files))


def _written(file: bytes, folder: str) -> Path:
    path = Path(folder) / ("in.jpg" if file.startswith(JPEG_START) else "in.png")
    path.write_bytes(file)
    return path


def _run(words: Sequence[str], name: str) -> None:
    try:
        answer = subprocess.run(words, capture_output=True, text=True, errors="replace", check=False)
    except OSError as error:
        raise ArtganError(f"{name} cannot be run ({error.strerror}).") from error
    if answer.returncode != 0:
        said = (answer.stderr.strip() or answer.stdout.strip() or "it said nothing").splitlines()[-1]
        raise ArtganError(f"{name} ended with exit code {answer.returncode}: {said}")


def _read(path: Path, name: str) -> PIL.Image.Image:
    if not path.exists():
        raise ArtganError(f"{name} ended well but wrote no {{out}}.")
    try:
        with PIL.Image.open(path) as image:
            image.load()
            return image.copy()
    except (OSError, ValueError, SyntaxError) as error:
        raise ArtganError(f"what {name} wrote cannot be read as a picture ({error}).") from error
