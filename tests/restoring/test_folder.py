import os

import numpy as np
import pytest
from PIL import Image

from artgan_hf.errors import ImageError, OptionError
from artgan_hf.restoring import plan_folder, run_jobs
from tests.toy_models import toy_restorer


@pytest.fixture(scope="module")
def restorer():
    return toy_restorer()


def picture(path, value=100, size=(24, 16), **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(value).integers(0, 256, (*size[::-1], 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path, **options)
    return path


def opened(path):
    with Image.open(path) as image:
        image.load()
    return image


def tree(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_the_tree_and_the_stems_are_kept(restorer, tmp_path):
    src, dst = tmp_path / "in", tmp_path / "out"
    for name in ("a.jpg", "b.v1.PNG", "sub/deep/ü.webp"):
        picture(src / name)
    (src / "notes.txt").write_text("not a picture")
    (src / ".hidden.jpg").write_bytes(b"")
    report = restorer.folder(src, dst, progress=False)
    assert tree(dst) == ["a.png", "b.v1.png", "sub/deep/ü.png"]
    assert [file.source.name for file in report.restored] == ["a.jpg", "b.v1.PNG", "ü.webp"]
    assert [file.quality for file in report.restored] == [75, None, None]
    assert all(file.seconds > 0 and file.megapixels == 24 * 16 / 1e6 for file in report.restored)
    assert np.array_equal(np.asarray(opened(dst / "a.png")), np.asarray(restorer(src / "a.jpg")))


def test_subfolders_can_be_left_out(restorer, tmp_path):
    picture(tmp_path / "in" / "a.png")
    picture(tmp_path / "in" / "sub" / "b.png")
    restorer.folder(tmp_path / "in", tmp_path / "out", recursive=False, progress=False)
    assert tree(tmp_path / "out") == ["a.png"]


@pytest.mark.parametrize("workers", [1, 3])
def test_one_bad_file_does_not_stop_the_rest(restorer, tmp_path, workers):
    src = tmp_path / "in"
    for name in ("a.png", "c.png", "d.png"):
        picture(src / name)
    (src / "b.png").write_bytes(b"this is no picture")
    (src / "cut.png").write_bytes(picture(tmp_path / "whole.png").read_bytes()[:-300])
    (src / "empty.jpg").write_bytes(b"")
    report = restorer.folder(src, tmp_path / "out", workers=workers, progress=False)
    assert tree(tmp_path / "out") == ["a.png", "c.png", "d.png"]
    assert [file.source.name for file in report.failed] == ["b.png", "cut.png", "empty.jpg"]
    assert all(file.output is None and file.error and "\n" not in file.error for file in report.failed)


def test_whatever_a_decoder_throws_is_a_line_in_the_list(tmp_path):
    jobs = plan_folder(picture(tmp_path / "in" / "a.png").parent, tmp_path / "out")

    def explode(path):
        raise RuntimeError("two\nlines")

    (failed,) = run_jobs(explode, jobs, progress=False).failed
    assert failed.error == "RuntimeError: two lines"


def test_a_result_whose_name_is_too_long_is_a_line_in_the_list(restorer, tmp_path):
    for stem in ("a", 251 * "b"):
        picture(tmp_path / "in" / f"{stem}.jpg")
    report = restorer.folder(tmp_path / "in", tmp_path / "out", format="tiff", progress=False)
    assert tree(tmp_path / "out") == ["a.tiff"]
    assert "name too long" in report.failed[0].error


@pytest.mark.parametrize("workers", [1, 2])
def test_ctrl_c_stops_and_leaves_whole_files(restorer, tmp_path, workers):
    src, dst = tmp_path / "in", tmp_path / "out"
    for number in range(6):
        picture(src / f"{number}.png")

    def pressed(path):
        if path.stem == "2":
            raise KeyboardInterrupt
        return restorer.restore(path)

    with pytest.raises(KeyboardInterrupt):
        run_jobs(pressed, plan_folder(src, dst), workers=workers, progress=False)
    assert len(tree(dst)) < 6
    for name in tree(dst):
        opened(dst / name)


def test_equal_stems_get_names_that_tell_them_apart(restorer, tmp_path):
    src = tmp_path / "in"
    for name in ("a.jpg", "a.png", "b.png", "sub/a.jpg"):
        picture(src / name)
    report = restorer.folder(src, tmp_path / "out", progress=False)
    assert tree(tmp_path / "out") == ["a.jpg.png", "a.png.png", "b.png", "sub/a.png"]
    assert not report.failed


def test_names_that_cannot_be_told_apart_are_reported(restorer, tmp_path):
    src = tmp_path / "in"
    for name in ("a.jpg", "a.png", "a.jpg.bmp"):
        picture(src / name)
    report = restorer.folder(src, tmp_path / "out", progress=False)
    assert [file.source.name for file in report.failed] == ["a.jpg", "a.jpg.bmp"]
    assert "two pictures would both become" in report.failed[0].error
    assert tree(tmp_path / "out") == ["a.png.png"]


def test_existing_results_are_kept_skipped_or_replaced(restorer, tmp_path):
    src, dst = tmp_path / "in", tmp_path / "out"
    picture(src / "a.jpg")
    picture(src / "b.jpg")
    dst.mkdir()
    (dst / "a.png").write_bytes(b"precious")
    report = restorer.folder(src, dst, progress=False)
    assert (len(report.restored), len(report.skipped), len(report.failed)) == (1, 0, 1)
    assert "is there already" in report.failed[0].error
    report = restorer.folder(src, dst, progress=False, skip_existing=True)
    assert [file.output.name for file in report.skipped] == ["a.png", "b.png"]
    assert (dst / "a.png").read_bytes() == b"precious"
    report = restorer.folder(src, dst, progress=False, overwrite=True)
    assert len(report.restored) == 2
    opened(dst / "a.png")


def test_results_never_go_where_the_originals_are(restorer, tmp_path):
    original = picture(tmp_path / "in" / "a.png").read_bytes()
    with pytest.raises(OptionError, match="where the originals are"):
        restorer.folder(tmp_path / "in", tmp_path / "in" / ".." / "in", overwrite=True)
    assert (tmp_path / "in" / "a.png").read_bytes() == original


def test_an_original_in_the_way_of_another_is_kept(restorer, tmp_path):
    dst = tmp_path / "all"
    picture(dst / "in" / "in" / "a.png")
    original = picture(dst / "in" / "a.png").read_bytes()
    report = restorer.folder(dst / "in", dst, overwrite=True, progress=False)
    assert (dst / "in" / "a.png").read_bytes() == original
    assert "would replace the original" in report.failed[0].error
    assert [file.output for file in report.restored] == [dst / "a.png"]


def test_results_inside_the_source_are_not_restored_again(restorer, tmp_path):
    src = tmp_path / "in"
    picture(src / "a.jpg")
    for _ in range(2):
        restorer.folder(src, src / "out", overwrite=True, progress=False)
    assert tree(src) == ["a.jpg", "out/a.png"]


@pytest.mark.skipif(os.name != "posix", reason="needs symbolic links")
def test_links_in_a_circle_end(restorer, tmp_path):
    picture(tmp_path / "in" / "a.png")
    (tmp_path / "in" / "loop").symlink_to(tmp_path / "in", target_is_directory=True)
    restorer.folder(tmp_path / "in", tmp_path / "out", progress=False)
    assert tree(tmp_path / "out") == ["a.png"]


@pytest.mark.parametrize(("format", "kind"), [("jpg", "JPEG"), ("webp", "WEBP"), ("tiff", "TIFF")])
def test_the_format_is_the_callers_choice(restorer, tmp_path, format, kind):
    picture(tmp_path / "in" / "a.png")
    restorer.folder(tmp_path / "in", tmp_path / "out", format=format, progress=False)
    assert opened(tmp_path / "out" / f"a.{format}").format == kind


@pytest.mark.parametrize("knobs", [{"workers": 0}, {"workers": 1.5}, {"format": "gif"}])
def test_knobs_out_of_range_are_refused(restorer, tmp_path, knobs):
    picture(tmp_path / "in" / "a.png")
    with pytest.raises(OptionError):
        restorer.folder(tmp_path / "in", tmp_path / "out", **knobs)
    with pytest.raises(OptionError, match="exclude each other"):
        restorer.folder(tmp_path / "in", tmp_path / "out", skip_existing=True, overwrite=True)


def test_a_missing_or_unreadable_folder_is_a_clear_error(restorer, tmp_path, monkeypatch):
    with pytest.raises(ImageError, match="is not a folder"):
        restorer.folder(tmp_path / "nothing", tmp_path / "out")

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(ImageError, match="cannot be read: Permission denied"):
        restorer.folder(tmp_path, tmp_path / "out")


def test_metadata_travels_into_the_files(restorer, tmp_path):
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "a camera", 6
    picture(tmp_path / "in" / "a.jpg", exif=exif, dpi=(300, 300))
    restorer.folder(tmp_path / "in", tmp_path / "out", progress=False)
    restored = opened(tmp_path / "out" / "a.png")
    assert restored.size == (16, 24)
    assert restored.getexif()[0x010F] == "a camera"
    assert restored.getexif().get(0x0112, 1) == 1
    assert round(restored.info["dpi"][0]) == 300
