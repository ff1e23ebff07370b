"""The captioner as judge: does it say of restored pictures what people say of the originals?"""

from artgan_hf.evaluation.captions.captioners import Captioner, open_captioner
from artgan_hf.evaluation.captions.references import CaptionedPicture, read_captions
from artgan_hf.evaluation.captions.report import CaptionReport, CaptionRow
from artgan_hf.evaluation.captions.run import Fidelity, evaluate_captions
from artgan_hf.evaluation.captions.scores import DEFAULT_SCORES, SCORES, score_captions
from artgan_hf.evaluation.captions.vifidel import read_word_vectors, vifidel

__all__ = [
    "DEFAULT_SCORES",
    "SCORES",
    "CaptionReport",
    "CaptionRow",
    "CaptionedPicture",
    "Captioner",
    "Fidelity",
    "evaluate_captions",
    "open_captioner",
    "read_captions",
    "read_word_vectors",
    "score_captions",
    "vifidel",
]
