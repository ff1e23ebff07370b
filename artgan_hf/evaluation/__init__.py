"""Judges: how well and how fast models restore. Used by `artgan evaluate`, `artgan bench` and the model cards."""

from artgan_hf.evaluation.benchmark import run_benchmark
from artgan_hf.evaluation.cache import ScoreCache
from artgan_hf.evaluation.figures import DEFAULT_FIGURES, Figure, make_figures
from artgan_hf.evaluation.methods import load_methods
from artgan_hf.evaluation.report import Benchmark, PictureScore, Row, write_json
from artgan_hf.evaluation.report_folder import write_report

__all__ = [
    "DEFAULT_FIGURES",
    "Benchmark",
    "Figure",
    "PictureScore",
    "Row",
    "ScoreCache",
    "load_methods",
    "make_figures",
    "run_benchmark",
    "write_json",
    "write_report",
]
