"""Whether a restored picture would compress to the file it came from. Used by the figure "coefficients"."""

import io
from typing import Any

import numpy as np
import PIL.Image
from numpy.typing import NDArray

from artgan_hf.codecs import read_jpeg_info
from artgan_hf.codecs.jpeg_coefficients import read_coefficients

EVERYWHERE = slice(None)


def returned_share(restored: NDArray[np.uint8], jpeg: bytes) -> float:
    """Returns the share of a file's DCT coefficients that come back when the restored picture is compressed again.

    Args:
        restored: uint8, shape (H, W, 3); (H, W) for a grey file.
        jpeg: the file it was restored from; grey, 4:4:4, 4:2:2 or 4:2:0. Its tables and subsampling are used again.

    Returns:
        0 to 1. Every coefficient counts alike; most are 0 in both.

    Raises:
        ImageError: if the file is no JPEG of such a kind.

    Example:
        >>> from artgan_hf.codecs import encode
        >>> clean = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
        >>> returned_share(clean, encode(clean, 10)), returned_share(255 - clean, encode(clean, 10)) < 1
        (1.0, True)
    """
    pairs = zip(
        read_coefficients(jpeg).planes, read_coefficients(_compressed_alike(restored, jpeg)).planes, strict=True
    )
    same = [(a.levels(EVERYWHERE, EVERYWHERE) == b.levels(EVERYWHERE, EVERYWHERE)).ravel() for a, b in pairs]
    return float(np.concatenate(same).mean())


def _compressed_alike(restored: NDArray[np.uint8], jpeg: bytes) -> bytes:
    info, file = read_jpeg_info(jpeg), io.BytesIO()
    options: dict[str, Any] = {} if info.subsampling == "grey" else {"subsampling": info.subsampling}
    PIL.Image.fromarray(restored).save(file, "JPEG", qtables=[list(table) for table in info.tables], **options)
    return file.getvalue()
