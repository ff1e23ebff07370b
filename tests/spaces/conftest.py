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


@pytest.fixture(scope="session")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="needs playwright")
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs Chromium on the path")
    with api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
