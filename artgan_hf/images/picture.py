"""Pictures in, pictures out: any source becomes layers of RGB, and the restored layers become the same kind again.

Called by restoring/. A restorer sees `Picture.layers`, and calls `Picture.give_back`.
"""

import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import PIL.Image
import PIL.ImageFile
import torch
from numpy.typing import NDArray
from torch import Tensor

from artgan_hf.errors import ShapeError
from artgan_hf.exif import exif_of, orientation_of, swaps_sides, turned, upright_exif, upright_xmp
from artgan_hf.images.files import JPEG_FORMATS, check_header, decode, open_header, opened
from artgan_hf.images.modes import image_of, in_plain_mode, pixels_of
from artgan_hf.images.origin import bytes_behind
from artgan_hf.images.planes import Planes, PlaneSplit, split_planes
from artgan_hf.types import ImageFile, Pixels

MAX_PIXELS = 200_000_000
TENSOR_TYPES = (torch.uint8, torch.float16, torch.bfloat16, torch.float32, torch.float64)


@dataclass(frozen=True)
class Picture:
    """What a restorer needs of a picture, and what it takes to give the same kind back.

    Args:
        layers: what to restore, each of shape (H, W, 3), uint8, uint16 or float32 in [0, 1], in the *stored*
            orientation, so that the JPEG grid starts at the origin. They may be read-only views of the source: never
            write into them. Grey is one layer with three equal channels; CMYK is two: the inverted inks C, M, Y as
            RGB, and the inverted K as grey. Alpha is in no layer, and colour hidden by an alpha of 0 is replaced by
            its visible neighbours'.
        file_bytes: the whole JPEG file that decodes to these layers, where there is one to read; otherwise None.
        is_jpeg: True if the source is known to be a JPEG, even where its bytes are gone.
    """

    layers: tuple[Pixels, ...]
    file_bytes: bytes | None
    is_jpeg: bool
    _split: PlaneSplit = field(repr=False)
    _pack: Callable[[Planes], Any] = field(repr=False)

    @property
    def width(self) -> int:
        """In pixels, as stored (before any EXIF rotation)."""
        return int(self.layers[0].shape[1])

    @property
    def height(self) -> int:
        """In pixels, as stored (before any EXIF rotation)."""
        return int(self.layers[0].shape[0])

    def give_back(self, layers: Sequence[Pixels | NDArray[Any]]) -> Any:
        """Returns the restored picture as the kind that came in.

        Files give a PIL image that stands upright: the EXIF orientation is applied and its tag reset to 1. PIL images,
        arrays and tensors keep their size, orientation, dtype and device. PIL modes L, LA, RGB, RGBA, CMYK, F and I;16
        stay; P, YCbCr, HSV and RGBX become RGB, 1 becomes L, I becomes I;16; with a transparent colour, 1 and L become
        LA, RGB and P become RGBA. Grey is the mean of the channels. Integers are rounded. Alpha is untouched.

        Args:
            layers: as many as `self.layers`, each of the same shape; of the same dtype, or float in [0, 1].

        Raises:
            ShapeError: if the number of layers or a shape differs.
        """
        return self._pack(self._split.join(layers))


def load_picture(
    source: ImageFile | PIL.Image.Image | NDArray[Any] | Tensor, *, max_pixels: int | None = MAX_PIXELS
) -> Picture:
    """Returns a picture ready to be restored.

    Args:
        source: a path, the bytes of a file, an open binary file; a PIL image; an array (H, W) or (H, W, C) of uint8,
            uint16 or float; or a tensor (C, H, W) of uint8 or float. C is 1 grey, 2 grey + alpha, 3 RGB, 4 RGB + alpha.
            Floats are in [0, 1]. Colour files of 16 bit per channel are read at 8 bit, which is what Pillow can do.
        max_pixels: a file with more is refused before it is decoded; None for no limit.

    Returns:
        The picture, decoded, in its stored orientation.

    Raises:
        ImageError: if a file is missing, empty, damaged, animated, too large or not a picture; or a PIL image of a mode
            that has no RGB meaning.
        ShapeError: if an array or tensor is of the wrong shape, type or range.

    Example:
        >>> picture = load_picture(np.full((4, 6), 100, np.uint8))
        >>> picture.width, picture.height, picture.layers[0].shape
        (6, 4, (4, 6, 3))
        >>> picture.give_back(picture.layers).shape
        (4, 6)
    """
    if isinstance(source, PIL.Image.Image):
        return _from_pil(source, max_pixels)
    if isinstance(source, Tensor):
        return _from_tensor(source)
    if isinstance(source, np.ndarray):
        return _from_array(source)
    return _from_file(source, max_pixels)


