import json
from dataclasses import replace

import pytest
from toy_models import toy_config, toy_network, toy_predictor_folder

from artgan_hf.errors import DataError
from artgan_hf.evaluation.published import (
    BEGIN,
    END,
    card_scores,
    read_report,
    readme_tables,
    shortened,
    update_checkout,
    with_tables,
)
from artgan_hf.hub import list_models, save_model, shipped


def row(model, quality, psnr, **more):
    return {"model": model, "quality": quality, "psnr": psnr, "better": 2, **more}


SCORES = {"mae": 0.3, "confusion": [[9, 1], [0, 10]], "accuracy": [0.9, 1.0]}
CONTENT = {
    "dataset": "LIVE1", "images": 2, "codec": "JPEG 4:2:0",
    "rows": [
        {"model": "original", "quality": None, "psnr": None, "niqe": 2.9, "better": None},
        row("jpeg", 10, 25.0, lpips=0.3), row("artgan/one", 10, 26.0, lpips=0.25),
        row("artgan/wide", 10, 25.9, lpips=0.2),
        row("artgan/wide, fidelity 1", 10, 26.1, lpips=0.3), row("peer", 10, 25.2, lpips=0.31),
        row("jpeg", 20, 28.0, lpips=0.2), row("artgan/wide", 20, 28.5, lpips=0.1),
    ],
    "per_image": [{"image": "a.png"}],
    "quoted": [],
    "detection": {
        "dataset": "coco", "detector": "yolox", "images": 28, "codec": "JPEG", "protocol": "AP", "boxes": {"dog": 1},
        "rows": [
            {"model": name, "quality": quality, "ap": ap, "ap50": ap, "per_class": {"dog": ap}}
            for name, quality, ap in [
                ("original", None, 0.4), ("jpeg", 10, 0.2), ("jpeg", 20, 0.3), ("artgan/one", 10, 0.25)
            ]
        ],
        "gains": [],
    },
    "quality_predictor": {
        "model": "artgan/eye", "dataset": "LIVE1", "pictures": 2, "crop_px": 128, "crops": 10, "classes": [5, 10],
        "subsamplings": ["4:2:0"], "aligned": SCORES, "shifted": SCORES,
    },
}  # fmt: skip


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """Three models as if they were shipped, with a README."""
    cards = tmp_path / "model_cards"
    save_model(cards / "one", toy_network(), replace(toy_config(), description="For one."))
    save_model(cards / "wide", toy_network(), replace(toy_config(), parent="artgan/one", quality=(5, 95)))
    toy_predictor_folder(cards / "eye")
    (tmp_path / "README.md").write_text(f"# Ours\n\n{BEGIN}\nold\n{END}\n\nMore.\n")
    monkeypatch.setattr(shipped, "_shipped_root", lambda: cards)
    return tmp_path


def cells(text, start):
    return [part.strip() for line in text.splitlines() if line.startswith(start) for part in line.split("|")[1:-1]]


def test_the_tables_of_this_readme_are_those_of_the_scores_in_the_tree(repository):
    content = read_report(repository / "model_cards" / "scores.json")
    readme = (repository / "README.md").read_text()
    assert with_tables(readme, readme_tables(content, list_models())) == readme


def test_the_cards_show_the_scores_in_the_tree(repository):
    content = read_report(repository / "model_cards" / "scores.json")
    for folder in sorted(path.parent for path in (repository / "model_cards").glob("*/config.json")):
        card = (folder / "README.md").read_text()
        for table in card_scores(content, folder):
            for score in getattr(table, "rows", ()):
                if score.model == f"artgan/{folder.name}":
                    assert f"| {score.quality} | `{score.model}` | {score.figures['psnr']:.2f} |" in card


def test_the_readme_shows_each_model_at_what_it_is_for_beside_its_jpeg(checkout):
    text = readme_tables(CONTENT, list_models())
    assert cells(text, "| [`artgan/one`](model_cards/one/README.md)")[1:] == [
        "For one", "0.01 M", "10", "26.00", "0.250", "", "2/2"
    ]  # fmt: skip
    assert cells(text, "| (JPEG) |  |") == ["(JPEG)", "", "", "10", "25.00", "0.300", "", ""]
    assert cells(text, "| (the originals)")[-2:] == ["2.90", ""]


