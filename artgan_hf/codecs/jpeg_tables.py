"""The quantisation tables of libjpeg, and which quality a file's tables stand for. Used by codecs.jpeg.

Tables are 64 integers row by row, as in `JpegInfo.tables`; files hold them in zigzag order.
"""

from collections.abc import Sequence
from functools import cache
from math import log

import numpy as np

from artgan_hf.errors import QualityError

Table = tuple[int, ...]

LUMA_AT_50: Table = (
    *(16, 11, 10, 16, 24, 40, 51, 61),
    *(12, 12, 14, 19, 26, 58, 60, 55),
    *(14, 13, 16, 24, 40, 57, 69, 56),
    *(14, 17, 22, 29, 51, 87, 80, 62),
    *(18, 22, 37, 56, 68, 109, 103, 77),
    *(24, 35, 55, 64, 81, 104, 113, 92),
    *(49, 64, 78, 87, 103, 121, 120, 101),
    *(72, 92, 95, 98, 112, 100, 103, 99),
)
CHROMA_AT_50: Table = (
    *(17, 18, 24, 47, 99, 99, 99, 99),
    *(18, 21, 26, 66, 99, 99, 99, 99),
    *(24, 26, 56, 99, 99, 99, 99, 99),
    *(47, 66, 99, 99, 99, 99, 99, 99),
    *(99,) * 32,
)
BASELINE_LIMIT, WIDE_LIMIT = 255, 32767


def check_quality(quality: object) -> int:
    """Returns the quality as a plain int.

    Args:
        quality: anything; an integer from 1 to 100 passes, NumPy's too.

    Raises:
        QualityError: if it is anything else.

    Example:
        >>> check_quality(10)
        10
    """
    if isinstance(quality, bool) or not isinstance(quality, int | np.integer) or not 1 <= quality <= 100:
        raise QualityError(
            f"quality is {quality!r}; a JPEG quality is an integer from 1 to 100 (10 = strong artifacts)."
        )
    return int(quality)


def quantisation_tables(quality: int, *, is_baseline: bool = True) -> tuple[Table, Table]:
    """Returns libjpeg's luma and chroma tables at a quality, 64 values each, row by row.

    Args:
        quality: 1 to 100.
        is_baseline: True to keep the steps at 255 or less, as nearly every encoder does; otherwise at 32767 or less.

    Raises:
        QualityError: if `quality` is not an integer from 1 to 100.

    Source:
        Rec. ITU-T T.81, Annex K.1, scaled as by `jpeg_quality_scaling` and `jpeg_add_quant_table` of libjpeg 6b.

    Example:
        >>> luma, chroma = quantisation_tables(10)
        >>> luma[:4], chroma[:4]
        ((80, 55, 50, 80), (85, 90, 120, 235))
    """
    return _scaled(check_quality(quality), BASELINE_LIMIT if is_baseline else WIDE_LIMIT)


@cache
def _scaled(quality: int, limit: int) -> tuple[Table, Table]:
    percent = 5000 // quality if quality < 50 else 200 - 2 * quality
    luma, chroma = (
        tuple(min(max((step * percent + 50) // 100, 1), limit) for step in table)
        for table in (LUMA_AT_50, CHROMA_AT_50)
    )
    return luma, chroma


def quality_of(tables: Sequence[Table]) -> tuple[int, bool]:
    """Returns the quality that tables stand for, and whether they are exactly libjpeg's at that quality.

    Args:
        tables: luma, or luma and chroma.

    Returns:
        The quality, 1 to 100, and True if every step agrees; otherwise the quality whose steps are nearest in ratio.

    Example:
        >>> quality_of(quantisation_tables(35)), quality_of([(16,) * 64])
        ((35, True), (85, False))
    """
    for is_baseline in (True, False):
        for quality in range(1, 101):
            if quantisation_tables(quality, is_baseline=is_baseline)[: len(tables)] == tuple(tables):
                return quality, True
    found = [log(max(step, 1)) for table in tables for step in table]

    def distance(quality: int) -> float:
        return sum(abs(ours - theirs) for ours, theirs in zip(_logarithms(quality, len(tables)), found, strict=True))

    return min(range(1, 101), key=distance), False


@cache
def _logarithms(quality: int, count: int) -> tuple[float, ...]:
    tables = quantisation_tables(quality, is_baseline=False)[:count]
    return tuple(log(step) for table in tables for step in table)
