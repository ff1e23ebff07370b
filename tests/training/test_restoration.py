"""The training step: which network moves when, and towards what."""

import lightning as L
import pytest
import torch
from lightning.pytorch.callbacks import Callback
from tiny import photos

from artgan_hf.data import JpegDegradation
from artgan_hf.data.module import PairDataModule
from artgan_hf.errors import OptionError
from artgan_hf.losses import CharbonnierLoss
from artgan_hf.networks import SubPatchDiscriminator, UnshuffleGenerator, WholePatchDiscriminator
from artgan_hf.training import RestorationModule


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


@pytest.mark.filterwarnings("ignore:.*treespec, LeafSpec")
@pytest.mark.filterwarnings("ignore:Total length of")
@pytest.mark.filterwarnings("ignore:.*does not have many workers")
@pytest.mark.parametrize("judge", [SubPatchDiscriminator, WholePatchDiscriminator])
def test_a_gan_trains_pixel_then_discriminator_then_both(tmp_path, judge):
    watch = Watch()
    module = RestorationModule(
        UnshuffleGenerator(4, 1), [CharbonnierLoss()], judge(4), pixel_steps=2, discriminator_steps=2, warmup_steps=1
    )
    train(tmp_path, module, 7, watch)
    assert watch.moved == [(True, False)] * 2 + [(False, True)] * 2 + [(True, True)] * 3
    assert module.steps == 7


@pytest.mark.filterwarnings("ignore:.*treespec, LeafSpec")
@pytest.mark.filterwarnings("ignore:Total length of")
@pytest.mark.filterwarnings("ignore:.*does not have many workers")
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