def test_models_for_several_qualities_and_peers_have_a_row_over_all_of_them(checkout):
    text = readme_tables(CONTENT, list_models())
    assert cells(text, "| `artgan/wide` |")[:3] == ["`artgan/wide`", "25.90", "28.50"]
    assert cells(text, "| `peer` |")[:3] == ["`peer`", "25.20", ""]
    assert "| `artgan/one` | 26.00" not in text


def test_the_readme_says_what_detector_and_predictor_found(checkout):
    text = readme_tables(CONTENT, list_models())
    assert "| `artgan/one` | 25.0 |  |" in text
    assert "28 COCO pictures; the originals: 40.0." in text
    assert "mean absolute error 0.3 over QF 5 to 95, 90.0 to 100.0 % of 128x128 crops" in text
    bare = {key: value for key, value in CONTENT.items() if key not in ("detection", "quality_predictor")}
    assert "COCO" not in readme_tables(bare, list_models())


def test_a_checkout_is_updated_whole_and_comes_out_the_same_again(checkout):
    for content in (CONTENT, None):
        update_checkout(content or read_report(checkout / "model_cards" / "scores.json"), checkout, list_models())
        files = {path.name if path.parent == checkout else path.parent.name: path.read_text()
                 for path in checkout.rglob("*.md")}  # fmt: skip
        assert files["README.md"].startswith(f"# Ours\n\n{BEGIN}\n\n| model |")
        assert files["README.md"].endswith(f"{END}\n\nMore.\n")
        assert "old" not in files["README.md"]
        assert "| 10 | `artgan/one` | 26.00 | 0.250 |" in files["one"]
        assert "artgan/wide" not in files["one"]
        assert "| 10 | `artgan/wide, fidelity 1` | 26.10 |" in files["wide"]
        assert "| 10 | `artgan/one` | 26.00 |" in files["wide"]
        assert "peer" not in files["wide"]
        assert "LIVE1, 10 crops of 128x128" in files["eye"]


def test_the_clips_of_a_checkout_stay_until_there_are_others(checkout):
    save_model(checkout / "model_cards" / "live", toy_network(), replace(toy_config(), codec="h264", quality=(25, 44)))
    update_checkout(CONTENT, checkout, list_models(), clips=[clip("artgan/live", 0.1)])
    update_checkout(CONTENT, checkout, list_models())
    readme = (checkout / "README.md").read_text()
    assert "| talk.mp4, 40 frames of 64x48, 50 kbps, 150 times less than the file's | (the original) |" in readme
    assert "|  | `artgan/live` | 0.100 |" in readme
    assert "| 33 | `artgan/live` | 0.100 |" in (checkout / "model_cards" / "live" / "README.md").read_text()
    update_checkout(CONTENT, checkout, list_models(), clips=[clip("artgan/live", 0.125)])
    readme = (checkout / "README.md").read_text()
    assert "|  | `artgan/live` | 0.125 |" in readme
    assert "`artgan/live` | 0.100" not in readme


def clip(model, lpips):
    rows = [{"model": "original"}, {"model": "h264", "lpips": 0.2}, {"model": model, "lpips": lpips}]
    encoding = {"crf": 33, "bitrate_kbps": None, "scale": 1.0}
    size = {"frames": 40, "width": 64, "height": 48}
    return {"clip": "talk.mp4", **size, "encoding": encoding, "kbps": 50.0, "source_kbps": 7500.0, "rows": rows}


def test_the_scores_in_the_tree_say_nothing_of_single_pictures_and_classes():
    text = json.dumps(shortened(CONTENT))
    assert not [word for word in ("per_image", "a.png", "per_class", "boxes", "quoted") if word in text]
    assert shortened(shortened(CONTENT)) == shortened(CONTENT)


@pytest.mark.parametrize("text", ["", f"{BEGIN}", f"{END}{BEGIN}", f"{BEGIN}{END}{BEGIN}{END}"])
def test_a_readme_without_a_single_place_for_the_tables_is_refused(text):
    with pytest.raises(DataError, match="scores: begin"):
        with_tables(text, "tables")


def test_what_is_no_report_is_named(tmp_path):
    with pytest.raises(DataError, match=r"none\.json cannot be read .*measure first"):
        read_report(tmp_path / "none.json")
    (tmp_path / "odd.json").write_text("{}")
    with pytest.raises(DataError, match=r"odd\.json: field 'dataset' is missing"):
        read_report(tmp_path / "odd.json")
