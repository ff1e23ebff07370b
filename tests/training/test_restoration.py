"""The training step: which network moves when, and towards what."""

import lightning as L
import numpy as np
import pytest
import torch
from lightning.pytorch.callbacks import Callback
from tiny import photos
from toy_models import toy_folder, toy_network

from artgan_hf.data import JpegDegradation, Pair
from artgan_hf.data.module import PairDataModule
from artgan_hf.errors import IncompatibleModelError, OptionError
from artgan_hf.losses import CharbonnierLoss
from artgan_hf.networks import SubPatchDiscriminator, UnshuffleGenerator, WholePatchDiscriminator
from artgan_hf.training import RestorationModule, RunProgressBar
from artgan_hf.training.restoration import damage_shares

pytestmark = [
    pytest.mark.filterwarnings(f"ignore:{message}")
    for message in (".*treespec, LeafSpec", "Total length of", ".*does not have many workers")
]


class Watch(Callback):
    """Notes after each batch whether the generator and the discriminator have moved."""

    def __init__(self):
        self.moved = []

    def on_train_batch_start(self, trainer, module, batch, batch_index):
        self.before = [self.weights(module.generator), self.weights(module.discriminator)]

    def on_train_batch_end(self, trainer, module, outputs, batch, batch_index):
        after = [self.weights(module.generator), self.weights(module.discriminator)]
        self.moved.append(tuple(not torch.equal(a, b) for a, b in zip(self.before, after, strict=True)))

    @staticmethod
    def weights(network):
        return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


def train(tmp_path, module, steps, *callbacks):
    data = PairDataModule(
        [str(photos(tmp_path / "photos"))],
        JpegDegradation(),
        batch_size=2,
        steps_per_epoch=steps,
        patch_px=32,
        held_out=0,
        workers=0,
    )
    trainer = L.Trainer(
        max_epochs=1, accelerator="cpu", logger=False, enable_checkpointing=False, enable_progress_bar=False,
        enable_model_summary=False, callbacks=list(callbacks),
    )  # fmt: skip
    trainer.fit(module, data)


@pytest.mark.parametrize("judge", [SubPatchDiscriminator, WholePatchDiscriminator])
def test_a_gan_trains_pixel_then_discriminator_then_both(tmp_path, judge):
    watch = Watch()
    module = RestorationModule(
        UnshuffleGenerator(4, 1),
        [CharbonnierLoss()],
        judge(4),
        adversarial_by_damage=True,
        pixel_steps=2,
        discriminator_steps=2,
        warmup_steps=1,
    )
    train(tmp_path, module, 7, watch)
    assert watch.moved == [(True, False)] * 2 + [(False, True)] * 2 + [(True, True)] * 3
    assert module.steps == 7


def test_what_compression_left_alone_gets_no_adversarial_term():
    clean = torch.rand(3, 3, 16, 16)
    degraded = clean + torch.tensor([0.0, 0.1, 0.3]).view(3, 1, 1, 1)
    assert damage_shares(Pair(degraded, clean, torch.ones(3))).tolist() == pytest.approx([0, 0.75, 2.25])
    assert damage_shares(Pair(clean, clean, torch.ones(3))).tolist() == [1, 1, 1]


def test_training_on_pixels_brings_the_picture_nearer_to_the_clean_one(tmp_path):
    losses = []

    class Compare(Callback):
        def on_train_batch_end(self, trainer, module, outputs, batch, batch_index):
            with torch.no_grad():
                restored = (module.restore(batch.degraded) - batch.clean).square().mean()
                losses.append((restored / (batch.degraded - batch.clean).square().mean()).item())

    module = RestorationModule(
        UnshuffleGenerator(16, 1), [CharbonnierLoss()], learning_rate=2e-3, warmup_steps=5, ema_decay=0.8
    )
    train(tmp_path, module, 60, Compare())
    assert sum(losses[-10:]) / 10 < 0.97


def test_a_module_without_a_pixel_loss_is_refused():
    with pytest.raises(OptionError, match="losses is empty"):
        RestorationModule(UnshuffleGenerator(4, 1), [])


def test_without_a_generator_the_network_of_the_start_is_trained_on(tmp_path):
    folder = toy_folder(tmp_path / "toy")
    module = RestorationModule(None, [CharbonnierLoss()], start_from=str(folder), learning_rate=1e-2, warmup_steps=1)
    weight = toy_network().head.weight
    assert torch.allclose(module.generator.head.weight, weight, atol=1e-3)
    train(tmp_path, module, 2)
    assert not torch.allclose(module.generator.head.weight, weight, atol=1e-3)


def test_a_start_that_does_not_fit_is_named_with_both_networks(tmp_path):
    folder = toy_folder(tmp_path / "toy")
    with pytest.raises(IncompatibleModelError, match=r"toy is unshuffle .*'channels': 8.*generator is unshuffle .*: 4"):
        RestorationModule(UnshuffleGenerator(4, 2), [CharbonnierLoss()], start_from=str(folder))
    with pytest.raises(OptionError, match="generator and start_from are both empty"):
        RestorationModule(None, [CharbonnierLoss()])


def test_minutes_end_the_run_and_its_learning_rate(tmp_path):
    rates = []

    class Clock(Callback):
        def on_train_batch_end(self, trainer, module, outputs, batch, batch_index):
            rates.append(module.optimizers().param_groups[0]["lr"])
            module.trained_seconds = 15.0 * len(rates)

    module = RestorationModule(
        UnshuffleGenerator(4, 1), [CharbonnierLoss()], learning_rate=1.0, warmup_steps=0, minutes=1
    )
    train(tmp_path, module, 1000, Clock())
    assert len(rates) == 5  # the fifth batch finds that 60 seconds have passed
    assert rates == sorted(rates, reverse=True)
    assert rates[-1] == pytest.approx(0.01)


def test_without_a_discriminator_the_learning_rate_falls_until_the_last_batch(tmp_path):
    rates = []

    class Rates(Callback):
        def on_train_batch_start(self, trainer, module, batch, batch_index):
            rates.append(module.optimizers().param_groups[0]["lr"])

    module = RestorationModule(
        UnshuffleGenerator(4, 1), [CharbonnierLoss()], discriminator_steps=3, learning_rate=1.0, warmup_steps=0
    )
    train(tmp_path, module, 6, Rates())
    assert rates[-1] == pytest.approx(0.01 + 0.99 * (0.5 + 0.5 * np.cos(np.pi * 5 / 6)))


def test_the_bar_shows_the_time_until_the_run_ends(monkeypatch):
    class Trainer:
        num_training_batches, max_epochs = 10, 5
        loggers, progress_bar_metrics = (), {"v_num": 3, "train/loss": 0.5}

    module = RestorationModule(UnshuffleGenerator(4, 1), [CharbonnierLoss()])
    bar = RunProgressBar()
    monkeypatch.setattr("lightning.pytorch.callbacks.RichProgressBar.on_train_start", lambda *_: None)
    monkeypatch.setattr("artgan_hf.training.progress.time.monotonic", lambda: 100.0)
    module.steps.fill_(20)  # of a run that is taken up again
    bar.on_train_start(Trainer(), module)
    assert bar.get_metrics(Trainer(), module) == {"train/loss": 0.5, "left": "?"}
    monkeypatch.setattr("artgan_hf.training.progress.time.monotonic", lambda: 120.0)
    module.steps.fill_(25)
    assert bar.get_metrics(Trainer(), module)["left"] == "0:01:40"
    module.minutes = 3.0
    module.trained_seconds = 30.0
    assert bar.get_metrics(Trainer(), module)["left"] == "0:02:30"