def _from_file(source: ImageFile, max_pixels: int | None) -> Picture:
    with opened(source) as (handle, name):
        image = open_header(handle, name)
        check_header(image, name, max_pixels)
        file_bytes = None
        if image.format in JPEG_FORMATS:
            handle.seek(0)
            file_bytes = handle.read()
            image = open_header(io.BytesIO(file_bytes), name)
        decode(image, name)
    orientation = orientation_of({**image.info, "exif": exif_of(image)}) if image.format != "TIFF" else 1
    return _picture_of(image, name, file_bytes, _info_of_file(image, orientation), orientation)


def _from_pil(image: PIL.Image.Image, max_pixels: int | None) -> Picture:
    name = f"the PIL image (mode {image.mode})"
    file_bytes = None
    if isinstance(image, PIL.ImageFile.ImageFile):
        check_header(image, name, max_pixels)
        file_bytes = bytes_behind(image)
    decode(image, name)
    return _picture_of(image, name, file_bytes, dict(image.info), 1)


def _picture_of(
    image: PIL.Image.Image, name: str, file_bytes: bytes | None, info: dict[Any, Any], orientation: int
) -> Picture:
    is_jpeg = image.format in JPEG_FORMATS
    image = in_plain_mode(image, name)
    info.pop("transparency", None)
    mode = image.mode
    split = split_planes(pixels_of(image), is_ink=mode == "CMYK")

    def pack(planes: Planes) -> PIL.Image.Image:
        restored = turned(image_of(planes, mode), orientation)
        restored.info = dict(info)
        return restored

    return Picture(split.layers, file_bytes, is_jpeg, split, pack)


def _from_array(array: NDArray[Any]) -> Picture:
    native = array.dtype.newbyteorder("=")
    if native not in (np.uint8, np.uint16, np.float16, np.float32, np.float64):
        raise ShapeError(
            f"an array has dtype {array.dtype}; uint8, uint16 or float (in [0, 1]) was expected: convert it."
        )
    shape = array.shape
    if array.size == 0 or array.ndim not in (2, 3) or (array.ndim == 3 and not 1 <= shape[2] <= 4):
        hint = "; it looks like channels first: array.transpose(1, 2, 0)" if array.ndim == 3 and shape[0] <= 4 else ""
        raise ShapeError(f"an array has shape {shape}; (H, W) or (H, W, C) with C from 1 to 4 was expected{hint}.")
    planes = np.asarray(array).astype(native, copy=False)
    split = split_planes(planes[..., None] if array.ndim == 2 else planes)

    def pack(joined: Planes) -> NDArray[Any]:
        return joined.reshape(shape).astype(array.dtype, copy=False)

    return Picture(split.layers, None, False, split, pack)


def _from_tensor(tensor: Tensor) -> Picture:
    if tensor.dtype not in TENSOR_TYPES:
        raise ShapeError(f"a tensor has dtype {tensor.dtype}; uint8 or float (in [0, 1]) was expected: convert it.")
    shape = tuple(tensor.shape)
    if tensor.numel() == 0 or tensor.ndim != 3 or not 1 <= shape[0] <= 4:
        hint = ""
        if tensor.ndim == 2:
            hint = ": grey is tensor[None]"
        elif tensor.ndim == 3 and shape[2] <= 4:
            hint = "; it looks like channels last: tensor.permute(2, 0, 1)"
        raise ShapeError(f"a tensor has shape {shape}; (C, H, W) with C from 1 to 4 was expected{hint}.")
    held = tensor.detach().cpu()
    split = split_planes((held.float() if held.dtype is torch.bfloat16 else held).permute(1, 2, 0).numpy())

    def pack(joined: Planes) -> Tensor:
        restored = torch.from_numpy(joined).permute(2, 0, 1).contiguous()
        return restored.to(device=tensor.device, dtype=tensor.dtype)

    return Picture(split.layers, None, False, split, pack)


def _info_of_file(image: PIL.Image.Image, orientation: int) -> dict[Any, Any]:
    """Returns what a restored file carries on, as an upright picture."""
    exif, info = exif_of(image), image.info
    kept = {name: info[name] for name in ("icc_profile", "dpi", "xmp", "comment") if info.get(name)}
    if exif:
        kept["exif"] = upright_exif(exif)
    if isinstance(kept.get("xmp"), bytes):
        kept["xmp"] = upright_xmp(kept["xmp"])
    if "dpi" in kept and swaps_sides(orientation):
        kept["dpi"] = kept["dpi"][::-1]
    return kept
