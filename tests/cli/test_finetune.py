"""`artgan finetune` from a folder of pictures to a model folder, on tiny networks; and every way it can end."""

import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file
from tiny import photos
from toy_models import toy_config

from artgan_hf import Restorer
from artgan_hf.cli import finetune as finetune_command
from artgan_hf.cli.main import main as artgan
from artgan_hf.hub import ModelConfig, load_network, save_model
from artgan_hf.networks import UnshuffleGenerator
from artgan_hf.networks.backbones import FOLDER_VARIABLE, FeatureTrunk

SIDE = 120


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Twelve pictures of 120x120, one in a subfolder, and a file that is none."""
    folder = photos(tmp_path_factory.mktemp("data") / "my photos", count=12, side=SIDE)
    (folder / "sub").mkdir()
    (folder / "11.png").rename(folder / "sub" / "11.png")
    (folder / "broken.png").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def start(tmp_path_factory):
    """A network that changes nothing yet."""
    folder = tmp_path_factory.mktemp("start") / "start"
    save_model(folder, UnshuffleGenerator(8, 2), toy_config())
    return folder


def finetune(folder, output, start, *more):
    return artgan(["finetune", str(folder), "-o", str(output), "--from", str(start), *more])


@pytest.mark.filterwarnings("ignore:.*does not have many workers")
def test_a_folder_becomes_a_model_that_restores_and_knows_where_it_comes_from(tmp_path, folder, start, capsys):
    output = tmp_path / "models" / "my model"
    assert finetune(folder, output, start, "--steps", "3", "--quality", "8", "30") == 0
    told = capsys.readouterr().out
    assert "jpeg" in told and str(start) in told and "my/my-model" in told
    assert "my photos, held out: 2 pictures" in told
    assert "PSNR" in told and "SSIM" in told

    network, config = load_network(output)
    assert (config.quality, config.parent, config.options["channels"]) == ((8, 30), None, 8)
    assert config.provenance.steps == 3
    assert config.provenance.data == f"10 pictures of my photos, started from {start}"
    assert not torch.equal(network.head.weight, load_network(start)[0].head.weight)
    assert sorted(path.name for path in output.iterdir()) == ["README.md", "config.json", "model.safetensors"]
    assert "| 15 | `my/my-model` |" in (output / "README.md").read_text()
    assert [path.name for path in output.parent.iterdir()] == ["my model"]

    picture = np.asarray(Image.open(folder / "0.png"))
    assert Restorer.from_pretrained(output, device="cpu")(picture).shape == picture.shape


@pytest.mark.parametrize(("kind", "parent"), [("--gan", None), ("--pixel", None), (None, "artgan/universal-pixel")])
def test_a_gan_is_tuned_as_a_gan_and_keeps_its_parent_unless_told_otherwise(
    tmp_path, folder, start, monkeypatch, kind, parent, capsys
):
    save_file(FeatureTrunk("vgg").state_dict(), tmp_path / "vgg16_features.safetensors")
    save_file(FeatureTrunk("alex").state_dict(), tmp_path / "alexnet_features.safetensors")
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    if parent or kind == "--pixel":
        content = json.loads((start / "config.json").read_text()) | {"parent": "artgan/universal-pixel"}
        config = ModelConfig.from_json(json.dumps(content), where="test")
        start = tmp_path / "gan"
        save_model(start, UnshuffleGenerator(8, 2), config)
    assert finetune(folder, tmp_path / "out", start, "--steps", "1", *([kind] if kind else [])) == 0
    assert load_network(tmp_path / "out")[1].parent == parent
    assert ("a GAN;" in capsys.readouterr().out) == (kind != "--pixel")


def test_minutes_are_kept(tmp_path, folder, start):
    assert finetune(folder, tmp_path / "out", start, "--minutes", "0.05") == 0
    assert 2 / 3600 < ModelConfig.from_file(tmp_path / "out" / "config.json").provenance.hours < 60 / 3600


@pytest.mark.parametrize(("dtype", "precision"), [(torch.bfloat16, "bf16-mixed"), (torch.float32, "32-true")])
def test_it_trains_in_bfloat16_where_the_hardware_computes_in_it(folder, start, monkeypatch, dtype, precision):
    asked = []

    class NoRecipe(Exception):
        pass

    def recipe(arguments, run):
        asked.extend(arguments)
        raise NoRecipe

    monkeypatch.setattr("artgan_hf.restoring.precision.choose_dtype", lambda device: dtype)
    monkeypatch.setattr("artgan_hf.training.recipe.RecipeCLI", recipe)
    with pytest.raises(NoRecipe):
        finetune(folder, folder.parent / "never", start)
    assert asked[asked.index("--trainer.precision") + 1] == precision


def test_training_makes_the_held_out_pictures_better(tmp_path, folder, start, monkeypatch, capsys):
    settings = finetune_command._settings
    faster = {"--model.learning_rate": 5e-3, "--model.ema_decay": 0.9, "--data.batch_size": 4}
    monkeypatch.setattr(finetune_command, "_settings", lambda *arguments: settings(*arguments) | faster)
    assert finetune(folder, tmp_path / "out", start, "--steps", "90", "--quality", "10", "10") == 0
    table = [line.split() for line in capsys.readouterr().out.splitlines()]
    rows = {cells[1]: cells for cells in table if cells[:1] == ["10"]}
    jpeg, before, after = (float(rows[name][2]) for name in ("jpeg", str(start), "my/out"))
    assert before == jpeg
    assert after > jpeg + 0.1


@pytest.mark.slow
@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_stopped_run_keeps_what_was_learned(tmp_path, folder, start, stop, code):
    output = tmp_path / "out"
    command = [sys.executable, "-m", "artgan_hf", "finetune", str(folder), "-o", str(output), "--from", str(start)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 300
    while not list(tmp_path.glob(".out.*/run/checkpoints/last.ckpt")):  # after the first hundred steps
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.1)
    os.kill(process.pid, stop)
    out, err = process.communicate(timeout=300)
    assert process.returncode == code
    assert "artgan: stopped after" in err and "Traceback" not in err
    assert ("my/out" in out) == (stop == signal.SIGINT)  # the table; whoever sends SIGTERM does not wait for it
    assert load_network(output)[1].provenance.steps >= 100
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_impossible_wishes_are_one_line_and_leave_nothing_behind(tmp_path, folder, start, capsys):
    (tmp_path / "there").mkdir()
    few = photos(tmp_path / "few", count=11, side=64)
    predictor = ["--from", "artgan/qf-predictor"]
    for more, code, message in (
        ([str(folder), "-o", str(tmp_path / "there")], 2, "there exists; choose another name"),
        ([str(few), "-o", str(tmp_path / "out")], 1, "few has 0 usable pictures of 11; 10 or more of at least 112x112"),
        ([str(tmp_path / "no"), "-o", str(tmp_path / "out")], 1, "no does not exist"),
        ([str(folder), "-o", str(tmp_path / "out"), "--minutes", "0"], 2, "minutes is 0; more than 0"),
        ([str(folder), "-o", str(tmp_path / "out"), "--quality", "9", "0"], 2, "9 to 0"),
        ([str(folder), "-o", str(tmp_path / "out"), *predictor], 1, "is a quality-predictor, but a generator"),
    ):
        assert artgan(["finetune", "--from", str(start), *more]) == code
        error = capsys.readouterr().err
        assert message in error
        assert error.count("\n") == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["few", "there"]


def test_a_gan_without_its_backbone_says_what_is_missing(tmp_path, folder, start, monkeypatch, capsys):
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    assert finetune(folder, tmp_path / "out", start, "--gan", "--steps", "1") == 1
    assert "vgg16_features.safetensors cannot be read" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
