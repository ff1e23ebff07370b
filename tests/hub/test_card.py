import json
from dataclasses import replace
from pathlib import Path

import pytest
from huggingface_hub import ModelCard
from toy_models import toy_predictor_folder

from artgan_hf.errors import DataError, IncompatibleModelError, ModelNotFoundError
from artgan_hf.hub import EnsembleConfig, save_model
from artgan_hf.hub.card import read_scores, write_card
from artgan_hf.restoring.ensemble import AGREEMENT_OCTAVES, FADE_FROM, FADE_TO

BASELINE = {"model": "jpeg", "quality": 10, "psnr": 25.69, "ssim": 0.743, "psnr_b": 24.23}
MEASURED = {"model": "artgan/toy", "quality": 10, "psnr": 27.154, "ssim": 0.7912, "psnr_b": 26.9, "lpips": None}
ORIGINAL = {"model": "original", "quality": None, "psnr": None, "niqe": 2.9}
CONTENT = {"dataset": "LIVE1", "images": 29, "codec": "JPEG 4:2:0", "rows": [ORIGINAL, BASELINE, MEASURED]}


def table(content: object = CONTENT):
    return read_scores(json.dumps(content), where="scores.json")


def test_the_hub_reads_the_metadata_of_a_card(folder):
    data = ModelCard.load(write_card(folder, scores=[table()], datasets=["detection-datasets/coco"])).data
    assert (data.license, data.library_name, data.pipeline_tag) == ("apache-2.0", "artgan-hf", "image-to-image")
    assert (data.base_model, data.datasets, data.model_name) == ("artgan/toy-pixel", ["detection-datasets/coco"], "toy")
    results = {(result.dataset_config, result.metric_type): result.metric_value for result in data.eval_results}
    assert results == {("quality-10", "psnr"): 27.154, ("quality-10", "ssim"): 0.7912, ("quality-10", "psnr_b"): 26.9}
    assert {result.dataset_type for result in data.eval_results} == {"live1"}


def test_a_card_shows_the_model_beside_the_jpeg(folder):
    text = write_card(folder, scores=[table()]).read_text()
    jpeg = text.index("| 10 | JPEG as it is | 25.69 | 0.743 | 24.23 |  |")
    model = text.index("| 10 | `artgan/toy` | 27.15 | 0.791 | 26.90 |  |")
    assert jpeg < model
    assert text.index("|  | original |  |  |  | 2.90 |") < jpeg
    assert "LIVE1, 29 pictures, JPEG 4:2:0. Higher is better for PSNR (dB), SSIM, PSNR-B (dB). Lower" in text


def test_a_card_tells_origin_limits_and_use(folder):
    text = write_card(folder).read_text()
    for expected in (
        'Restorer.from_pretrained("artgan/toy")',
        "JPEG quality 5 to 95",
        "[artgan/toy-pixel](https://huggingface.co/artgan/toy-pixel)",
        "- Data: Noise",
        "- Licences of the data: CC0-1.0",
        "- Cost: 10 steps, 0.5 hours",
        "- Commit: not recorded",
        "Not for evidence, medicine or forensics",
        "artgan finetune PHOTOS --from artgan/toy -o my-model",
        "artgan fit -c toy.yaml",
        "@inproceedings{galteri2017deep,",
        "Not measured yet.",
        'Restorer.from_pretrained("artgan/toy", fidelity=0.5)',
    ):
        assert expected in text


def test_the_same_model_and_scores_give_the_same_card_and_leave_nothing_else(folder):
    before = set(folder.iterdir())
    first = write_card(folder, scores=[table()]).read_bytes()
    assert write_card(folder, scores=[table()]).read_bytes() == first
    assert set(folder.iterdir()) - before == {folder / "README.md"}


def test_a_model_without_a_parent_claims_none(folder, network, config):
    save_model(folder, network, replace(config, parent=None, quality=(10, 10)))
    card = write_card(folder)
    assert ModelCard.load(card).data.base_model is None
    assert "Started from" not in card.read_text()
    assert "fidelity" not in card.read_text()
    assert "JPEG quality 10." in card.read_text()


@pytest.mark.parametrize(
    ("parent", "description", "is_gan"),
    [("artgan/toy-pixel", "A toy.", True), (None, "A toy (GAN).", True), (None, "A toy (pixel loss).", False)],
)
def test_a_gan_is_tagged_as_one_whether_or_not_its_parent_is_published(
    folder, network, config, parent, description, is_gan
):
    save_model(folder, network, replace(config, parent=parent, description=description))
    assert ("gan" in ModelCard.load(write_card(folder)).data.tags) == is_gan


def test_a_model_for_video_is_used_as_such(folder, network, config):
    save_model(folder, network, replace(config, codec="h264", quality=(20, 40)))
    text = write_card(folder).read_text()
    assert 'restorer("video.mp4", "restored.mp4")' in text
    assert "H.264 CRF 20 to 40" in text
    assert "photo.jpg" not in text
    assert "artgan finetune" not in text, "that command makes JPEGs"


