"""The tab on which visitors judge: the study in `ARTGAN_STUDY`, or one of the shipped samples, made at the start."""

import os
import tempfile
from pathlib import Path

from engine import MODELS, restorer_for
from photo import SAMPLES

KEPT = os.environ.get("ARTGAN_STUDY")
JUDGED = [name for name in ("artgan/auto", "artgan/universal", "artgan/universal-pixel") if name in MODELS][:2]
scratch = tempfile.TemporaryDirectory(prefix="artgan-study-")


def add_tab() -> None:
    """Adds the tab's contents to the page under construction. Needs the [eval] extra."""
    from artgan_hf.evaluation.study import Plan, new_study, open_study, rating_page  # noqa: PLC0415 - an extra

    folder = Path(KEPT or scratch.name)
    if not (folder / "study.json").is_file():
        models = [restorer_for(name) for name in JUDGED or MODELS[:1]]
        new_study(folder, Plan(SAMPLES, models=models), title="How good do these look?")
    rating_page(open_study(folder))
