"""The static Space in a real browser: what WebAssembly and WebGPU compute is what Python computes."""

import base64
import functools
import http.server
import io
import shutil
import subprocess
import threading

import numpy as np
import pytest
from PIL import Image
from toy_models import toy_network, toy_restorer

SPACE = "spaces/smart-decompression"
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
PIXELS = "document.getElementById('after').toDataURL('image/png')"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def end_headers(self):
        self.send_header("Cross-Origin-Embedder-Policy", "require-corp")
        self.send_header("Cross-Origin-Opener-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format, *args):
        pass


@pytest.fixture(scope="module")
def address(repository, tmp_path_factory):
    """The page as `npm run build` makes it, with a toy for its network."""
    export = pytest.importorskip("artgan_hf.export")
    pytest.importorskip("onnxscript", reason="needs the [export] extra")
    if shutil.which("node") is None or not (repository / SPACE / "node_modules").is_dir():
        pytest.skip(f"needs node, and npm ci in {SPACE}")
    built = tmp_path_factory.mktemp("smart")
    export.write_onnx(toy_network(), built / "toy.onnx")
    build = ["node", str(repository / SPACE / "build.mjs"), str(built / "dist"), str(built / "toy.onnx")]
    subprocess.run(build, check=True, capture_output=True)
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=built / "dist"))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture(params=["WebAssembly", "WebGPU"])
def engine(request):
    return request.param


@pytest.fixture
def view(request, engine, address):
    browser = request.getfixturevalue("browser" if engine == "WebAssembly" else "gpu_browser")
    view = browser.new_page(viewport={"width": 390, "height": 844})
    view.set_default_timeout(120_000)
    view.goto(address)
    if engine == "WebGPU" and not view.evaluate("(async () => Boolean(await navigator.gpu?.requestAdapter()))()"):
        pytest.skip("this Chromium has no WebGPU")
    view.get_by_text("Ready.").wait_for()
    yield view
    view.close()


def words(view, text):
    return view.locator("#words", has_text=text)


def test_a_picture_comes_out_as_in_python(view, engine, tmp_path, repository):
    clean = Image.open(repository / "artgan_hf/samples/otters.avif").convert("RGB").crop((160, 80, 293, 181))
    stream = io.BytesIO()
    clean.save(stream, "JPEG", quality=10)
    degraded = np.asarray(Image.open(stream))
    Image.fromarray(degraded).save(tmp_path / "otter.png")  # browsers decode JPEG in ways of their own
    view.locator("#file").set_input_files(str(tmp_path / "otter.png"))
    words(view, "restored in").wait_for()
    data = view.evaluate(PIXELS).partition(",")[2]
    restored = np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB"), int)
    assert np.abs(restored - toy_restorer()(degraded).astype(int)).max() <= 2
    assert np.abs(restored - degraded).max() > 2
    assert words(view, engine).is_visible()
    with view.expect_download() as download:
        view.get_by_text("Download the restored picture").click()
    assert download.value.suggested_filename == "otter-restored.png"


def test_a_video_is_restored_while_it_plays_and_the_switch_stops_that(view, write_clip, tmp_path):
    write_clip(tmp_path / "bar.mp4", frames=25)
    view.locator("#file").set_input_files(str(tmp_path / "bar.mp4"))
    words(view, "frames per second, restored in").wait_for()
    shown = view.evaluate(PIXELS)
    view.wait_for_function(f"{PIXELS} !== {shown!r}")  # it plays
    view.get_by_label("Enable smart decompression").click()
    words(view, "as they are").wait_for()
    assert view.locator("#after").is_hidden()


def test_what_cannot_be_shown_is_told(view, tmp_path):
    (tmp_path / "notes.png").write_text("no picture")
    view.locator("#file").set_input_files(str(tmp_path / "notes.png"))
    words(view, "notes.png cannot be shown").wait_for()
    Image.new("L", (2500, 1700)).save(tmp_path / "huge.png")
    view.locator("#file").set_input_files(str(tmp_path / "huge.png"))
    words(view, "up to 4 megapixels").wait_for()
