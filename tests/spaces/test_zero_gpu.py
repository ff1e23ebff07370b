"""The demo page with `spaces.GPU` as on ZeroGPU, where functions run in a process forked at the first call and kept."""

import os
import subprocess
import sys
from textwrap import dedent

import numpy as np
import pytest
from PIL import Image

pytestmark = pytest.mark.slow

SPACES = """
import multiprocessing

def GPU(task):
    fork, workers = multiprocessing.get_context("fork"), []

    def serve(pipe):
        while True:
            try:
                answer = task(*pipe.recv())
            except Exception as error:
                answer = RuntimeError("ZeroGPU worker error: " + type(error).__name__)
            pipe.send(answer)

    def call(*arguments):
        if not workers:
            ours, theirs = fork.Pipe()
            fork.Process(target=serve, args=(theirs,), daemon=True).start()
            workers.append(ours)
        workers[0].send(arguments)
        assert workers[0].poll(120), "the forked process hangs"
        answer = workers[0].recv()
        if isinstance(answer, RuntimeError):
            raise answer
        return answer

    return call
"""


@pytest.fixture
def on_zero_gpu(repository, tmp_path):
    """Runs a script beside the page's modules, with a `spaces` package."""
    pytest.importorskip("gradio", reason="needs the [demo] extra")
    (tmp_path / "spaces.py").write_text(SPACES)
    paths = os.pathsep.join(map(str, (tmp_path, repository / "spaces/artgan-demo", repository)))

    def run(script):
        done = subprocess.run(
            [sys.executable, "-c", dedent(script)],
            check=False,
            env={**os.environ, "PYTHONPATH": paths},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_pictures_are_restored_by_models_loaded_before_and_after_the_fork(on_zero_gpu, repository, tmp_path):
    clean = Image.open(repository / "artgan_hf/samples/otters.avif").convert("RGB").crop((160, 80, 360, 200))
    clean.save(tmp_path / "otter.jpg", quality=10)
    on_zero_gpu("""
        from pathlib import Path
        from engine import predictor, restore
        assert predictor()(Path("otter.jpg")).quality < 20  # computed before the fork
        for name in ("qf10", "universal-pixel"):
            restore(f"artgan/{name}", Path("otter.jpg"), {}).image.save(f"{name}.png")
    """)
    error = {
        name: np.square(np.asarray(Image.open(tmp_path / name).convert("RGB"), float) - clean).mean()
        for name in ("otter.jpg", "qf10.png", "universal-pixel.png")
    }
    assert error["universal-pixel.png"] < error["qf10.png"] < error["otter.jpg"]


def test_errors_come_back_in_our_words(on_zero_gpu):
    said = on_zero_gpu("""
        from pathlib import Path
        from artgan_hf import ArtganError
        from engine import restore
        try:
            restore("artgan/qf10", Path("missing.jpg"), {})
        except ArtganError as error:
            print(error)
    """)
    assert "missing.jpg" in said


def test_a_clip_is_restored_and_its_progress_told(on_zero_gpu, write_clip, tmp_path):
    write_clip(tmp_path / "clip.mp4", frames=6)
    said = on_zero_gpu("""
        import gradio as gr
        from clip import MODELS, restore_video
        target, facts = restore_video("clip.mp4", MODELS[0], gr.Progress())
        print(facts)
    """)
    assert "6 frames" in said
