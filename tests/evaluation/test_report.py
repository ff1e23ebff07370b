import json

import pytest

from artgan_hf.errors import ArtganError
from artgan_hf.evaluation import Benchmark, PictureScore, make_figures, write_json
from artgan_hf.evaluation.compression import make_codec
from artgan_hf.hub.card_scores import read_scores


@pytest.fixture
def benchmark() -> Benchmark:
    values = {
        ("jpeg", "a"): (25.0, 0.7), ("ours", "a"): (27.0, 0.8),
        ("jpeg", "b"): (29.0, 0.9), ("ours", "b"): (float("inf"), 1.0),
    }  # fmt: skip
    scores = [
        PictureScore(model, 10, picture, {"psnr": psnr, "ssim": ssim}, 0.25, None if model == "jpeg" else 1.5)
        for (model, picture), (psnr, ssim) in values.items()
    ]
    return Benchmark(
        dataset="toys", pictures=("a", "b"), models=("ours",), qualities=(10,), codec=make_codec(), grey=False,
        crop_px=0, figures=tuple(make_figures(["psnr", "ssim"])), scores=tuple(scores),
    )  # fmt: skip


def test_the_table_is_aligned_with_jpeg_first(benchmark):
    head, *lines = benchmark.table().splitlines()
    assert head.startswith("toys: 2 pictures, JPEG 4:2:0 by Pillow ")
    assert lines == [
        "quality  model   PSNR   SSIM  better    bpp  seconds",
        "     10  jpeg   27.00  0.800       -  0.250        -",
        "     10  ours     inf  0.900     2/2  0.250     1.50",
    ]


def test_json_holds_means_and_every_picture_and_no_infinity(benchmark):
    content = json.loads(json.dumps(benchmark.as_dict(), allow_nan=False))
    assert list(content) == [
        "format_version", "dataset", "images", "codec", "protocol", "artgan_hf", "models", "rows", "bd_rate_percent",
        "per_image",
    ]  # fmt: skip
    assert content["rows"][0] == {
        "model": "jpeg", "quality": 10, "psnr": 27.0, "ssim": pytest.approx(0.8), "better": None, "bpp": 0.25,
        "seconds": None, "intervals": {"psnr": [25.0, 29.0], "ssim": [pytest.approx(0.7), pytest.approx(0.9)]},
    }  # fmt: skip
    assert content["rows"][1]["psnr"] is None
    assert content["rows"][1]["intervals"]["psnr"] is None
    assert content["bd_rate_percent"] == {"ours": {"psnr": None, "ssim": None}}
    assert [entry["image"] for entry in content["per_image"]] == ["a", "a", "b", "b"]
    assert "PSNR beats" in content["protocol"]


def test_json_replaces_a_file_whole_or_leaves_it_alone(tmp_path):
    path = tmp_path / "new" / "résultats.json"
    write_json({"a": "é"}, path)
    write_json({"a": 1}, path)
    assert json.loads(path.read_text()) == {"a": 1}
    with pytest.raises(ValueError, match="JSON"):
        write_json({"a": float("nan")}, path)
    assert json.loads(path.read_text()) == {"a": 1}
    assert list(path.parent.iterdir()) == [path]


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtganError, match=r"file.x\.json cannot be written"):
        write_json({}, tmp_path / "file" / "x.json")


def test_bits_saved_are_those_of_each_models_curve_against_jpegs():
    figure = make_figures(["psnr"])
    scores = [
        PictureScore(model, quality, "a", {"psnr": psnr + gain}, bpp, None)
        for quality, psnr, bpp in [(5, 24.0, 0.25), (10, 27.0, 0.5), (20, 30.0, 1.0)]
        for model, gain in [("jpeg", 0), ("ours", 3)]
    ]
    benchmark = Benchmark(
        dataset="toys", pictures=("a",), models=("ours",), qualities=(5, 10, 20), codec=make_codec(), grey=False,
        crop_px=0, figures=tuple(figure), scores=tuple(scores),
    )  # fmt: skip
    assert benchmark.bd_rates["ours"]["psnr"].percent == pytest.approx(-50)


def test_the_scores_are_a_table_for_the_model_card(benchmark, tmp_path):
    write_json(benchmark.as_dict(), tmp_path / "scores.json")
    table = read_scores((tmp_path / "scores.json").read_text(), where="scores.json")
    assert (table.dataset, table.images, [row.model for row in table.rows]) == ("toys", 2, ["jpeg", "ours"])
    assert table.rows[0].figures == {"psnr": 27.0, "ssim": pytest.approx(0.8)}
