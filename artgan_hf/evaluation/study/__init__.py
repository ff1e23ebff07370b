"""People as judges: a study after ITU-R BT.500 (DSIS with hidden references), from the pictures to the report."""

from artgan_hf.evaluation.study.design import Stimulus, Study, new_study, open_study
from artgan_hf.evaluation.study.page import rating_page
from artgan_hf.evaluation.study.ratings import Rating, Ratings
from artgan_hf.evaluation.study.report import StudyReport, report_study
from artgan_hf.evaluation.study.screening import Screening, screen_raters
from artgan_hf.evaluation.study.stimuli import Plan

__all__ = [
    "Plan",
    "Rating",
    "Ratings",
    "Screening",
    "Stimulus",
    "Study",
    "StudyReport",
    "new_study",
    "open_study",
    "rating_page",
    "report_study",
    "screen_raters",
]
