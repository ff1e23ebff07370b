"""`artgan fit` end to end on tiny networks: what a run writes, and how it survives."""

import json
import os
import re
import signal
import subprocess
import sys
import time

import pytest
import torch
from PIL import Image
from tiny import overrides, photos

from artgan_hf.cli.fit import main as fit
from artgan_hf.cli.main import main as artgan
from artgan_hf.hub import load_network

TINY_GENERATOR = {"model.generator.channels": 8, "model.generator.deep_channels": 8}


@pytest.fixture
def data(tmp_path):
    return photos(tmp_path / "photos")


def last(run):
    return torch.load(run / "checkpoints" / "last.ckpt", weights_only=True)


def test_a_run_leaves_logs_samples_and_a_checkpoint_that_becomes_a_model(tmp_path, data, repository, capsys):
    run = tmp_path / "run"
    fit(["-c", str(repository / "recipes/debug.yaml"), *overrides(run, data, **TINY_GENERATOR)])
    assert last(run)["artgan"]["steps"] == 6
    (samples,) = sorted((run / "samples").glob("*000006.png"))
    with Image.open(samples) as sheet:
        assert sheet.width == 3 * 160 * 2
    metrics = (run / "csv" / "version_0" / "metrics.csv").read_text()
    assert "val/psnr_degraded" in metrics
    assert list((run / "tensorboard").rglob("events*"))

    about = ["--description", "A toy.", "--recipe", "recipes/debug.yaml", "--data", "noise", "--licences", "CC0"]
    checkpoint = str(run / "checkpoints" / "last.ckpt")
    assert artgan(["export-weights", checkpoint, str(tmp_path / "model"), *about, "--machine", "a test"]) == 0
    network, config = load_network(tmp_path / "model")
    assert config.quality == (10, 10)
    assert config.provenance.steps == 6
    assert json.loads((tmp_path / "model" / "config.json").read_text())["options"]["channels"] == 8
    averaged = last(run)["state_dict"]["averaged.module.head.weight"]
    assert torch.allclose(network.head.weight, averaged, atol=1e-3)


def test_the_moving_average_ships_not_the_last_step(tmp_path, data, repository):
    run = tmp_path / "run"
    fit(["-c", str(repository / "recipes/debug.yaml"), *overrides(run, data, **TINY_GENERATOR)])
    state = last(run)["state_dict"]
    assert not torch.equal(state["averaged.module.tail.weight"], state["generator.tail.weight"])


def test_the_last_checkpoint_is_of_the_end_of_the_run(tmp_path, data, repository):
    run = tmp_path / "run"
    more = {**TINY_GENERATOR, "checkpoint.every_n_train_steps": 4}
    fit(["-c", str(repository / "recipes/debug.yaml"), *overrides(run, data, **more)])
    assert [path.name for path in (run / "checkpoints").iterdir()] == ["last.ckpt"]
    assert last(run)["artgan"]["steps"] == 6


@pytest.mark.parametrize(
    ("stop", "code"), [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGTERM, 143), (signal.SIGINT, 130)]
)
def test_a_stopped_run_says_so_and_goes_on_from_its_last_checkpoint(tmp_path, data, repository, stop, code):
    run = tmp_path / "run"
    settings = overrides(run, data, **TINY_GENERATOR, **{"data.steps_per_epoch": 5000, "trainer.max_epochs": 1})
    command = [sys.executable, "-m", "artgan_hf", "fit", "-c", str(repository / "recipes/debug.yaml"), *settings]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    checkpoint = run / "checkpoints" / "last.ckpt"
    deadline = time.monotonic() + 600
    while not checkpoint.exists() or last(run)["artgan"]["steps"] < 3:
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.2)
    os.kill(process.pid, stop)
    assert process.wait() == code
    reached = last(run)["artgan"]["steps"]
    more = overrides(run, data, **TINY_GENERATOR, **{"data.steps_per_epoch": reached + 2, "trainer.max_epochs": 1})
    fit(["-c", str(repository / "recipes/debug.yaml"), "--ckpt_path", "last", *more])
    assert last(run)["artgan"]["steps"] == reached + 2


