"""What the restorer reads off its source beside the pixels: batches, the JPEG file, its tables."""

from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL.JpegImagePlugin import JpegImageFile
from torch import Tensor

from artgan_hf.codecs.jpeg import read_jpeg_info
from artgan_hf.errors import ImageError
from artgan_hf.images import Picture


def jpeg_bytes(picture: Picture) -> bytes:
    """Returns the file that decodes to a picture.

    Raises:
        ImageError: if there is none.
    """
    if not picture.is_jpeg or picture.file_bytes is None:
        raise ImageError("consistent=True needs the JPEG file: pass its path or bytes.")
    return picture.file_bytes


def tables_quality(picture: Picture, source: Any) -> int | None:
    """Returns the quality that the quantisation tables of a source stand for; None if it has none.

    Args:
        picture: what `load_picture` made of the source.
        source: a PIL image may have its tables where its file is gone.
    """
    if picture.file_bytes is not None:
        return read_jpeg_info(picture.file_bytes).quality
    is_readable = isinstance(source, JpegImageFile) and bool(source.quantization)
    return read_jpeg_info(source).quality if is_readable else None


def split_batch(batch: NDArray[Any] | Tensor) -> list[Any]:
    """Returns the pictures of a batch (B, C, H, W): tensors (C, H, W), or arrays (H, W, C)."""
    return list(batch) if isinstance(batch, Tensor) else list(batch.transpose(0, 2, 3, 1))


def join_batch(ones: list[Any], batch: NDArray[Any] | Tensor) -> NDArray[Any] | Tensor:
    """Returns pictures that `split_batch` made as a batch again."""
    if not ones:
        return batch
    return torch.stack(ones) if isinstance(batch, Tensor) else np.stack(ones).transpose(0, 3, 1, 2)
