import io
import json
from types import SimpleNamespace

import numpy as np
import PIL.Image
import pytest

from artgan_hf.codecs import degrade, encode
from artgan_hf.codecs.video import VideoEncoding, degrade_clip
from artgan_hf.errors import ArtganError, ImageError, OptionError, QualityError, ShapeError
from artgan_hf.evaluation import make_figures, run_benchmark
from artgan_hf.evaluation.cache import ScoreCache
from artgan_hf.types import Restored


def pixels_of(path):
    with PIL.Image.open(path) as image:
        return np.array(image)


class Oracle:
    """Knows the clean picture of each size, and gives it back for some of them."""

    name = "oracle"

    def __init__(self, folder, knows):
        self.clean = [PIL.Image.fromarray(pixels_of(folder / name)) for name in knows]
        self.files = []

    def restore(self, source):
        self.files.append(source)
        degraded = PIL.Image.open(io.BytesIO(source))
        known = [image for image in self.clean if image.size == degraded.size]
        return Restored((known or [degraded])[0], 10, self.name, 0.5)


def test_jpegs_row_is_the_mean_of_its_pictures_figures(pictures):
    benchmark = run_benchmark([], pictures, [10])
    expected = []
    for path in sorted(pictures.glob("*.png")):
        clean = pixels_of(path)
        error = degrade(clean, 10).astype(float) - clean
        expected.append(10 * np.log10(255**2 / np.mean(error**2)))
    (row,) = benchmark.rows
    assert row.model == "jpeg"
    assert row.values["psnr"] == pytest.approx(np.mean(expected), abs=1e-4)
    assert row.better is None


def test_an_untrained_model_scores_as_jpeg_and_is_better_nowhere(pictures, untrained):
    benchmark = run_benchmark([untrained], pictures, [10, 30])
    first, second = benchmark.rows[0], benchmark.rows[1]
    assert [(row.model, row.quality) for row in benchmark.rows] == [
        ("jpeg", 10), ("untrained", 10), ("jpeg", 30), ("untrained", 30)
    ]  # fmt: skip
    assert second.values == pytest.approx(first.values, abs=1e-6)
    assert second.better == 0
    assert second.seconds > 0


def test_pictures_restored_better_than_their_jpeg_are_counted(pictures):
    oracle = Oracle(pictures, knows=["a.png", "c.png"])
    row = run_benchmark([oracle], pictures, [10]).rows[1]
    assert row.better == 2
    assert row.seconds == 0.5
    assert row.values["psnr"] == float("inf")


def test_the_first_figure_decides_what_better_means(pictures):
    worse = SimpleNamespace(
        name="flat", restore=lambda file: Restored(PIL.Image.open(io.BytesIO(file)).convert("L"), 10, "flat", 0.1)
    )
    nature = make_figures(["ssim", "psnr"])
    assert run_benchmark([worse], pictures, [90], figures=nature).rows[1].better == 0


def test_a_model_gets_the_very_bytes_of_the_jpeg_file(pictures):
    oracle = Oracle(pictures, knows=[])
    benchmark = run_benchmark([oracle], pictures, [20], subsampling="4:4:4")
    clean = pixels_of(pictures / "a.png")
    assert oracle.files[0] == encode(clean, 20, subsampling="4:4:4")
    assert benchmark.scores[0].bpp == pytest.approx(8 * len(oracle.files[0]) / (32 * 48))


def test_with_a_video_codec_a_model_gets_each_frame_as_a_picture_the_worst_first(pictures):
    oracle = Oracle(pictures, knows=["b.png"])
    benchmark = run_benchmark([oracle], pictures, [20, 45], codec="h264")
    clip = degrade_clip([pixels_of(pictures / "a.png")], VideoEncoding("h264", 45))
    assert np.array_equal(np.asarray(PIL.Image.open(io.BytesIO(oracle.files[0]))), clip.frames[0])
    assert benchmark.scores[0].bpp == pytest.approx(8 * clip.bytes / (32 * 48))
    assert [(row.model, row.quality) for row in benchmark.rows] == [
        ("h264", 20), ("oracle", 20), ("h264", 45), ("oracle", 45)
    ]  # fmt: skip
    assert [row.better for row in benchmark.rows] == [None, 1, None, 1]
    assert benchmark.rows[0].values["psnr"] > benchmark.rows[2].values["psnr"]


