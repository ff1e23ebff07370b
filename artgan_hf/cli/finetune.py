"""`artgan finetune FOLDER -o MODEL`: makes a published model better at one folder's kind of pictures."""

import argparse
import json
import logging
import os
import platform
import re
import signal
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from artgan_hf.evaluation import Figure
    from artgan_hf.hub import ModelConfig, ModelFolder
    from artgan_hf.training.recipe import RecipeCLI

MINUTES = 15.0
LEAST_PICTURES = 10
LEAST_PX = 112  # the recipe's patches of 96, and room to shift the codec's grid
MEMORY_LIMIT_BYTES = 2_000_000_000  # larger folders are read anew for each patch
RECIPE = "finetune_folder"
PIXEL_LOSSES = [{"class_path": "artgan_hf.losses.CharbonnierLoss"}]

EPILOG = """A tenth of the pictures is held out; at the end the model is measured on it, before and after, beside
JPEG itself. Ctrl-C ends the training early and keeps what was learned. The result is a folder for
`artgan restore --model` and Restorer.from_pretrained. Clean pictures teach best: sharp, without
artifacts of their own."""


class Plan(NamedTuple):
    """What was asked for, checked: the start, the pictures, the kind of training, and the range of qualities."""

    folder: Path
    output: Path
    start: "ModelFolder"
    config: "ModelConfig"
    quality: tuple[int, int]
    is_gan: bool
    pictures: int
    in_memory: bool


