"""The demo page called through its API, as gradio_client and other pages call it."""

import io
import os
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image, ImageCms
from toy_models import toy_restorer

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]


@pytest.fixture
def new_client(page, tmp_path):
    from gradio_client import Client

    def connected():
        return Client(page, verbose=False, download_files=str(tmp_path / "downloads"))

    return connected


@pytest.fixture
def client(new_client):
    return new_client()


@pytest.fixture
def clean(repository):
    """A clean picture of 200 x 120 pixels."""
    return Image.open(repository / "artgan_hf/samples/otters.avif").convert("RGB").crop((160, 80, 360, 200))


def restore(client, path, **settings):
    from gradio_client import handle_file

    return client.predict(file=handle_file(str(path)), api_name="/restore", **settings)


def error_of(picture, clean):
    return np.square(np.asarray(Image.open(picture).convert("RGB"), float) - clean).mean()


def test_a_jpeg_comes_back_restored_at_its_own_size(client, clean, tmp_path):
    clean.save(tmp_path / "otter.jpg", quality=10)
    (before, after), facts, chances, download = restore(client, tmp_path / "otter.jpg", model="artgan/qf10")
    assert "10 by the file's tables" in facts and "by the pixels" in facts and "artgan/qf10" in facts
    assert chances["confidences"][0]["label"] == "QF 10"
    assert Image.open(download).size == clean.size == Image.open(before).size == Image.open(after).size
    assert error_of(download, clean) < error_of(before, clean)
    *_, faithful = restore(client, tmp_path / "otter.jpg", model="artgan/qf10", fidelity=1)
    assert error_of(faithful, clean) < 0.9 * error_of(before, clean)


def test_the_download_keeps_exif_and_colour_profile(client, clean, tmp_path):
    exif = Image.Exif()
    exif[0x010F] = "Otter & Sons"
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    clean.save(tmp_path / "otter.jpg", quality=10, exif=exif, icc_profile=profile)
    download = Image.open(restore(client, tmp_path / "otter.jpg", model="artgan/toy")[-1])
    assert download.getexif()[0x010F] == "Otter & Sons"
    assert download.info["icc_profile"] == profile


def test_a_clean_picture_is_compressed_first_if_asked(client, clean, tmp_path):
    clean.save(tmp_path / "otter.png")
    (before, _), facts, _, _ = restore(client, tmp_path / "otter.png", compress=20, model="artgan/toy")
    assert "20 by the file's tables" in facts and " → " in facts
    assert error_of(before, clean) > 1
    assert "the file is no JPEG" in restore(client, tmp_path / "otter.png", model="artgan/toy")[1]


def test_strength_and_consistent_are_obeyed(client, clean, tmp_path):
    path = tmp_path / "otter.jpg"
    clean.save(path, quality=10)
    (before, _), _, _, download = restore(client, path, model="artgan/toy", strength=0)
    assert error_of(download, Image.open(before)) == 0
    consistent = Image.open(restore(client, path, model="artgan/toy", consistent=True)[-1])
    assert error_of(path, consistent) < error_of(restore(client, path, model="artgan/toy")[-1], Image.open(path))


@pytest.mark.parametrize(("name", "scale"), [("otter.png", np.uint16(257)), ("otter.tiff", np.float32(1 / 255))])
def test_16_bits_and_floats_keep_their_light_where_8_bits_are_needed(client, clean, tmp_path, name, scale):
    grey = np.asarray(clean.convert("L"))
    Image.fromarray(grey * scale).save(tmp_path / name)
    for compress in (0, 90) if name.endswith(".png") else (90,):  # the download is a PNG, which holds no floats
        (before, _), *_ = restore(client, tmp_path / name, model="artgan/toy", compress=compress)
        assert error_of(before, grey[..., None].astype(float)) < (20 if compress else 0.01)


