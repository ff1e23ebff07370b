"""`artgan play`: the clip, its restoration in the making, and what the page is told."""

import argparse
import socket
import tempfile
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from contextlib import contextmanager

import pytest
from toy_models import toy_folder
from video_files import first_frame, frame_times, write_video

from artgan_hf.cli import play
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


def test_whatever_goes_wrong_is_told_in_the_page(tmp_path):
    def restorer(*_, **__):
        raise RuntimeError("out of\nmemory")

    show = screening(tmp_path, tmp_path / "a.mp4")
    show._restore(restorer, tmp_path / "b.mp4", "h264")
    assert show.news().failed
    assert show.news().words == "RuntimeError: out of memory"


def test_a_taken_port_is_one_line_and_leaves_nothing(tmp_path, capsys, monkeypatch):
    source = write_video(tmp_path / "a.mp4", times=range(200))
    model, scratch = str(toy_folder(tmp_path / "toy")), tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    threads = threading.enumerate()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        assert main(["play", str(source), "--model", model, "--device", "cpu", "--port", port]) == 1
    assert "in use" in capsys.readouterr().err
    assert threading.enumerate() == threads
    assert not list(scratch.iterdir())


def test_a_browser_that_stays_in_the_terminal_does_not_keep_the_page_from_it(tmp_path, monkeypatch):
    source = write_video(tmp_path / "a.mp4", times=range(2))
    servers, statuses, closed = [], [], threading.Event()
    monkeypatch.setattr(play, "serve", lambda *asked: servers.append(serve(*asked)) or servers[0])

    def browse(address):
        with urllib.request.urlopen(f"{address}state", timeout=5) as answer:
            statuses.append(answer.status)
        servers[0].shutdown()
        closed.wait(60)

    monkeypatch.setattr(webbrowser, "open", browse)
    assert main(["play", str(source), "--restored", str(source)]) == 0
    closed.set()
    assert statuses == [200]


@pytest.mark.parametrize(("pixel_format", "is_copied"), [("yuv420p", False), ("yuv420p10le", True), ("yuv444p", True)])
def test_copies_are_8_bits_and_half_the_colour(tmp_path, monkeypatch, pixel_format, is_copied):
    source = write_video(tmp_path / "a.mp4", times=range(2), pixel_format=pixel_format)
    shown = {}

    def served(files, news, *_):
        server = serve(files, news, "127.0.0.1", 0)

        def look():
            wait_for(lambda: news().restored)
            shown.update({address: first_frame(path).format.name for address, path in files.items()})
            shown["is_copied"] = files["/original"] != source

        server.serve_forever = look
        return server

    monkeypatch.setattr(play, "serve", served)
    command = ["play", str(source), "--model", str(toy_folder(tmp_path / "toy")), "--device", "cpu", "--no-browser"]
    assert main(command) == 0
    assert shown == {"/original": "yuv420p", "/restored": "yuv420p", "is_copied": is_copied}


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
