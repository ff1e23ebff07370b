"""Restores many files: which ones, where to, and what became of each. Used by `Restorer.folder` and `artgan restore`.

Sources are never written over unless asked for by name, and a failure is a line in the report, not the end of the run.
"""

import logging
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from functools import partial
from os import PathLike
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import PIL.Image
from tqdm import tqdm  # type: ignore[import-untyped]

from artgan_hf.errors import ArtganError, ImageError, OptionError
from artgan_hf.metadata import save_picture
from artgan_hf.types import QualitySource, Restored

logger = logging.getLogger("artgan_hf")

SUFFIXES = {"png": ".png", "jpg": ".jpg", "webp": ".webp", "tiff": ".tiff"}
# Formats that Pillow recognises but cannot decode, or not without another program.
NOT_PICTURES = {"BUFR", "EPS", "GRIB", "HDF5", "MPEG", "WMF"}


@dataclass(frozen=True)
class Job:
    """One picture to restore.

    Args:
        source: the file.
        target: where the restored picture goes.
        error: why it cannot be done, if that is known already.
    """

    source: Path
    target: Path
    error: str | None = None


@dataclass(frozen=True)
class FileResult:
    """What became of one file.

    Args:
        source: the file.
        status: "restored" (written now), "skipped" (the output was there already) or "failed".
        output: where its restored picture is; None if it failed.
        quality: the JPEG quality it was restored for, as in `Restored`.
        megapixels: of the restored picture; 0 if there is none.
        seconds: wall time from reading to the written file.
        error: one line; None unless it failed.
        quality_from: where the quality comes from, as in `Restored`.
        model: id or folder of the network that restored it.
    """

    source: Path
    status: Literal["restored", "skipped", "failed"]
    output: Path | None = None
    quality: int | None = None
    megapixels: float = 0.0
    seconds: float = 0.0
    error: str | None = None
    quality_from: QualitySource | None = None
    model: str | None = None


@dataclass(frozen=True)
class FolderReport:
    """What became of every file, in the order they were found.

    Args:
        files: one result each.
    """

    files: tuple[FileResult, ...]

    @property
    def restored(self) -> tuple[FileResult, ...]:
        """Those written now."""
        return self._with("restored")

    @property
    def skipped(self) -> tuple[FileResult, ...]:
        """Those left out since their output was there already."""
        return self._with("skipped")

    @property
    def failed(self) -> tuple[FileResult, ...]:
        """Those not restored; `error` says why."""
        return self._with("failed")

    def _with(self, status: str) -> tuple[FileResult, ...]:
        return tuple(file for file in self.files if file.status == status)


def find_pictures(folder: Path, *, recursive: bool = True, leave_out: Path | None = None) -> list[Path]:
    """Returns the picture files in a folder, sorted; hidden ones and links to folders are left out.

    Args:
        folder: where to look.
        recursive: False to leave subfolders out.
        leave_out: a folder that is not entered.

    Raises:
        ImageError: if `folder` is not a folder, or it or a subfolder cannot be read.
    """
    if not folder.is_dir():
        raise ImageError(f"{folder} is not a folder; pass one that exists.")
    found = [file for file in _walk(folder, recursive, leave_out) if is_picture_name(file)]
    return sorted(found)


def is_picture_name(path: Path) -> bool:
    """Returns True if the suffix is one of a format that can be read.

    Example:
        >>> is_picture_name(Path("holiday.JPG")), is_picture_name(Path("holiday.txt"))
        (True, False)
    """
    format = PIL.Image.registered_extensions().get(path.suffix.lower())
    return format in PIL.Image.OPEN and format not in NOT_PICTURES


def plan_folder(
    src: str | PathLike[str], dst: str | PathLike[str], *, recursive: bool = True, format: str = "png"
) -> list[Job]:
    """Returns a job for every picture in a folder: the same place and stem under another folder.

    Args:
        src: the folder with the pictures.
        dst: where the restored ones go; may lie inside `src`, and is then not entered.
        recursive: False to leave subfolders out.
        format: "png", "jpg", "webp" or "tiff".

    Raises:
        ImageError: if `src` is not a folder or cannot be read.
        OptionError: if `dst` is `src`, or the format is another.
    """
    return plan_names(places_in(Path(src), Path(dst), recursive=recursive), format=format)


def places_in(src: Path, dst: Path, *, recursive: bool = True) -> list[tuple[Path, Path]]:
    """Returns each picture in a folder with its place under another, for `plan_names`.

    Args:
        src: as in `plan_folder`.
        dst: likewise.
        recursive: likewise.

    Raises:
        ImageError: if `src` is not a folder or cannot be read.
        OptionError: if `dst` is `src`.
    """
    if src.resolve() == dst.resolve():
        raise OptionError(f"the restored pictures were to go to {dst}, where the originals are; give another folder.")
    sources = find_pictures(src, recursive=recursive, leave_out=dst)
    return [(source, dst / source.relative_to(src)) for source in sources]


