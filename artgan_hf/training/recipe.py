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
from lightning.pytorch.strategies import DDPStrategy

from artgan_hf.data.module import PairDataModule
from artgan_hf.errors import ArtganError, OptionError

NOISE = (
    "LightningCLI's args parameter is intended",  # a call from Python is what it is here
    "Using ModelCheckpoint with manual optimization",  # the weights after the step are the ones we want
    ".*`isinstance\\(treespec, LeafSpec\\)` is deprecated",  # Lightning's own business
    ".*your dataloader is not resumable",  # patches are drawn at random anyway
    "Total length of `DataLoader` across ranks is zero",  # nothing is held out, as the recipe says
    ".*module\\(s\\) in eval mode at the start of training",  # the judges of the losses, on purpose
    "find_unused_parameters=True was specified",  # not in the first steps, but later
    ".*does not have many workers",  # validation reads a few pictures from memory
)


class RunCheckpoint(ModelCheckpoint):
    """Lightning's `ModelCheckpoint`, whose `last.ckpt` is of the run's end once it has ended.

    Lightning's own is then of the last save, up to `every_n_train_steps` earlier.
    """

    def on_train_end(self, trainer: L.Trainer, pl_module: L.LightningModule) -> None:
        """Saves once more."""
        super().on_train_end(trainer, pl_module)
        if self.last_model_path:
            trainer.save_checkpoint(self.last_model_path)


class RecipeCLI(LightningCLI):
    """Parses a recipe and its overrides, then trains.

    Args:
        arguments: what follows `artgan`, e.g. ["fit", "-c", "recipes/qf10.yaml"]; None for the process's own.
        run: False to build `trainer`, `model` and `datamodule` and leave the rest to the caller; `arguments` then have
            no "fit".

    Raises:
        ArtganError: if a network, a loss or the data of the recipe refuses its settings.
        SystemExit: with status 2 if the recipe or an override does not parse; the reason is on stderr.
    """

    def __init__(self, arguments: list[str] | None = None, *, run: bool = True) -> None:
        for message in NOISE:
            warnings.filterwarnings("ignore", message)
        try:
            super().__init__(
                L.LightningModule,
                PairDataModule,
                subclass_mode_model=True,
                args=arguments,
                auto_configure_optimizers=False,
                save_config_kwargs={"overwrite": True},
                seed_everything_default=1,
                run=run,
            )
        except ValueError as error:
            if isinstance(error.__cause__, ArtganError):  # the parser wraps what a class of the recipe has to say
                raise error.__cause__ from None
            raise

    def add_arguments_to_parser(self, parser: LightningArgumentParser) -> None:
        """Adds the checkpoints' settings as `checkpoint.*`; their place follows from the run's folder."""
        parser.add_lightning_class_args(RunCheckpoint, "checkpoint")
        parser.set_defaults(
            {"checkpoint.save_last": True, "checkpoint.save_top_k": 0, "checkpoint.enable_version_counter": False}
        )
        parser.link_arguments("trainer.default_root_dir", "checkpoint.dirpath", compute_fn=_checkpoints)

    def before_fit(self) -> None:
        """Keeps a new run out of the folder of an earlier one.

        Raises:
            OptionError: if that folder has a checkpoint and the run does not go on from any.
        """
        last = Path(self.config.fit.checkpoint.dirpath) / "last.ckpt"
        if self.config.fit.ckpt_path is None and last.exists():
            raise OptionError(
                f"{last} exists; go on from it with --ckpt_path last, or name another --trainer.default_root_dir."
            )

    def instantiate_trainer(self, **settings: Any) -> L.Trainer:
        """Returns the trainer; it logs to CSV and TensorBoard in the run's folder unless the recipe names loggers.

        Several processes are told that a GAN's networks do not move in every step.
        """
        configured = self.config_init.get("fit", self.config_init)["trainer"]
        callbacks = list(configured["callbacks"] or [])
        if configured["logger"] is None:
            root = configured["default_root_dir"]
            settings["logger"] = [CSVLogger(root, name="csv"), TensorBoardLogger(root, name="tensorboard")]
        trainer = super().instantiate_trainer(**settings, callbacks=[*callbacks])
        is_gan = getattr(self.model, "discriminator", None) is not None
        if is_gan and isinstance(trainer.strategy, DDPStrategy) and configured["strategy"] in ("auto", "ddp"):
            settings["strategy"] = "ddp_find_unused_parameters_true"
            trainer = super().instantiate_trainer(**settings, callbacks=[*callbacks])
        return trainer


def shipped_recipe(name: str) -> Path:
    """Returns the path of a recipe: inside the package in a wheel, beside it in a checkout.

    Example:
        >>> shipped_recipe("finetune_folder").name
        'finetune_folder.yaml'
    """
    package = Path(__file__).resolve().parent.parent
    inside = package / "recipes"
    return (inside if inside.is_dir() else package.parent / "recipes") / f"{name}.yaml"


def _checkpoints(root: str) -> str:
    return str(Path(root) / "checkpoints")
