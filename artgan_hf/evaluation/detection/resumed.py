"""The detection judge model by model, so that a stopped run goes on with the next one. Called by `artgan report`."""

from collections.abc import Sequence
from dataclasses import replace

import artgan_hf
from artgan_hf.evaluation.cache import CachedResult, ScoreCache, content_key
from artgan_hf.evaluation.detection.annotations import AnnotatedPicture
from artgan_hf.evaluation.detection.boxes import Detector
from artgan_hf.evaluation.detection.precision import Precision
from artgan_hf.evaluation.detection.report import DetectionReport, DetectionRow
from artgan_hf.evaluation.detection.run import evaluate_detection
from artgan_hf.evaluation.methods import Method
from artgan_hf.evaluation.versions import Version, list_versions


def resume_detection(
    detector: Detector,
    pictures: Sequence[AnnotatedPicture],
    models: Sequence[Method],
    qualities: Sequence[int],
    *,
    identity: bytes,
    cache: ScoreCache,
    progress: bool = False,
) -> DetectionReport:
    """Returns what `evaluate_detection` returns; models whose results are known are not asked again.

    Args:
        detector: the judge.
        pictures: from `read_annotations`.
        models: with different names.
        qualities: of the JPEGs, 1 to 100.
        identity: the same only for the same detector, e.g. its file.
        cache: where results are kept and found again.
        progress: True for a bar for each model on stderr, if that is a terminal.

    Raises:
        ArtganError: as `evaluate_detection`.
    """
    content = [part for one in pictures for part in (one.path.read_bytes(), one.boxes.tolist(), list(one.labels))]
    judged = content_key(artgan_hf.__version__, "detection", identity, *content)
    report = evaluate_detection(detector, pictures, [], qualities, progress=progress)
    rows = list(report.rows)
    versions = list_versions(models, qualities)
    for model in models:
        mine = [version for version in versions if version.model == model.name]
        asked = [version.quality for version in mine if version.quality is not None]
        key = content_key(judged, model.fingerprint, asked)
        known = cache.find(key).values if model.fingerprint else {}
        if not known and mine:
            found = evaluate_detection(detector, pictures, [model], asked, progress=progress).rows
            known = {name: value for row in found if row.version in mine for name, value in _kept(row).items()}
            if model.fingerprint:
                cache.keep(key, CachedResult(values=known))
        rows += [_read(version, known) for version in mine]
    return replace(report, rows=tuple(sorted(rows, key=lambda row: versions.index(row.version))))


def _kept(row: DetectionRow) -> dict[str, dict[str, float]]:
    """A row as the cache takes it: numbers by names, by names."""
    ap, ap50, per_class, per_class_50 = row.precision
    quality = row.version.quality
    return {
        f"{quality}": {"ap": ap, "ap50": ap50},
        f"{quality} classes": per_class,
        f"{quality} classes 50": per_class_50,
    }


def _read(version: Version, known: dict[str, dict[str, float]]) -> DetectionRow:
    means, per_class, per_class_50 = (known[f"{version.quality}{part}"] for part in ("", " classes", " classes 50"))
    return DetectionRow(version, Precision(means["ap"], means["ap50"], per_class, per_class_50))