def test_a_new_run_keeps_out_of_the_folder_of_an_earlier_one(tmp_path, data, repository, capsys):
    run = tmp_path / "run"
    command = ["fit", "-c", str(repository / "recipes/debug.yaml"), *overrides(run, data, **TINY_GENERATOR)]
    assert artgan(command) == 0
    assert artgan(command) == 2
    assert "last.ckpt exists; go on from it with --ckpt_path last, or name" in capsys.readouterr().err
    assert [path.name for path in (run / "checkpoints").iterdir()] == ["last.ckpt"]


def test_a_run_without_an_end_is_refused(tmp_path, data, repository, capsys):
    settings = overrides(tmp_path / "run", data, **TINY_GENERATOR, **{"trainer.max_epochs": -1})
    assert artgan(["fit", "-c", str(repository / "recipes/debug.yaml"), *settings]) == 2
    assert "the run has no end; max_epochs, max_steps or minutes" in capsys.readouterr().err


def test_what_goes_wrong_in_a_data_worker_is_one_line_too(tmp_path, data, repository, capsys):
    settings = {**TINY_GENERATOR, "data.workers": 1, "data.in_memory": "false", "data.patch_px": 64}
    command = ["fit", "-c", str(repository / "recipes/debug.yaml"), *overrides(tmp_path / "run", data, **settings)]
    assert artgan(command) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert re.match(r"artgan: error: 3 pictures in a row cannot be trained on; the last: .* is too small", error)


def test_a_loss_that_is_no_number_stops_the_run_with_the_step(tmp_path, data, repository, capsys):
    settings = overrides(
        tmp_path / "run", data, **TINY_GENERATOR, **{"model.learning_rate": "1e30", "model.warmup_steps": 1}
    )
    assert artgan(["fit", "-c", str(repository / "recipes/debug.yaml"), *settings]) == 1
    error = capsys.readouterr().err
    assert re.search(r"error: the generator's loss is (nan|inf) at step \d; lower the learning rate", error)


def test_a_misspelt_override_is_a_usage_error(tmp_path, data, repository, capsys):
    with pytest.raises(SystemExit) as stop:
        fit(["-c", str(repository / "recipes/debug.yaml"), "--model.lerning_rate", "1"])
    assert stop.value.code == 2
    assert "lerning_rate" in capsys.readouterr().err


def test_what_a_class_of_the_recipe_refuses_is_one_line(tmp_path, data, repository, capsys):
    settings = overrides(tmp_path / "run", data, **TINY_GENERATOR, **{"model.losses": "[]"})
    assert artgan(["fit", "-c", str(repository / "recipes/debug.yaml"), *settings]) == 2
    assert capsys.readouterr().err.splitlines()[-1].startswith("artgan: error: losses is empty; at least one")


def test_an_empty_folder_is_named(tmp_path, repository, capsys):
    (tmp_path / "empty").mkdir()
    recipe = str(repository / "recipes/debug.yaml")
    assert artgan(["fit", "-c", recipe, *overrides(tmp_path / "run", tmp_path / "empty", **TINY_GENERATOR)]) == 1
    assert "no pictures in" in capsys.readouterr().err


@pytest.mark.slow
def test_two_processes_train_one_gan(tmp_path, data, repository):
    run = tmp_path / "run"
    ddp = {"trainer.devices": 2, "trainer.strategy": "ddp", "trainer.max_epochs": 1, "data.steps_per_epoch": 6}
    gan = {
        "model.discriminator": "artgan_hf.networks.SubPatchDiscriminator",
        "model.discriminator.channels": 4,
        "model.pixel_steps": 1,
        "model.discriminator_steps": 1,
    }
    settings = overrides(run, data, **TINY_GENERATOR, **ddp, **gan)
    command = [sys.executable, "-m", "artgan_hf", "fit", "-c", str(repository / "recipes/debug.yaml"), *settings]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=900, check=False)
    assert answer.returncode == 0, answer.stderr[-2000:]
    assert "2 processes" in answer.stderr
    # Six batches, three to each process: a pixel, a discriminator and a GAN step.
    assert last(run)["artgan"]["steps"] == 3
