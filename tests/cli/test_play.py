"""`artgan play`: the clip, its restoration in the making, and what the page is told."""

import argparse
import threading
import time
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest
from toy_models import toy_folder
from video_files import frame_times, write_video

from artgan_hf.cli.main import main
from artgan_hf.cli.play import Screening
from artgan_hf.cli.player import News, player_page, serve


@contextmanager
def served(files, news):
    with serve(files, news, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def fetch(url, **headers):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
        return answer.status, answer.read(), answer.headers


def screening(tmp_path, source, **options):
    asked = {"video": source, "restored": None, "model": "", "backend": "torch", "device": "cpu", "strength": 1.0}
    (tmp_path / "scratch").mkdir()
    return Screening(argparse.Namespace(**{**asked, **options}), tmp_path / "scratch", total=4, rate=25)


def wait_for(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_browsers_get_the_part_that_they_ask_for(tmp_path):
    clip = tmp_path / "clip ü.mp4"
    clip.write_bytes(bytes(range(100)))
    with served({"/original": clip}, lambda: News("Working")) as address:
        assert fetch(f"{address}/original")[:2] == (200, bytes(range(100)))
        status, body, headers = fetch(f"{address}/original", Range="bytes=10-19")
        assert (status, body, headers["Content-Range"]) == (206, bytes(range(10, 20)), "bytes 10-19/100")
        assert fetch(f"{address}/original", Range="bytes=90-")[1] == fetch(f"{address}/original", Range="bytes=-10")[1]
        assert b"Working" in fetch(f"{address}/state")[1]
        assert b'src="/original"' in fetch(f"{address}/")[1]
        for path, header, status in (("/../clip.mp4", "", 404), ("/original", "bytes=100-", 416)):
            with pytest.raises(urllib.error.HTTPError) as refused:
                fetch(address + path, Range=header)
            assert refused.value.code == status
            refused.value.close()


def test_a_clip_is_restored_while_the_page_is_open(tmp_path):
    source = write_video(tmp_path / "a.mp4", times=range(4), audio=True)
    show = screening(tmp_path, source, model=toy_folder(tmp_path / "toy"))
    show.prepare(is_playable=True)
    wait_for(lambda: show.news().restored)
    assert show.files["/original"] == source
    assert frame_times(show.files["/restored"]) == frame_times(source)
    assert "4 frames restored by" in show.news().words
    show.close()


def test_what_browsers_do_not_play_is_shown_in_a_copy(tmp_path):
    source = write_video(tmp_path / "a.avi", times=range(3), codec="mpeg4", options={"qscale": "2"})
    show = screening(tmp_path, source, restored=source)
    show.prepare(is_playable=False)
    assert show.files["/original"].suffix == ".mp4"
    assert show.news().share == 1


def test_a_webm_that_browsers_do_not_play_gets_a_copy_in_webm(tmp_path):
    source = write_video(tmp_path / "a.webm", times=range(2), codec="libvpx", options={"b": "50000"})
    show = screening(tmp_path, source, restored=source)
    show.prepare(is_playable=False)
    assert frame_times(show.files["/original"]) == frame_times(source)


def test_closing_the_page_stops_the_work_and_leaves_nothing(tmp_path):
    source = write_video(tmp_path / "a.mp4", times=range(200))
    show = screening(tmp_path, source, model=toy_folder(tmp_path / "toy"))
    show.prepare(is_playable=True)
    wait_for(lambda: "0 of" not in show.news().words)
    show.close()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_no_video_is_one_line(tmp_path, capsys):
    (tmp_path / "a.mp4").write_text("no video")
    assert main(["play", str(tmp_path / "a.mp4"), "--no-browser"]) == 1
    assert "cannot be read as a video" in capsys.readouterr().err
    source = write_video(tmp_path / "b.mp4", times=range(2))
    assert main(["play", str(source), "--restored", str(tmp_path / "none.mp4"), "--no-browser"]) == 1
    assert "none.mp4 does not exist" in capsys.readouterr().err


def test_addresses_cannot_break_out_of_the_page():
    page = player_page('"><script>', '"</script>')
    assert '"><script>' not in page
    assert page.count("</script>") == 1
