"""Shows originals, their JPEGs and restored pictures to an object detector. Called by `artgan evaluate-detection`."""

from collections import Counter
from collections.abc import Sequence

from tqdm import tqdm  # type: ignore[import-untyped]

from artgan_hf.errors import DataError
from artgan_hf.evaluation.clean_pictures import read_clean
from artgan_hf.evaluation.detection.annotations import AnnotatedPicture
from artgan_hf.evaluation.detection.boxes import Detections, Detector, common_name
from artgan_hf.evaluation.detection.precision import average_precision
from artgan_hf.evaluation.detection.report import DetectionReport, DetectionRow
from artgan_hf.evaluation.subject import RestoresFiles
from artgan_hf.evaluation.versions import Version, list_versions, make_versions


def evaluate_detection(
    detector: Detector,
    pictures: Sequence[AnnotatedPicture],
    models: Sequence[RestoresFiles],
    qualities: Sequence[int],
    *,
    subsampling: str = "4:2:0",
    progress: bool = False,
) -> DetectionReport:
    """Returns the average precision of a detector on originals, on JPEGs and on what models make of them.

    Args:
        detector: the judge.
        pictures: from `read_annotations`.
        models: restorers with different names; none to judge JPEG alone.
        qualities: JPEG qualities, 1 to 100.
        subsampling: "4:2:0", "4:2:2" or "4:4:4".
        progress: True for a bar on stderr, if that is a terminal.

    Raises:
        DataError: if the detector knows none of the classes, or a picture has another size than its annotations say.
        ImageError: if a picture cannot be read.
        QualityError: if a quality is not an integer from 1 to 100.
        OptionError: if there is no quality or two models share a name.
        MissingExtraError: if pycocotools is not installed.
    """
    versions = list_versions(models, qualities, subsampling=subsampling)
    boxes, left_out = _judged(detector, pictures)
    found: dict[Version, list[Detections]] = {version: [] for version in versions}
    for picture in tqdm(pictures, unit="picture", disable=None if progress else True):
        clean = read_clean(picture.path)
        size = (clean.shape[1], clean.shape[0])
        if picture.size not in (None, size):
            raise DataError(f"{picture.path} is {size[0]}x{size[1]} pixels, its annotations say {picture.size}.")
        for version, pixels in make_versions(picture.path, clean, models, qualities, subsampling=subsampling):
            found[version].append(detector(pixels))
    rows = [
        DetectionRow(version, average_precision(pictures, detections, list(boxes)))
        for version, detections in found.items()
    ]
    return DetectionReport(
        dataset=pictures[0].path.resolve().parent.name,
        detector=detector.name,
        pictures=len(pictures),
        boxes=boxes,
        left_out=left_out,
        subsampling=subsampling,
        rows=tuple(rows),
    )


def _judged(detector: Detector, pictures: Sequence[AnnotatedPicture]) -> tuple[Counter[str], tuple[str, ...]]:
    """How many boxes there are of each class that the detector knows, and the classes that it does not."""
    present = Counter(
        label
        for picture in pictures
        for label, ignored in zip(picture.labels, picture.ignored, strict=True)
        if not ignored
    )
    known = {common_name(name) for name in detector.classes}
    boxes = Counter({name: count for name, count in sorted(present.items()) if name in known})
    if not boxes:
        raise DataError(
            f"{detector.name} knows none of the classes of the annotations ({', '.join(sorted(present)[:5])}, ...); "
            f"it knows {', '.join(sorted(known)[:5])}, ..."
        )
    return boxes, tuple(sorted(set(present) - known))
