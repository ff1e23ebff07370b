"""LightningCLI for our recipes: one YAML file names the networks, the losses, the data and the trainer's settings.

Everything a run writes goes below `trainer.default_root_dir`: checkpoints/, samples/, csv/, tensorboard/.
"""

import warnings
from pathlib import Path
from typing import Any

import lightning as L
from lightning.pytorch.callbacks import ModelCheckpoint
from lightning.pytorch.cli import LightningArgumentParser, LightningCLI
from lightning.pytorch.loggers import CSVLogger, TensorBoardLogger

from artgan_hf.data.module import PairDataModule

NOISE = (
    "LightningCLI's args parameter is intended",  # a call from Python is what it is here
    "Using ModelCheckpoint with manual optimization",  # the weights after the step are the ones we want
    ".*`isinstance\\(treespec, LeafSpec\\)` is deprecated",  # Lightning's own business
    ".*your dataloader is not resumable",  # patches are drawn at random anyway
    "Total length of `DataLoader` across ranks is zero",  # nothing is held out, as the recipe says
    ".*does not have many workers",  # validation reads a few pictures from memory
)


class RecipeCLI(LightningCLI):
    """Parses a recipe and its overrides, then trains.

    Args:
        arguments: what follows `artgan`, e.g. ["fit", "-c", "recipes/qf10.yaml"]; None for the process's own.

    Raises:
        SystemExit: with status 2 if the recipe or an override does not parse; the reason is on stderr.
    """

    def __init__(self, arguments: list[str] | None = None) -> None:
        for message in NOISE:
            warnings.filterwarnings("ignore", message)
        super().__init__(
            L.LightningModule,
            PairDataModule,
            subclass_mode_model=True,
            args=arguments,
            auto_configure_optimizers=False,
            save_config_kwargs={"overwrite": True},
            seed_everything_default=1,
        )

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Adds the checkpoints' settings as `checkpoint.*`; their place follows from the run's folder."""
        parser.add_lightning_class_args(ModelCheckpoint, "checkpoint")
        parser.set_defaults({"checkpoint.save_last": True, "checkpoint.save_top_k": 0})
        parser.link_arguments("trainer.default_root_dir", "checkpoint.dirpath", compute_fn=_checkpoints)

    def instantiate_trainer(self, **settings: Any) -> L.Trainer:
        """Returns the trainer; it logs to CSV and TensorBoard in the run's folder unless the recipe names loggers."""
        configured = self.config_init["fit"]["trainer"]
        if configured["logger"] is None:
            root = configured["default_root_dir"]
            settings["logger"] = [CSVLogger(root, name="csv"), TensorBoardLogger(root, name="tensorboard")]
        return super().instantiate_trainer(**settings)


def _checkpoints(root: str) -> str:
    return str(Path(root) / "checkpoints")
