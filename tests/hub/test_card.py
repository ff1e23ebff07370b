import json
from dataclasses import replace

import pytest
from huggingface_hub import ModelCard

from artgan_hf.errors import DataError, IncompatibleModelError, ModelNotFoundError
from artgan_hf.hub import save_model
from artgan_hf.hub.card import ScoreTable, write_card

BASELINE = {"model": "jpeg", "quality": 10, "psnr": 25.69, "ssim": 0.743, "psnr_b": 24.23}
MEASURED = {"model": "artgan/toy", "quality": 10, "psnr": 27.154, "ssim": 0.7912, "psnr_b": 26.9, "lpips": None}
ORIGINAL = {"model": "original", "quality": None, "psnr": None, "niqe": 2.9}
CONTENT = {"dataset": "LIVE1", "images": 29, "codec": "JPEG 4:2:0", "rows": [ORIGINAL, BASELINE, MEASURED]}


def table(content: object = CONTENT) -> ScoreTable:
    return ScoreTable.from_json(json.dumps(content), where="scores.json")


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
    assert "LIVE1, 29 pictures, JPEG 4:2:0. PSNR and PSNR-B in dB" in text


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
        "artgan fit -c toy.yaml",
        "@inproceedings{galteri2017deep,",
        "Not measured yet.",
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
    assert "JPEG quality 10." in card.read_text()


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