def plan_names(pairs: Sequence[tuple[Path, Path]], *, format: str = "png") -> list[Job]:
    """Returns jobs whose outputs are all different and none of the sources.

    Where two sources would share a name (a.jpg and a.bmp, both a.png), both keep their suffix: a.jpg.png and a.bmp.png.

    Args:
        pairs: each source, and where it would go if it kept its suffix.
        format: "png", "jpg", "webp" or "tiff".

    Raises:
        OptionError: if the format is another.

    Example:
        >>> [job.target.name for job in plan_names([(Path("in/a.jpg"), Path("out/a.jpg"))])]
        ['a.png']
    """
    if format not in SUFFIXES:
        raise OptionError(f"format is {format!r}; known: {', '.join(SUFFIXES)}.")
    short = [place.with_suffix(SUFFIXES[format]) for _, place in pairs]
    times = Counter(_place(target).casefold() for target in short)
    targets = [
        target if times[_place(target).casefold()] == 1 else place.with_name(place.name + SUFFIXES[format])
        for target, (_, place) in zip(short, pairs, strict=True)
    ]
    times = Counter(map(_place, targets))
    originals = {_place(source) for source, _ in pairs}
    return [
        Job(
            source,
            target,
            _why_not(target, is_shared=times[_place(target)] > 1, is_original=_place(target) in originals),
        )
        for target, (source, _) in zip(targets, pairs, strict=True)
    ]


def run_jobs(
    restore: Callable[[Path], Restored],
    jobs: Sequence[Job],
    *,
    workers: int = 1,
    progress: bool = True,
    skip_existing: bool = False,
    overwrite: bool = False,
) -> FolderReport:
    """Returns what became of every job, whatever happened to the others.

    Args:
        restore: `Restorer.restore`.
        jobs: from `plan_names`; those with an error are reported as failed.
        workers: threads; one restores while others read and write.
        progress: True for a bar on stderr, if that is a terminal.
        skip_existing: True to leave out jobs whose target is there.
        overwrite: True to replace targets that are there. Without either they are reported as failed.

    Raises:
        OptionError: if `workers` is not an integer from 1, or both switches are set.
        KeyboardInterrupt: on Ctrl-C; files under way are finished if there are several workers, the rest is not begun.
    """
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise OptionError(f"workers is {workers!r}; an integer from 1 was expected.")
    if skip_existing and overwrite:
        raise OptionError("skip_existing and overwrite are both set; they exclude each other: leave one out.")
    run = partial(_run_job, restore, skip_existing=skip_existing, overwrite=overwrite)
    # `disable=None` is tqdm's word for "only on a terminal".
    bar: Callable[[Iterable[Any]], Iterable[Any]] = partial(
        tqdm, total=len(jobs), unit="picture", disable=None if progress else True
    )
    if workers == 1:
        return FolderReport(tuple(bar(map(run, jobs))))
    with ThreadPoolExecutor(workers) as pool:
        futures = [pool.submit(run, job) for job in jobs]
        try:
            for _ in bar(as_completed(futures)):
                pass
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return FolderReport(tuple(future.result() for future in futures))


def _run_job(restore: Callable[[Path], Restored], job: Job, *, skip_existing: bool, overwrite: bool) -> FileResult:
    started = perf_counter()
    if job.error is not None:
        return FileResult(job.source, "failed", error=job.error)
    try:
        if job.target.exists() and not overwrite:
            if skip_existing:
                return FileResult(job.source, "skipped", job.target)
            raise ImageError(
                f"{job.target} is there already; overwrite it, skip existing ones, or give another folder."
            )
        restored = restore(job.source)
        output = save_picture(restored.image, job.target, overwrite=overwrite)
    except ArtganError as failure:
        return FileResult(job.source, "failed", error=str(failure))
    except Exception as failure:
        # Whatever a broken file sets off in a decoder must not end a run over thousands of good ones.
        logger.debug("%s failed", job.source, exc_info=True)
        return FileResult(job.source, "failed", error=" ".join(f"{type(failure).__name__}: {failure}".split()))
    megapixels = restored.image.width * restored.image.height / 1e6
    return FileResult(
        source=job.source,
        status="restored",
        output=output,
        quality=restored.quality,
        megapixels=megapixels,
        seconds=perf_counter() - started,
        quality_from=restored.quality_from,
        model=restored.model,
    )


def _walk(folder: Path, recursive: bool, leave_out: Path | None) -> Iterator[Path]:
    def stop(error: OSError) -> None:
        raise ImageError(f"{error.filename} cannot be read: {error.strerror}; change its permissions.") from error

    left_out = None if leave_out is None else leave_out.resolve()
    for root, folders, files in os.walk(folder, onerror=stop):
        here = Path(root)
        folders[:] = [
            name for name in folders if recursive and not name.startswith(".") and (here / name).resolve() != left_out
        ]
        yield from (here / name for name in files if not name.startswith("."))


def _why_not(target: Path, *, is_shared: bool, is_original: bool) -> str | None:
    if is_shared:
        return f"two pictures would both become {target}; restore them into different folders."
    if is_original:
        return f"its restored picture would replace the original {target}; give another folder."
    return None


def _place(path: Path) -> str:
    """One string for all ways to write a path; a link at its end stays a link."""
    return os.path.normcase(path.parent.resolve() / path.name)