class Trained(NamedTuple):
    """What came of the training: the network, what it took, the held-out pictures, and the exit code."""

    network: Any
    steps: int
    hours: float
    pictures: int
    held_out: list[Any]
    middle_quality: int
    code: int


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser(
        "finetune",
        help="make a model better at the pictures of a folder",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", type=Path, help=f"clean pictures, {LEAST_PICTURES} or more; subfolders are read too")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="MODEL", help="the model folder to make")
    parser.add_argument(
        "--from",
        dest="start",
        default="artgan/universal-pixel",
        metavar="ID",
        help="id or folder (default: %(default)s)",
    )
    parser.add_argument(
        "--quality", type=int, nargs=2, metavar=("LOW", "HIGH"), help="JPEG qualities (default: the start's own)"
    )
    length = parser.add_mutually_exclusive_group()
    length.add_argument("--minutes", type=float, help=f"of training (default: {MINUTES:g})")
    length.add_argument("--steps", type=int, metavar="N", help="of training, instead of minutes")
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--gan", action="store_true", help="sharp: against a discriminator (default for GANs)")
    kind.add_argument("--pixel", action="store_true", help="faithful: on the pixel loss alone (default for the others)")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 after writing the model folder; 130 if Ctrl-C, 143 if SIGTERM ended the training, written all the same.

    Raises:
        OptionError: if a knob is outside its range, or the output exists.
        QualityError: if the qualities are not 1 <= LOW <= HIGH <= 100.
        DataError: if there are too few usable pictures.
        ModelNotFoundError: if there is no model to start from, or a loss's backbone is nowhere.
        IncompatibleModelError: if the model to start from is an ensemble or restores nothing.
        MissingExtraError: if Lightning is not installed.
        ArtganError: if the training diverges, or ends before the network has moved.
    """
    plan = _plan(arguments)
    plan.output.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{plan.output.name}.", dir=plan.output.parent) as work:
        trained = _train(plan, arguments, Path(work) / "run")
        model = Path(work) / "model"
        name = f"my/{re.sub(r'[^A-Za-z0-9_.-]+', '-', plan.output.name).strip('-._') or 'model'}"
        _save(plan, trained, model)
        _write_card(model, name, [])
        model.rename(plan.output)  # before it is measured: whatever happens then, the model is there
        if trained.code != 143:  # whoever sends SIGTERM does not wait
            scores = _score(plan, trained, name, Path(work) / f"{plan.folder.resolve().name}, held out")
            _write_card(plan.output, name, scores)
    print(f"{plan.output}: {trained.steps} steps, {60 * trained.hours:.1f} minutes")
    print(f"artgan restore PICTURES -o restored --model {plan.output}")
    return trained.code


def _plan(arguments: argparse.Namespace) -> Plan:
    from artgan_hf.data import JpegDegradation
    from artgan_hf.errors import OptionError
    from artgan_hf.hub import find_model, load_network
    from artgan_hf.optional import require

    for name in ("lightning", "jsonargparse"):
        require(name, extra="train")
    if arguments.output.exists():
        raise OptionError(f"{arguments.output} exists; choose another name, or remove it first.")
    for name in ("minutes", "steps"):
        value = getattr(arguments, name)
        if value is not None and value <= 0:
            raise OptionError(f"{name} is {value:g}; more than 0 was expected.")
    start = find_model(arguments.start)
    _, config = load_network(start)
    if config.codec != "jpeg":
        raise OptionError(f"{start.name} undoes {config.codec}; a model that restores JPEG was expected.")
    low, high = arguments.quality or config.quality
    JpegDegradation(low, high)  # refuses bad ones before the pictures are looked at
    pictures, in_memory = _look_at(arguments.folder)
    is_gan = arguments.gan or (config.parent is not None and not arguments.pixel)
    return Plan(arguments.folder, arguments.output, start, config, (low, high), is_gan, pictures, in_memory)


def _look_at(folder: Path) -> tuple[int, bool]:
    """Returns how many pictures can be used, and whether all fit into memory; only their headers are read."""
    from PIL import Image

    from artgan_hf.data.sources import find_images
    from artgan_hf.errors import DataError

    usable = pixels = 0
    paths = find_images([folder])
    for path in paths:
        with suppress(OSError, ValueError, SyntaxError, Image.DecompressionBombError), Image.open(path) as image:
            if min(image.size) >= LEAST_PX:
                usable += 1
                pixels += image.width * image.height
    if usable < LEAST_PICTURES:
        raise DataError(
            f"{folder} has {usable} usable pictures of {len(paths)}; {LEAST_PICTURES} or more of at least "
            f"{LEAST_PX}x{LEAST_PX} pixels were expected."
        )
    return usable, 3 * pixels <= MEMORY_LIMIT_BYTES


def _train(plan: Plan, arguments: argparse.Namespace, run_folder: Path) -> Trained:
    os.environ.setdefault("JSONARGPARSE_DEPRECATION_WARNINGS", "off")  # Lightning's calls, not the user's
    for name in ("lightning.pytorch", "lightning.fabric"):
        logging.getLogger(name).setLevel(logging.ERROR)  # device lists and tips
    from artgan_hf.errors import ArtganError
    from artgan_hf.training.recipe import RecipeCLI, shipped_recipe

    settings = {"-c": shipped_recipe(RECIPE), "--trainer.default_root_dir": run_folder, **_settings(plan, arguments)}
    recipe = RecipeCLI([str(part) for pair in settings.items() for part in pair], run=False)
    kind = "a GAN" if plan.is_gan else "pixel loss"
    low, high = plan.quality
    print(
        f"fine-tuning {plan.start.name} on {plan.pictures} pictures, JPEG quality {low}"
        f"{'' if low == high else f' to {high}'}, {kind}; Ctrl-C ends it early and keeps what was learned"
    )
    module: Any = recipe.model
    code = 0
    try:
        recipe.trainer.fit(module, datamodule=recipe.datamodule)
    except SystemExit as stop:  # ours at SIGTERM, or Lightning's at Ctrl-C, which it ignores from then on
        signal.signal(signal.SIGINT, signal.default_int_handler)
        code = 143 if stop.code == 143 else 130
        if not module.steps:
            raise KeyboardInterrupt from None
        print(f"artgan: stopped after {int(module.steps)} steps; keeping them", file=sys.stderr)
    except FloatingPointError as error:
        raise ArtganError(str(error)) from error
    if module.discriminator is not None and module.steps <= module.discriminator_steps:
        raise ArtganError(f"{int(module.steps)} steps taught the discriminator alone; give it more time, or --pixel.")
    return _result(recipe, code)


def _settings(plan: Plan, arguments: argparse.Namespace) -> dict[str, Any]:
    import torch

    from artgan_hf.restoring.precision import choose_device, choose_dtype

    low, high = plan.quality
    in_bfloat16 = choose_dtype(choose_device()) == torch.bfloat16  # then it is several times as fast
    settings = {
        "--trainer.precision": "bf16-mixed" if in_bfloat16 else "32-true",
        "--trainer.enable_model_summary": "false",
        "--trainer.logger": "false",
        "--model.start_from": plan.start.path,
        "--data.folders": json.dumps([str(plan.folder)]),
        "--data.in_memory": str(plan.in_memory).lower(),
        "--data.degradation.init_args.lowest_quality": low,
        "--data.degradation.init_args.highest_quality": high,
        "--model.minutes": arguments.minutes or MINUTES,
    }
    if arguments.steps:
        settings |= {"--model.minutes": "null", "--trainer.max_epochs": 1, "--data.steps_per_epoch": arguments.steps}
        settings["--model.discriminator_steps"] = min(50, arguments.steps // 10)
    if not plan.is_gan:
        settings |= {"--model.discriminator": "null", "--model.losses": json.dumps(PIXEL_LOSSES)}
    return settings


def _result(recipe: "RecipeCLI", code: int) -> Trained:
    module: Any = recipe.model
    data: Any = recipe.datamodule
    return Trained(
        network=module.averaged.module.cpu().eval(),
        steps=int(module.steps),
        hours=module.trained_seconds / 3600,
        pictures=len(data.training.images),
        held_out=[picture for picture in data.validation.images if min(picture.shape[:2]) >= LEAST_PX],
        middle_quality=data.degradation.middle_quality,
        code=code,
    )


def _save(plan: Plan, trained: Trained, folder: Path) -> None:
    from artgan_hf.hub import ModelConfig, Provenance, save_model

    parent = plan.config.parent or _published(plan.start.name)  # of a GAN, the model with the pixel loss
    config = ModelConfig(
        architecture=plan.config.architecture,
        options=plan.config.options,
        codec=plan.config.codec,
        quality=plan.quality,
        description=f"{plan.start.name} fine-tuned on {plan.folder.resolve().name}"
        f" ({'GAN' if plan.is_gan else 'pixel loss'}).",
        parent=parent if plan.is_gan else None,
        provenance=Provenance(
            recipe=f"recipes/{RECIPE}.yaml",
            data=f"{trained.pictures} pictures of {plan.folder.resolve().name}, started from {plan.start.name}",
            hours=round(trained.hours, 3),
            steps=trained.steps,
            machine=_machine(),
        ),
    )
    save_model(folder, trained.network, config)


def _published(name: str) -> str | None:
    from artgan_hf.hub.config import MODEL_ID

    return name if MODEL_ID.fullmatch(name) and not Path(name).is_dir() else None


def _machine() -> str:
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    threads = torch.get_num_threads()
    return f"{threads} CPU thread{'s' if threads > 1 else ''} ({platform.machine()})"


def _score(plan: Plan, trained: Trained, name: str, folder: Path) -> list[dict[str, Any]]:
    """Returns the scores before and after, printed too; none if they cannot be had: the model is worth more."""
    from PIL import Image

    from artgan_hf.errors import ArtganError
    from artgan_hf.evaluation import run_benchmark
    from artgan_hf.hub import load_network
    from artgan_hf.restoring import Restorer

    print(f"measuring on {len(trained.held_out)} held-out pictures", file=sys.stderr)
    folder.mkdir()
    for place, picture in enumerate(trained.held_out):
        Image.fromarray(picture).save(folder / f"{place:04d}.png")
    before = Restorer(*load_network(plan.start), name=plan.start.name)
    after = Restorer(trained.network, before.config, name=name)
    try:
        benchmark = run_benchmark([before, after], folder, [trained.middle_quality], figures=_figures())
    except (ArtganError, KeyboardInterrupt) as error:
        print(f"artgan: not measured: {error or 'stopped'}", file=sys.stderr)
        return []
    print(f"\n{benchmark.table()}\n")
    return [benchmark.as_dict()]


def _figures() -> "list[Figure]":
    """PSNR and SSIM, and LPIPS if AlexNet's weights are here: they are not downloaded for this."""
    from artgan_hf.evaluation import make_figures
    from artgan_hf.networks.backbones import FILE_NAMES, FOLDER_VARIABLE, cache_folder

    has_alex = (Path(os.environ.get(FOLDER_VARIABLE) or cache_folder()) / FILE_NAMES["alex"]).is_file()
    return make_figures(["psnr", "ssim", *(["lpips"] if has_alex else [])])


def _write_card(folder: Path, name: str, tables: list[dict[str, Any]]) -> None:
    from artgan_hf.hub.card import read_scores, write_card

    scores = [read_scores(json.dumps(table), where="the scores") for table in tables]
    write_card(folder, scores=scores, model_id=name)