def test_the_scores_of_a_clip_are_those_of_its_frames(folder, network, config):
    save_model(folder, network, replace(config, codec="h264", quality=(20, 40)))
    clip = {
        "clip": "talk.mp4",
        "frames": 40,
        "width": 64,
        "height": 48,
        "encoding": {"crf": 33, "bitrate_kbps": None, "tune": "ssim", "scale": 0.5},
        "kbps": 50.0,
        "source_kbps": 7500.0,
        "rows": [
            {"model": "original", "niqe": 4.0, "flicker": 0.5},
            {"model": "h264", "lpips": 0.2, "niqe": 9.0, "flicker": 0.75},
            {"model": "artgan/toy", "lpips": 0.1, "niqe": 5.0, "flicker": 0.5},
        ],
    }
    text = write_card(folder, scores=[table(clip)], model_id="artgan/toy").read_text()
    assert "talk.mp4, 40 frames of 64x48, 50 kbps tune ssim at 0.5 of the size, 150 times less than the file's." in text
    assert "| 33 | H.264 as it is | 0.200 | 9.00 | 0.75 |" in text
    assert "| 33 | `artgan/toy` | 0.100 | 5.00 | 0.50 |" in text


def test_scores_of_other_models_are_not_passed_off_as_its_own(folder):
    with pytest.raises(DataError, match="LIVE1 have no row of 'artgan/other'; they are of original, jpeg, artgan/toy"):
        write_card(folder, scores=[table()], model_id="artgan/other")
    assert not (folder / "README.md").exists()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ([], "a file of `artgan evaluate` was expected"),
        ({"dataset": "LIVE1", "rows": []}, "field 'images' is missing"),
        (CONTENT | {"rows": [BASELINE | {"psnr": "high"}]}, "is not a model's name, a quality and figures"),
        (CONTENT | {"rows": [{"model": "jpeg"}]}, "field 'quality' is missing"),
        ({"aligned": {}}, "field 'model' is missing; a file of `artgan evaluate-quality`"),
    ],
)
def test_scores_of_another_shape_are_refused_by_their_file(content, message):
    with pytest.raises(DataError, match=f"scores.json: .*{message}"):
        table(content)


def test_a_card_needs_a_sound_model_and_an_id(folder):
    with pytest.raises(ModelNotFoundError, match="'toy' is not a model id"):
        write_card(folder, model_id="toy")
    (folder / "model.safetensors").unlink()
    with pytest.raises(IncompatibleModelError, match=r"has no model\.safetensors"):
        write_card(folder)


def test_a_crop_sheet_beside_the_card_is_shown(folder):
    assert "crops.avif" not in write_card(folder).read_text()
    (folder / "crops.avif").write_bytes(b"a picture")
    assert "(crops.avif)" in write_card(folder).read_text()


def test_data_sets_need_sound_ids(folder):
    with pytest.raises(DataError, match="'my pictures' is not the id of a data set"):
        write_card(folder, datasets=["my pictures"])


FOUND = {"mae": 0.27, "confusion": [[8, 1], [0, 9]], "accuracy": [0.8889, 1.0]}
JUDGED = {
    "model": "artgan/eye", "dataset": "LIVE1", "pictures": 29, "crop_px": 128, "crops": 9, "classes": [5, 10],
    "subsamplings": ["4:2:0", "4:4:4"], "aligned": FOUND, "shifted": FOUND | {"mae": 0.3},
}  # fmt: skip


@pytest.fixture
def eye(tmp_path: Path) -> Path:
    return toy_predictor_folder(tmp_path / "eye")


def test_the_card_of_a_predictor_shows_how_often_it_is_right(eye):
    card = ModelCard.load(write_card(eye, scores=[table(JUDGED)]))
    assert (card.data.pipeline_tag, card.data.metrics) == ("image-classification", ["mae", "accuracy"])
    values = {(result.dataset_config, result.metric_type): result.metric_value for result in card.data.eval_results}
    assert values["shifted", "mae"] == 0.3
    for expected in (
        'QualityPredictor.from_pretrained("artgan/eye")',
        "9 crops of 128x128 from 29 pictures, 4:2:0 and 4:4:4 in turns",
        "| true quality | 5 | 10 |",
        "| aligned | 88.9 | 100.0 |",
        "| Galteri et al., quoted | 97.5 | 92.6 |",
        "| 5 | 8 | 1 |",
        "resized or blurred",
    ):
        assert expected in card.text


def test_scores_of_another_kind_are_refused(eye, folder):
    with pytest.raises(DataError, match=r"of another kind than quality-predictor: .*`artgan evaluate-quality`"):
        write_card(eye, scores=[table()])
    with pytest.raises(DataError, match="of another kind than generator"):
        write_card(folder, scores=[table(JUDGED)])


def test_the_card_of_an_ensemble_tells_who_restores_what(tmp_path):
    experts = {40: "artgan/a", 5: "artgan/b", 10: "artgan/b", 95: "artgan/c"}
    config = EnsembleConfig(codec="jpeg", predictor="artgan/eye", experts=experts, description="A choice.")
    (tmp_path / "auto").mkdir()
    (tmp_path / "auto" / "config.json").write_text(config.to_json())
    row = {"model": "artgan/auto", "quality": 10, "psnr": 27.0}
    card = ModelCard.load(write_card(tmp_path / "auto", scores=[table(CONTENT | {"rows": [BASELINE, row]})]))
    assert card.data.base_model == ["artgan/b", "artgan/a", "artgan/c", "artgan/eye"]
    assert "ensemble" in card.data.tags
    rows = [line for line in card.text.splitlines() if "https://huggingface.co/artgan" in line and line[0] == "|"]
    assert [line.split("](")[0] for line in rows] == [
        "| 1 to 25 | [artgan/b",
        "| 26 to 67 | [artgan/a",
        "| 68 to 100 | [artgan/c",
    ]
    assert "| 10 | `artgan/auto` | 27.00 |" in card.text
    for knob in (FADE_FROM, FADE_TO, f"a factor of {2**AGREEMENT_OCTAVES:.1f}"):
        assert str(knob) in card.text
