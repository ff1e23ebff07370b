"""What a study shows and in which order: a folder with study.json and its pictures under names that tell nothing."""

import json
import os
import random
import shutil
from dataclasses import asdict, dataclass
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from artgan_hf.errors import DataError
from artgan_hf.evaluation.report import ORIGINAL, write_json
from artgan_hf.evaluation.study.stimuli import FORMAT_VERSION, STUDY_FILE, Plan, Stimulus, write_stimuli

__all__ = ["Stimulus", "Study", "Trial", "new_study", "open_study"]


class Trial(NamedTuple):
    """One question to a rater: how far is this picture from its original?

    Args:
        stimulus: the picture to rate.
        reference: the file of its original.
        shown: the file to rate.
    """

    stimulus: Stimulus
    reference: Path
    shown: Path


@dataclass(frozen=True)
class Study:
    """A study as its folder tells it.

    Args:
        folder: with study.json, the pictures, and the ratings once there are some.
        title: for people.
        seed: of the orders.
        methods: what is compared, the hidden reference ("original") included.
        stimuli: every picture by every method.
        training: shown before the first question, never rated: an original, and the same picture at its worst.
    """

    folder: Path
    title: str
    seed: int
    methods: tuple[str, ...]
    stimuli: tuple[Stimulus, ...]
    training: tuple[Stimulus, ...]

    @property
    def ratings_file(self) -> Path:
        """Where the ratings are kept."""
        return self.folder / "ratings.sqlite"

    def order(self, rater: str) -> list[Trial]:
        """Returns the questions for one rater: random, always the same for the same rater.

        Every picture comes once before any comes again, so that no two questions in a row show the same one.

        Args:
            rater: the name.
        """
        generator = random.Random(f"{self.seed}/{rater}")
        left: dict[str, list[Stimulus]] = {}
        for stimulus in self.stimuli:
            left.setdefault(stimulus.picture, []).append(stimulus)
        for waiting in left.values():
            generator.shuffle(waiting)
        order: list[Stimulus] = []
        while any(left.values()):
            last = order[-1].picture if order else None
            keys = {name: (name != last, len(waiting), generator.random()) for name, waiting in left.items() if waiting}
            order.append(left[max(keys, key=lambda name: keys[name])].pop())
        return [self._trial(stimulus) for stimulus in order]

    def training_trials(self) -> list[Trial]:
        """Returns what the training page shows: each example beside its original."""
        return [self._trial(stimulus) for stimulus in self.training]

    def _trial(self, stimulus: Stimulus) -> Trial:
        everything = (*self.stimuli, *self.training)
        reference = next(
            other.file for other in everything if (other.picture, other.method) == (stimulus.picture, ORIGINAL)
        )
        return Trial(stimulus, self.folder / reference, self.folder / stimulus.file)


def new_study(folder: str | PathLike[str], plan: Plan, *, title: str = "Picture quality", seed: int = 0) -> Study:
    """Returns a study after writing its folder.

    Args:
        folder: made; must not be there or be empty.
        plan: which pictures, which methods.
        title: for people.
        seed: of the orders; the same seed gives every rater the same order again.

    Raises:
        DataError: if the folder is not empty, or a picture is missing or of another size; it is named.
        ImageError: if a picture cannot be read.
        OptionError: if there is nothing to compare, or a knob is outside its range.
    """
    folder = Path(folder)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise DataError(f"{folder} is there already and not empty; give a new folder, ratings are not to be lost.")
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    try:
        stimuli, training = write_stimuli(unfinished, plan, seed=seed)
        content = {
            "format_version": FORMAT_VERSION,
            "title": title,
            "seed": seed,
            "quality": plan.quality,
            "anchor_quality": plan.anchor_quality,
            "stimuli": [asdict(stimulus) for stimulus in stimuli],
            "training": [asdict(stimulus) for stimulus in training],
        }
        write_json(content, unfinished / STUDY_FILE)
        unfinished.replace(folder)  # whole or not at all
    except BaseException:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise
    return open_study(folder)


def open_study(folder: str | PathLike[str]) -> Study:
    """Returns the study in a folder.

    Raises:
        DataError: if there is none, it is broken, or a picture of it is missing; the file is named.
    """
    folder = Path(folder)
    path = folder / STUDY_FILE
    if not path.is_file():
        raise DataError(f"{path} does not exist; make a study with `artgan study new {folder}`.")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format_version"] > FORMAT_VERSION:
            raise ValueError(f"it is of format {content['format_version']}, newer than this program")
        study = Study(
            folder=folder,
            title=str(content["title"]),
            seed=int(content["seed"]),
            methods=tuple(dict.fromkeys(entry["method"] for entry in content["stimuli"])),
            stimuli=tuple(Stimulus(**entry) for entry in content["stimuli"]),
            training=tuple(Stimulus(**entry) for entry in content["training"]),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path} is not a study ({type(error).__name__}: {error}); make it anew.") from error
    for stimulus in (*study.stimuli, *study.training):
        if not (folder / stimulus.file).is_file():
            raise DataError(f"{folder / stimulus.file} is missing, though {path} names it; make the study anew.")
    return study
