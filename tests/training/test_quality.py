"""The QF predictor from recipe to model folder, on tiny widths."""

import csv

import pytest
import torch
from PIL import Image
from tiny import ABOUT, overrides, photos

from artgan_hf import ArtganError, QualityPredictor
from artgan_hf.cli.fit import main as fit
from artgan_hf.cli.main import main as artgan
from artgan_hf.training.confusion import confusion_picture


@pytest.fixture(scope="module")
def run(tmp_path_factory, request):
    """The folder of a finished run of two epochs of three steps."""
    folder = tmp_path_factory.mktemp("quality")
    recipe = request.config.rootpath / "recipes" / "qf_predictor.yaml"
    settings = overrides(folder / "run", photos(folder / "photos"), **{"model.network.channels": 4})
    fit(["-c", str(recipe), *settings])
    return folder / "run"


def last(run):
    return torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)


def test_a_run_writes_a_confusion_matrix_for_each_validation_and_logs_its_diagonal(run):
    tables = sorted((run / "confusion").glob("*.csv"))
    assert [table.name for table in tables] == ["step_000003.csv", "step_000006.csv"]
    rows = list(csv.reader(tables[-1].read_text().splitlines()))
    assert rows[0] == ["true", "5", "10", "20", "30", "40", "60"]
    assert [sum(map(int, row[1:])) for row in rows[1:]] == [1] * 6  # one held-out crop at each quality
    with Image.open(tables[-1].with_suffix(".png")) as picture:
        assert picture.width == picture.height > 400
    metrics = (run / "csv" / "version_0" / "metrics.csv").read_text().splitlines()[0]
    for name in ("train/loss", "train/mae", "val/mae", "val/accuracy_5", "val/accuracy_60"):
        assert name in metrics
    assert not list(run.rglob("*.part"))


def test_the_checkpoint_becomes_a_predictor_with_the_averaged_weights(run, tmp_path, capsys):
    about = last(run)["artgan"]
    assert (about["kind"], about["architecture"], about["steps"]) == ("quality-predictor", "quality-cnn", 6)
    assert about["seconds"] > 0
    assert artgan(["export-weights", str(run / "checkpoints" / "last.ckpt"), str(tmp_path / "model"), *ABOUT]) == 0
    predictor = QualityPredictor.from_pretrained(tmp_path / "model", device="cpu")
    assert predictor.config.quality == (3, 97)
    state = last(run)["state_dict"]
    assert torch.allclose(predictor.network.out.bias, state["averaged.module.out.bias"], atol=1e-3)
    assert not torch.equal(state["averaged.module.out.bias"], state["network.out.bias"])


def test_a_loss_that_is_no_number_stops_the_run_with_the_step(tmp_path, request):
    settings = {"model.network.channels": 4, "model.learning_rate": "1e30", "model.warmup_steps": 1}
    recipe = request.config.rootpath / "recipes" / "qf_predictor.yaml"
    with pytest.raises(ArtganError, match=r"network's loss is (nan|inf) at step \d"):
        fit(["-c", str(recipe), *overrides(tmp_path / "run", photos(tmp_path / "photos"), **settings)])


def test_the_picture_is_dark_on_the_diagonal_of_a_perfect_predictor():
    picture = confusion_picture(10 * torch.eye(6, dtype=torch.int64))
    diagonal, beside = picture.getpixel((96 + 4, 96 + 4)), picture.getpixel((96 + 64 + 4, 96 + 4))
    assert sum(diagonal) < sum(beside) == 3 * 255
