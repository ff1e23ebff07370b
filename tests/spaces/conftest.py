"""A browser, and the demo page, started on this machine by `artgan app`, with the real artgan/qf10 and a toy."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest
from toy_models import toy_folder

START = """
import sys
from pathlib import Path
from artgan_hf.cli.main import main
from artgan_hf.hub import shipped
shipped._shipped_root = lambda: Path(sys.argv[1])
sys.exit(main(["app", "--no-browser", "--port", sys.argv[2]]))
"""


@pytest.fixture(scope="session")
def page(tmp_path_factory, repository):
    """The page's address. Its models are artgan/qf10 and its parent, artgan/qf-predictor and artgan/toy."""
    pytest.importorskip("gradio", reason="needs the [demo] extra")
    models = tmp_path_factory.mktemp("models")
    toy_folder(models / "toy")
    for name in ("qf10", "universal-pixel", "qf-predictor"):
        (models / name).symlink_to(repository / "model_cards" / name)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"GRADIO_SSR_MODE": "false", "GRADIO_ANALYTICS_ENABLED": "False"}
    settings["GRADIO_TEMP_DIR"] = str(tmp_path_factory.mktemp("gradio"))
    server = subprocess.Popen(
        [sys.executable, "-c", START, str(models), str(port)], env={**os.environ, **settings}, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/"
    deadline = time.monotonic() + 300
    while not answers(url):
        assert time.monotonic() < deadline and server.poll() is None, "the page did not come up"
        time.sleep(0.3)
    yield url
    server.terminate()
    server.wait()


def answers(url):
    try:
        with urllib.request.urlopen(url) as answer:
            return answer.status == 200
    except OSError:
        return False


SOFTWARE_GPU = ["--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan"]


@pytest.fixture(scope="session")
def chromium():
    """Starts Chromium with further arguments."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium on the path")
    with api.sync_playwright() as playwright:
        yield lambda *arguments: playwright.chromium.launch(executable_path=program, args=["--no-sandbox", *arguments])


@pytest.fixture(scope="session")
def browser(chromium):
    """A browser without a GPU."""
    browser = chromium()
    yield browser
    browser.close()


@pytest.fixture(scope="session")
def gpu_browser(chromium):
    """A browser with WebGPU, computed by the CPU."""
    browser = chromium(*SOFTWARE_GPU)
    yield browser
    browser.close()


@pytest.fixture
def write_clip():
    """Writes a clip on which a bright bar moves."""
    av = pytest.importorskip("av", reason="needs the [video] extra")

    def write(path, frames, size=(64, 48), **options):
        codec = ("libvpx", {"deadline": "realtime"}) if path.suffix == ".webm" else ("libx264", {"preset": "ultrafast"})
        with av.open(str(path), "w", **options) as container:
            stream = container.add_stream(codec[0], rate=25, options={"crf": "40", **codec[1]})
            stream.width, stream.height, stream.pix_fmt = *size, "yuv420p"
            for number in range(frames):
                pixels = np.full((size[1], size[0], 3), 60, np.uint8)
                pixels[:, 2 * number % size[0] :] += 100
                container.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
            container.mux(stream.encode())
        return path

    return write
