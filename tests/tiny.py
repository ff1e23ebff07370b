"""Overrides that make any recipe take seconds: few channels, few steps, small patches."""

import numpy as np
from PIL import Image

TRAINER = {
    "trainer.accelerator": "cpu",
    "trainer.precision": "32-true",
    "trainer.max_epochs": "2",
    "trainer.log_every_n_steps": "1",
    "data.batch_size": "2",
    "data.steps_per_epoch": "3",
    "data.patch_px": "32",
    "data.held_out": "0.25",
    "data.workers": "0",
    "checkpoint.every_n_train_steps": "1",
}

# what `artgan export-weights` wants to be told
ABOUT = [
    "--description",
    "A toy.",
    "--recipe",
    "toy.yaml",
    "--data",
    "noise",
    "--licences",
    "CC0",
    "--machine",
    "a test",
]


def photos(folder, count=4, side=64):
    """Writes a few smooth, coloured pictures and returns their folder."""
    folder.mkdir(parents=True, exist_ok=True)
    generator = np.random.default_rng(0)
    for i in range(count):
        small = Image.fromarray(generator.integers(0, 256, (8, 8, 3), dtype=np.uint8))
        small.resize((side, side), Image.Resampling.BICUBIC).save(folder / f"{i}.png")
    return folder


def overrides(run, data, **more):
    """Returns the command-line overrides for a run folder and a data folder."""
    settings = {**TRAINER, "trainer.default_root_dir": str(run), "data.folders": f"[{data}]", **more}
    return [part for name, value in settings.items() for part in (f"--{name}", str(value))]