def test_grey_pictures_are_scored_as_grey_whatever_the_codec(pictures, untrained):
    rows = run_benchmark([untrained], pictures, [30], codec="h264", grey=True).rows
    assert rows[1].values == pytest.approx(rows[0].values, abs=1e-4)


def test_grey_pictures_are_scored_as_grey(pictures, untrained):
    benchmark = run_benchmark([untrained], pictures, [10], grey=True)
    colour = run_benchmark([], pictures, [10])
    assert benchmark.rows[1].values == pytest.approx(benchmark.rows[0].values, abs=1e-4)
    assert benchmark.rows[0].bpp < colour.rows[0].bpp


def test_a_bad_knob_is_refused_before_the_run(pictures, untrained):
    with pytest.raises(QualityError):
        run_benchmark([], pictures, [10, 0])
    with pytest.raises(OptionError, match="no quality"):
        run_benchmark([], pictures, [])
    with pytest.raises(OptionError, match="a name of its own"):
        run_benchmark([untrained, untrained], pictures, [10])
    with pytest.raises(OptionError, match="figures of JPEG files"):
        run_benchmark([], pictures, [37], codec="h264", figures=make_figures(["psnr", "coefficients"]))


def test_a_picture_too_small_for_the_crop_or_a_figure_is_named(pictures):
    with pytest.raises(ShapeError, match=r"a\.png is 48x32 pixels: a border of 16"):
        run_benchmark([], pictures, [10], crop_px=16)
    PIL.Image.new("RGB", (40, 10)).save(pictures / "d.png")
    with pytest.raises(ShapeError, match=r"d\.png.*at least 11x11"):
        run_benchmark([], pictures, [10])
    with pytest.raises(ShapeError, match=r"d\.png: .*40x10 pixels; H\.264"):
        run_benchmark([], pictures, [37], codec="h264")


def test_a_missing_folder_is_an_error(tmp_path):
    with pytest.raises(ImageError, match="is not a folder"):
        run_benchmark([], tmp_path / "nowhere", [10])


def test_classic5_comes_out_as_known(shared_data):
    row = run_benchmark([], shared_data / "test" / "Classic5", [10]).rows[0]
    assert [round(row.values[key], 2) for key in ("psnr", "ssim", "psnr_b")] == [27.82, 0.76, 25.26]


def test_judges_without_a_reference_also_judge_the_originals(pictures):
    benchmark = run_benchmark([], pictures, [10], figures=make_figures(["brisque", "psnr"]))
    original, jpeg = benchmark.rows
    assert (original.model, original.quality, original.bpp) == ("original", None, None)
    assert original.values["psnr"] is None
    assert original.values["brisque"] != jpeg.values["brisque"]
    assert benchmark.table().splitlines()[2].split()[:2] == ["-", "original"]


class Counted:
    """Gives the degraded picture back, counts how often, and may give up."""

    def __init__(self, name="counted", fingerprint="1", patience=99):
        self.name, self.fingerprint, self.patience = name, fingerprint, patience
        self.count = 0

    def restore(self, source):
        if self.count == self.patience:
            raise KeyboardInterrupt
        self.count += 1
        return Restored(PIL.Image.open(io.BytesIO(source)), 10, self.name, 0.5)


def test_a_second_run_restores_nothing_and_finds_the_same(pictures, tmp_path):
    first, second = Counted(), Counted()
    figures = make_figures(["psnr", "blockiness", "drift"])
    runs = [
        run_benchmark([model], pictures, [10, 30], figures=figures, cache=ScoreCache(tmp_path / "c"), with_crops=True)
        for model in (first, second)
    ]
    assert (first.count, second.count) == (6, 0)
    assert json.dumps(runs[0].as_dict()) == json.dumps(runs[1].as_dict())
    assert runs[0].crops == runs[1].crops


def test_a_stopped_run_goes_on_where_it_was(pictures, tmp_path):
    cache = ScoreCache(tmp_path / "c")
    with pytest.raises(KeyboardInterrupt):
        run_benchmark([Counted(patience=2)], pictures, [10], cache=cache)
    rest = Counted()
    assert run_benchmark([rest], pictures, [10], cache=cache).rows[1].better == 0
    assert rest.count == 1


