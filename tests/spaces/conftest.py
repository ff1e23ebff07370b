"""A browser, and the demo page, started on this machine by `artgan app`, with the real artgan/qf10 and a toy."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

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
    """Starts Chromium with further arguments; one browser for each set of them."""
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium on the path")
    with api.sync_playwright() as playwright:
        browsers = {}

        def started(*arguments):
            if arguments not in browsers:
                everyday = ["--no-sandbox", *arguments]
                browsers[arguments] = playwright.chromium.launch(executable_path=program, args=everyday)
            return browsers[arguments]

        yield started
        for browser in browsers.values():
            browser.close()


@pytest.fixture(scope="session")
def browser(chromium):
    """A browser without a GPU."""
    return chromium()


@pytest.fixture(scope="session")
def gpu_browser(chromium):
    """A browser with WebGPU, computed by the CPU."""
    return chromium(*SOFTWARE_GPU)
