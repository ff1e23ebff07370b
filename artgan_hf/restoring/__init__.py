"""The door for restoring: networks, tiles, files and folders put together. Never imports Lightning."""

from artgan_hf.restoring.folder import (
    FileResult,
    FolderReport,
    Job,
    is_picture_name,
    places_in,
    plan_folder,
    plan_names,
    run_jobs,
)
from artgan_hf.restoring.pipeline import pipeline
from artgan_hf.restoring.quality import QualityPredictor
from artgan_hf.restoring.restorer import Restorer
from artgan_hf.restoring.video import RestoredVideo, VideoRestorer
from artgan_hf.types import PredictedQuality

__all__ = [
    "FileResult",
    "FolderReport",
    "Job",
    "PredictedQuality",
    "QualityPredictor",
    "RestoredVideo",
    "Restorer",
    "VideoRestorer",
    "is_picture_name",
    "pipeline",
    "places_in",
    "plan_folder",
    "plan_names",
    "run_jobs",
]