@pytest.mark.parametrize(
    "change",
    [
        {"crop_px": 2}, {"subsampling": "4:4:4"}, {"grey": True}, {"qualities": [11]}, {"fingerprint": "2"},
        {"codec": "h264"},
    ],
)  # fmt: skip
def test_whatever_changes_the_result_is_computed_anew(pictures, tmp_path, change):
    cache = ScoreCache(tmp_path / "c")
    run_benchmark([Counted()], pictures, [10], cache=cache)
    model = Counted(fingerprint=change.pop("fingerprint", "1"))
    run_benchmark([model], pictures, change.pop("qualities", [10]), cache=cache, **change)
    assert model.count == 3


def test_two_video_codecs_share_no_result(pictures, tmp_path):
    cache = ScoreCache(tmp_path / "c")
    first, second = (run_benchmark([], pictures, [37], codec=codec, cache=cache).rows for codec in ("h264", "h265"))
    assert first[0].values != second[0].values
    assert second == run_benchmark([], pictures, [37], codec="h265").rows


def test_a_changed_picture_is_scored_anew_and_a_renamed_one_is_not(pictures, tmp_path):
    cache = ScoreCache(tmp_path / "c")
    run_benchmark([Counted()], pictures, [10], cache=cache)
    (pictures / "a.png").rename(pictures / "z.png")
    PIL.Image.fromarray(255 - pixels_of(pictures / "b.png")).save(pictures / "b.png")
    model = Counted()
    benchmark = run_benchmark([model], pictures, [10], cache=cache)
    assert benchmark.pictures == ("b.png", "c.png", "z.png")
    assert model.count == 1


def test_a_new_figure_is_added_to_those_known(pictures, tmp_path):
    cache = ScoreCache(tmp_path / "c")
    run_benchmark([Counted()], pictures, [10], figures=make_figures(["psnr"]), cache=cache)
    run_benchmark([Counted()], pictures, [10], figures=make_figures(["ssim"]), cache=cache)
    model = Counted()
    both = run_benchmark([model], pictures, [10], figures=make_figures(["ssim", "psnr"]), cache=cache)
    assert model.count == 0
    assert both.rows[0].values.keys() == {"ssim", "psnr"}


def test_a_model_that_cannot_be_told_from_others_is_never_cached(pictures, tmp_path):
    for _ in range(2):
        model = Counted(fingerprint="")
        run_benchmark([model], pictures, [10], cache=ScoreCache(tmp_path / "c"))
        assert model.count == 3


def test_crops_show_one_place_of_every_version(pictures, untrained):
    crops = run_benchmark([untrained], pictures, [10, 30], with_crops=True).crops
    assert [(crop.model, crop.quality) for crop in crops if crop.picture == "b.png"] == [
        ("original", None), ("jpeg", 10), ("untrained", 10), ("jpeg", 30), ("untrained", 30)
    ]  # fmt: skip
    assert {crop.picture for crop in crops} == {"a.png", "b.png", "c.png"}


def test_a_model_that_gives_another_size_or_fails_is_named_with_the_picture(pictures):
    def fail(file):
        raise ArtganError("out of paint")

    small = SimpleNamespace(name="small", restore=lambda file: Restored(PIL.Image.new("RGB", (3, 5)), 10, "small", 0.1))
    with pytest.raises(ShapeError, match=r"small gave 3x5 pixels for .*a\.png, which is 48x32"):
        run_benchmark([small], pictures, [10])
    with pytest.raises(ArtganError, match=r"a\.png at quality 10: out of paint"):
        run_benchmark([SimpleNamespace(name="failing", restore=fail)], pictures, [10])
    with pytest.raises(ArtganError, match=r"a\.png at CRF 37: out of paint"):
        run_benchmark([SimpleNamespace(name="failing", restore=fail)], pictures, [37], codec="h264")


def test_a_model_is_measured_at_its_own_qualities_alone(pictures):
    model = Counted()
    model.qualities = {10}
    benchmark = run_benchmark([model, Counted("wide")], pictures, [10, 30], with_crops=True)
    assert [(row.model, row.quality) for row in benchmark.rows] == [
        ("jpeg", 10), ("counted", 10), ("wide", 10), ("jpeg", 30), ("wide", 30)
    ]  # fmt: skip
    assert model.count == 3
    assert {(crop.model, crop.quality) for crop in benchmark.crops} == {
        ("original", None), *((row.model, row.quality) for row in benchmark.rows)
    }  # fmt: skip
    assert benchmark.bd_rates["counted"]["psnr"].why_not == "a curve needs two qualities or more"
