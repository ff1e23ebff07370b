import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
from PIL import Image

from artgan_hf.cli.main import main
from tests.toy_models import toy_folder, toy_shelf


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    return str(toy_folder(tmp_path_factory.mktemp("model")))


@pytest.fixture
def photos(tmp_path):
    """photos/a.jpg (quality 10), photos/b.png and photos/sub/c.jpg (quality 20)."""
    folder = tmp_path / "photos"
    (folder / "sub").mkdir(parents=True)
    for name, options in (("a.jpg", {"quality": 10}), ("b.png", {}), ("sub/c.jpg", {"quality": 20})):
        picture().save(folder / name, **options)
    return folder


def picture(height=24, width=40):
    return Image.fromarray(np.random.default_rng(0).integers(0, 256, (height, width, 3), dtype=np.uint8))


def restore(model, *arguments):
    return main(["restore", "--model", model, "--device", "cpu", *map(str, arguments)])


def opened(path):
    with Image.open(path) as image:
        image.load()
    return image


def names(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_one_file_becomes_the_named_file(model, photos, tmp_path, capsys):
    assert restore(model, photos / "a.jpg", "-o", tmp_path / "new" / "out.webp") == 0
    assert opened(tmp_path / "new" / "out.webp").format == "WEBP"
    out, err = capsys.readouterr()
    assert out.startswith("1 restored, 0 skipped, 0 failed; ")
    assert "s per MP" in out
    assert err == ""


def test_one_file_goes_into_a_folder_under_its_stem(model, photos, tmp_path):
    (tmp_path / "out.png").mkdir()
    assert restore(model, photos / "a.jpg", "-o", tmp_path / "out") == 0
    assert restore(model, photos / "a.jpg", "-o", tmp_path / "out.png") == 0
    assert names(tmp_path / "out") == names(tmp_path / "out.png") == ["a.png"]


def test_files_and_folders_go_into_one_folder(model, photos, tmp_path):
    picture().save(tmp_path / "d.bmp")
    arguments = (
        photos,
        tmp_path / "d.bmp",
        photos / "a.jpg",
        "-o",
        tmp_path / "out",
        "--format",
        "jpg",
        "--workers",
        2,
    )
    assert restore(model, *arguments) == 0
    assert names(tmp_path / "out") == ["a.jpg", "b.jpg", "d.jpg", "sub/c.jpg"]


def test_subfolders_can_be_left_out(model, photos, tmp_path, capsys):
    assert restore(model, photos, "-o", tmp_path / "out", "--no-recursive") == 0
    assert names(tmp_path / "out") == ["a.png", "b.png"]
    shutil.rmtree(tmp_path / "out")
    for name in ("a.jpg", "b.png"):
        (photos / name).unlink()
    assert restore(model, photos, "-o", tmp_path / "out", "--no-recursive") == 2
    assert "nothing to do" in capsys.readouterr().err


def test_missing_and_broken_files_are_listed_and_the_rest_is_done(model, photos, tmp_path, capsys):
    (photos / "broken.jpg").write_bytes(b"\xff\xd8\xff but no more")
    assert restore(model, photos, tmp_path / "gone.jpg", "-o", tmp_path / "out") == 1
    assert names(tmp_path / "out") == ["a.png", "b.png", "sub/c.png"]
    out, err = capsys.readouterr()
    assert out.startswith("3 restored, 0 skipped, 2 failed")
    lines = err.splitlines()
    assert len(lines) == 2
    assert [sum(name in line for line in lines) for name in ("broken.jpg", "gone.jpg")] == [1, 1]


def test_json_is_one_document_with_every_file(model, photos, tmp_path, capsys):
    assert restore(model, photos, tmp_path / "gone.jpg", "-o", tmp_path / "out", "--json") == 1
    out, err = capsys.readouterr()
    report = json.loads(out)
    assert err == ""
    assert (report["restored"], report["skipped"], report["failed"], report["device"]) == (3, 0, 1, "cpu")
    assert [file["quality"] for file in report["files"]] == [10, None, 20, None]
    assert [file["quality_from"] for file in report["files"]] == ["tables", None, "tables", None]
    assert report["files"][0]["source"] == str(photos / "a.jpg")
    assert report["files"][0]["output"] == str(tmp_path / "out" / "a.png")
    assert report["files"][0]["seconds"] > 0
    assert report["files"][-1]["output"] is None
    assert "does not exist" in report["files"][-1]["error"]


def test_existing_outputs_are_kept_unless_told_otherwise(model, photos, tmp_path, capsys):
    out = tmp_path / "out.png"
    out.write_bytes(b"precious")
    assert restore(model, photos / "a.jpg", "-o", out) == 1
    assert "overwrite" in capsys.readouterr().err
    assert restore(model, photos / "a.jpg", "-o", out, "--skip-existing") == 0
    assert out.read_bytes() == b"precious"
    assert restore(model, photos / "a.jpg", "-o", out, "--overwrite") == 0
    assert opened(out).size == (40, 24)


def test_an_original_is_replaced_only_when_named_with_overwrite(model, photos):
    before = (photos / "b.png").read_bytes()
    assert restore(model, photos / "b.png", "-o", photos / "b.png") == 1
    assert restore(model, photos / "b.png", "-o", photos) == 1
    assert restore(model, photos, "-o", photos, "--overwrite") == 2
    assert (photos / "b.png").read_bytes() == before
    assert restore(model, photos / "b.png", "-o", photos / "b.png", "--overwrite") == 0
    assert (photos / "b.png").read_bytes() != before


def test_the_knobs_reach_the_restorer(model, photos, tmp_path):
    assert restore(model, photos / "b.png", "-o", tmp_path / "kept.png", "--strength", 0) == 0
    assert opened(tmp_path / "kept.png").tobytes() == picture().tobytes()
    assert restore(model, photos / "a.jpg", "-o", tmp_path / "bound.png", "--consistent", "--tile", 64) == 0
    assert restore(model, photos / "b.png", "-o", tmp_path / "bound-png.png", "--consistent") == 1
    assert restore(model, photos / "b.png", "-o", tmp_path / "large.png", "--max-pixels", 100) == 1


def test_an_ensemble_takes_a_quality_and_a_fidelity(photos, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(toy_shelf(tmp_path / "shelf"))
    told, pixels = [], []
    for knobs in ([], ["--quality", "40"], ["--fidelity", "1"]):
        out = tmp_path / f"out{len(told)}.png"
        assert restore("toys/auto", photos / "b.png", "-o", out, "--json", *knobs) == 0
        (file,) = json.loads(capsys.readouterr().out)["files"]
        told.append((file["quality"], file["quality_from"], file["model"]))
        pixels.append(opened(out).tobytes())
    assert told == [(12, "pixels", "toys/gan"), (40, "asked", "toys/pixel"), (12, "pixels", "toys/gan")]
    assert pixels[1] == pixels[2] != pixels[0]


@pytest.mark.parametrize(
    "wrong",
    [
        ["--strength", "2"],
        ["--fidelity", "2"],
        ["--fidelity", "0.5"],
        ["--quality", "10"],
        ["--quality", "500"],
        ["--tile", "10"],
        ["--device", "abacus"],
        ["--dtype", "float16"],
        ["--workers", "0"],
        ["--format", "gif"],
        ["--skip-existing", "--overwrite"],
    ],
)
def test_options_out_of_range_end_with_2(model, photos, tmp_path, capsys, wrong):
    assert restore(model, photos, "-o", tmp_path / "out", *wrong) == 2
    assert capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_file_as_output_takes_one_file_as_input(model, photos, tmp_path):
    out = tmp_path / "out.png"
    assert restore(model, photos / "a.jpg", photos / "b.png", "-o", out) == 2
    assert restore(model, photos, "-o", out) == 2
    assert restore(model, photos / "a.jpg", "-o", out, "--format", "jpg") == 2
    assert not out.exists()


def test_a_model_that_is_not_there_ends_with_1(photos, tmp_path, capsys):
    assert restore(str(tmp_path / "no-model"), photos, "-o", tmp_path / "out") == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("artgan: error: ")


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_killed_at_any_moment_it_leaves_whole_files_and_goes_on_later(model, tmp_path, repository, capsys):
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    for number in range(24):
        picture(96, 96).save(photos / f"{number:02}.jpg", quality=10)
    command = [sys.executable, "-m", "artgan_hf.cli.main", "restore", str(photos), "-o", str(out), "--model", model]
    process = subprocess.Popen([*command, "--workers", "2"], cwd=repository, env={**os.environ, "OMP_NUM_THREADS": "1"})
    while process.poll() is None and len(list(out.glob("*.png"))) < 3:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL, "it was done before it could be killed: give it more pictures"
    finished = [path for path in out.iterdir() if path.suffix == ".png"]
    assert 3 <= len(finished) < 24
    assert all(opened(path).size == (96, 96) for path in finished)
    assert restore(model, photos, "-o", out, "--skip-existing", "--json") == 0
    report = json.loads(capsys.readouterr().out)
    assert (report["skipped"], report["restored"]) == (len(finished), 24 - len(finished))
