"""The tab on which visitors judge, where the folder of a study made by `artgan study new` is there."""

import os
from pathlib import Path

STUDY = Path(os.environ.get("ARTGAN_STUDY", Path(__file__).parent / "study"))


def add_tab() -> None:
    """Adds the tab's contents to the page under construction. Needs the [eval] extra."""
    from artgan_hf.evaluation.study import open_study, rating_page  # noqa: PLC0415 - only where there is a study

    rating_page(open_study(STUDY))
