"""The demo Space, started on this machine and called through its API."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

APP = Path(__file__).parent.parent.parent / "spaces" / "artgan-demo" / "app.py"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    pytest.importorskip("gradio", reason="needs the [demo] extra")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"GRADIO_SERVER_NAME": "127.0.0.1", "GRADIO_SERVER_PORT": str(port), "GRADIO_SSR_MODE": "false"}
    cache = {"GRADIO_TEMP_DIR": str(tmp_path_factory.mktemp("gradio")), "GRADIO_ANALYTICS_ENABLED": "False"}
    server = subprocess.Popen(
        [sys.executable, str(APP)], env={**os.environ, **settings, **cache}, stdout=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}/"
    deadline = time.monotonic() + 120
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


@pytest.fixture
def client(page, tmp_path):
    from gradio_client import Client

    return Client(page, verbose=False, download_files=str(tmp_path / "downloads"))


def handle(path):
    from gradio_client import handle_file

    return handle_file(str(path))


def test_a_jpeg_comes_back_restored_at_its_own_size(client, tmp_path, repository):
    clean = Image.open(repository / "artgan_hf/samples/otters.webp").convert("RGB").crop((160, 80, 360, 200))
    clean.save(tmp_path / "otter.jpg", quality=10)
    (before, after), facts, download = client.predict(
        handle(tmp_path / "otter.jpg"), 0, "artgan/qf10", 1.0, False, api_name="/restore"
    )
    assert "JPEG quality 10" in facts
    restored = Image.open(download)
    assert restored.size == clean.size == Image.open(before).size == Image.open(after).size
    error = [
        np.square(np.asarray(Image.open(path).convert("RGB"), float) - clean).mean() for path in (before, download)
    ]
    assert error[1] < 0.9 * error[0]


def test_what_is_no_picture_is_refused_in_one_line(client, tmp_path):
    (tmp_path / "notes.jpg").write_text("no picture")
    with pytest.raises(Exception, match=r"notes\.jpg"):
        client.predict(handle(tmp_path / "notes.jpg"), 0, "artgan/qf10", 1.0, False, api_name="/restore")