@pytest.mark.parametrize(
    ("content", "settings", "message"),
    [
        (b"no picture", {}, r"notes\.jpg is not a picture"),
        (b"\xff\xd8\xff", {}, r"notes\.jpg begins like a JPEG"),
        ("tiny", {"model": "artgan/<b>"}, "artgan/&lt;b&gt;|not in the list"),
        ("huge", {}, "the limit is 24000000"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(client, tmp_path, content, settings, message):
    if isinstance(content, str):
        stream = io.BytesIO()
        Image.new("L", (40, 40) if content == "tiny" else (6000, 4001)).save(stream, "JPEG")
        content = stream.getvalue()
    (tmp_path / "notes.jpg").write_bytes(content)
    with pytest.raises(Exception, match=message) as caught:
        restore(client, tmp_path / "notes.jpg", **settings)
    assert "\n" not in str(caught.value)
    assert str(tmp_path) not in str(caught.value)


def test_several_pictures_come_back_as_one_zip_and_the_bad_one_is_named(client, clean, tmp_path):
    from gradio_client import handle_file

    clean.save(tmp_path / "a.jpg", quality=10)
    clean.rotate(90, expand=True).save(tmp_path / "b.jpg", quality=20)
    (tmp_path / "c.jpg").write_text("no picture")
    files = [handle_file(str(tmp_path / f"{name}.jpg")) for name in "abc"]
    archive, table = client.predict(files=files, model="artgan/toy", api_name="/restore_many")
    with zipfile.ZipFile(archive) as content:
        assert sorted(content.namelist()) == ["a.png", "b.png"]
        assert Image.open(content.open("b.png")).size == (120, 200)
    rows = [line.split("|")[1:4] for line in table.splitlines()[2:]]
    assert [row[0].strip() for row in rows] == ["a.jpg", "b.jpg", "c.jpg"]
    assert [row[1].strip() for row in rows] == ["10", "20", ""]
    assert "is not a picture" in rows[2][2]


def restore_video(client, path):
    from gradio_client import handle_file

    return client.predict(file=handle_file(str(path)), model="artgan/qf10", api_name="/restore_video")


def test_a_short_clip_comes_back_with_as_many_frames(client, write_clip, tmp_path):
    import av

    player, facts = restore_video(client, write_clip(tmp_path / "bar.mp4", frames=6))
    assert "6 frames" in facts
    with av.open(player) as container:
        assert sum(1 for _ in container.decode(video=0)) == 6


@pytest.mark.parametrize(
    ("frames", "size", "message"),
    [(301, (32, 32), "301 frames"), (2, (1300, 720), "1300 x 720"), (0, None, "cannot be read as a video")],
)
def test_a_clip_beyond_the_limits_is_refused(client, write_clip, tmp_path, frames, size, message):
    path = tmp_path / "bar.mp4"
    path.write_text("no video") if size is None else write_clip(path, frames, size)
    with pytest.raises(Exception, match=message):
        restore_video(client, path)


def test_a_clip_that_does_not_tell_its_length_is_stopped_at_the_limit(client, write_clip, tmp_path):
    path = write_clip(tmp_path / "bar.webm", frames=310, size=(16, 16), container_options={"live": "1"})
    with pytest.raises(Exception, match="more than 300 frames"):
        restore_video(client, path)


def test_twenty_users_at_once_each_get_their_own_picture(new_client, tmp_path):
    toy, pixels = toy_restorer(), np.random.default_rng(0)
    paths = []
    for number in range(20):
        small = Image.fromarray(pixels.integers(0, 256, (4, 6, 3), dtype=np.uint8))
        paths.append(tmp_path / f"{number}.jpg")
        small.resize((48 + number, 32)).save(paths[-1], quality=20)
    clients = [new_client() for _ in paths]
    with ThreadPoolExecutor(len(paths)) as users:
        answers = list(users.map(lambda client, path: restore(client, path, model="artgan/toy"), clients, paths))
    for path, (_, _, _, download) in zip(paths, answers, strict=True):
        expected = np.asarray(toy(path), int)
        assert np.abs(np.asarray(Image.open(download), int) - expected).max() <= 1


LOADED = """
import sys
from gradio.external import from_spaces_blocks  # what gr.load calls once it knows where a Space lives
from gradio_client import Client, handle_file
loaded = from_spaces_blocks(sys.argv[1], None)
_, address, _ = loaded.launch(prevent_thread_lock=True, quiet=True, allowed_paths=["/"])
settings = 0, "artgan/toy", 1, 0, 0, False  # a page loaded so has no names for them
answer = Client(address, verbose=False).predict(handle_file(sys.argv[2]), *settings, api_name="/restore")
print("said:", answer[1])
"""


def test_another_page_can_load_this_one(page, clean, tmp_path):
    clean.save(tmp_path / "otter.jpg", quality=10)
    command = [sys.executable, "-c", LOADED, page, str(tmp_path / "otter.jpg")]
    settings = {"GRADIO_ANALYTICS_ENABLED": "False", "GRADIO_TEMP_DIR": str(tmp_path)}
    done = subprocess.run(command, check=False, env={**os.environ, **settings}, capture_output=True, text=True)
    assert "Restored** by artgan/toy" in done.stdout.partition("said:")[2], done.stderr
