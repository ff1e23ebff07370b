import io
import sys
from pathlib import Path

import numpy as np
import PIL.Image
import pytest
from toy_models import toy_folder, toy_predictor_folder

from artgan_hf.codecs import encode
from artgan_hf.errors import ArtganError, IncompatibleModelError, ModelNotFoundError, OptionError
from artgan_hf.evaluation.methods import load_methods

MODULE = """
import numpy as np, PIL.Image
def inverted(path):
    return 255 - np.asarray(PIL.Image.open(path))
def broken(path):
    raise KeyError("weights")
def odd(path):
    return [1, 2]
def floats(path):
    return np.zeros((4, 4, 3))
"""
NAMED = """
import sys, numpy as np, PIL.Image
from pathlib import Path
def suffix(path):
    return np.frombuffer(path.suffix.encode(), np.uint8)[None]
if __name__ == "__main__":
    PIL.Image.fromarray(suffix(Path(sys.argv[1]))).save(sys.argv[2])
"""
SCRIPT = """
import sys, PIL.Image
PIL.Image.open(sys.argv[1]).transpose(PIL.Image.Transpose.ROTATE_180).save(sys.argv[2], format=sys.argv[3])
"""


@pytest.fixture
def jpeg():
    return encode(np.arange(24 * 32 * 3, dtype=np.uint8).reshape(24, 32, 3), 90)


@pytest.fixture
def peers(tmp_path, monkeypatch):
    """A working folder with a module of functions."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    for module in ("benchmark_peers", "named"):
        monkeypatch.delitem(sys.modules, module, raising=False)
    (tmp_path / "benchmark_peers.py").write_text(MODULE)
    return tmp_path


def run_python(code: str, *words: str) -> str:
    return f'"{Path(sys.executable).as_posix()}" -c "{code}" {" ".join(words)}'


def test_a_model_is_restored_as_by_restorer_and_once_more_with_consistent(tmp_path, jpeg):
    folder = str(toy_folder(tmp_path / "toy"))
    free, bound = load_methods([folder], device="cpu", dtype="float32", consistent=True)
    assert (free.name, bound.name) == (folder, f"{folder}, consistent")
    assert free.restore(jpeg).image.size == (32, 24)
    assert free.fingerprint != bound.fingerprint


def test_the_fingerprint_of_a_model_follows_its_weights_not_its_place(tmp_path):
    first, second = (load_methods([str(toy_folder(tmp_path / name))], device="cpu")[0] for name in "ab")
    assert first.fingerprint == second.fingerprint
    weights = tmp_path / "b" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-2] + b"\0\0")
    assert load_methods([str(tmp_path / "b")], device="cpu")[0].fingerprint != first.fingerprint


def test_a_function_gets_the_path_of_the_file(peers, jpeg):
    (method,) = load_methods(["benchmark_peers:inverted"])
    (peers / "in.jpg").write_bytes(jpeg)
    restored = method.restore(jpeg)
    np.testing.assert_array_equal(np.asarray(restored.image), 255 - np.asarray(PIL.Image.open(peers / "in.jpg")))
    assert restored.seconds > 0


def test_functions_and_commands_get_a_decoded_frame_as_a_png_file(peers, jpeg):
    frame = io.BytesIO()
    PIL.Image.open(io.BytesIO(jpeg)).save(frame, "PNG")
    (peers / "named.py").write_text(NAMED)
    methods = load_methods(["named:suffix", f"{Path(sys.executable).as_posix()} named.py {{in}} {{out}}"])
    suffixes = [[bytes(np.asarray(one.restore(file).image)[0]) for one in methods] for file in (jpeg, frame.getvalue())]
    assert suffixes == [[b".jpg", b".jpg"], [b".png", b".png"]]


def test_a_changed_file_is_another_function(peers):
    (before,) = load_methods(["benchmark_peers:inverted"])
    (peers / "benchmark_peers.py").write_text(MODULE + "# changed")
    (after,) = load_methods(["benchmark_peers:inverted"])
    assert before.fingerprint != after.fingerprint != ""


@pytest.mark.parametrize(
    ("function", "complaint"),
    [("broken", "broken failed: KeyError"), ("odd", "odd gave list"), ("floats", r"float64 of shape \(4, 4, 3\)")],
)
def test_a_function_that_fails_is_one_line(peers, jpeg, function, complaint):
    (method,) = load_methods([f"benchmark_peers:{function}"])
    with pytest.raises(ArtganError, match=complaint):
        method.restore(jpeg)


@pytest.mark.parametrize("format", ["PNG", "PPM", "BMP"])
def test_a_command_reads_and_writes_files_whatever_the_format(peers, jpeg, format):
    (peers / "turn.py").write_text(SCRIPT)
    (method,) = load_methods([f"{Path(sys.executable).as_posix()} turn.py {{in}} {{out}} {format}"])
    assert method.name.endswith(f"turn.py {format}")
    upright = np.asarray(method.restore(jpeg).image)
    (peers / "in.jpg").write_bytes(jpeg)
    np.testing.assert_array_equal(upright, np.asarray(PIL.Image.open(peers / "in.jpg"))[::-1, ::-1])


def test_a_changed_script_is_another_command(peers):
    command = f"{Path(sys.executable).as_posix()} turn.py {{in}} {{out}}"
    fingerprints = set()
    for text in (SCRIPT, SCRIPT + "# changed"):
        (peers / "turn.py").write_text(text)
        fingerprints.add(load_methods([command])[0].fingerprint)
    assert len(fingerprints) == 2


def test_no_shell_looks_at_a_command(peers, jpeg):
    (method,) = load_methods([f"{Path(sys.executable).as_posix()} -c pass {{in}} {{out}} ; touch hacked"])
    with pytest.raises(ArtganError, match="wrote no"):
        method.restore(jpeg)
    assert not (peers / "hacked").exists()


@pytest.mark.parametrize(
    ("code", "complaint"),
    [
        ("import sys; sys.exit('out of patience')", "exit code 1: out of patience"),
        ("import sys; sys.exit(3)", "exit code 3: it said nothing"),
        ("import sys; open(sys.argv[2], 'w').write('text')", "cannot be read as a picture"),
    ],
)
def test_a_command_that_fails_is_one_line(jpeg, code, complaint):
    (method,) = load_methods([run_python(code, "{in}", "{out}")])
    with pytest.raises(ArtganError, match=complaint):
        method.restore(jpeg)


@pytest.mark.parametrize(
    ("name", "error", "complaint"),
    [
        ("no-such-program {in} {out}", OptionError, "'no-such-program' was not found"),
        ("cat {in}", OptionError, r"lacks \{out\}"),
        ("no_such_module:restore", OptionError, "cannot be found"),
        ("no/such-model", ModelNotFoundError, "no/such-model"),
    ],
)
def test_what_is_not_there_is_refused_before_the_run(name, error, complaint, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    with pytest.raises(error, match=complaint):
        load_methods([name])


def test_a_quality_predictor_restores_nothing(tmp_path):
    with pytest.raises(IncompatibleModelError):
        load_methods([str(toy_predictor_folder(tmp_path / "predictor"))])
