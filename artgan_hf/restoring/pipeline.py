"""`pipeline(task)`: the way in for people who know it from transformers."""

from os import PathLike
from typing import Any

import torch

from artgan_hf.errors import OptionError
from artgan_hf.restoring.restorer import Restorer

TASKS = ("jpeg-restoration",)


def pipeline(
    task: str = "jpeg-restoration",
    model: str | PathLike[str] = "artgan/auto",
    device: str | torch.device | None = None,
    **options: Any,
) -> Restorer:
    """Returns a restorer, to be called with one picture or a list of them.

    Args:
        task: "jpeg-restoration".
        model: an id such as "artgan/qf10", or a folder; "artgan/auto" chooses the network for each picture.
        device: "cpu", "cuda", "cuda:1" or "mps"; None takes the best there is.
        options: what else `Restorer.from_pretrained` takes, e.g. `strength=0.8`.

    Raises:
        OptionError: if the task is unknown.
        ModelNotFoundError: if there is no such model.
        IncompatibleModelError: if its files are broken or too new for this package.

    Example:
        >>> pipeline("image-colouring")
        Traceback (most recent call last):
        artgan_hf.errors.OptionError: task is 'image-colouring'; known: jpeg-restoration.
    """
    if task not in TASKS:
        raise OptionError(f"task is {task!r}; known: {', '.join(TASKS)}.")
    return Restorer.from_pretrained(model, device="auto" if device is None else device, **options)
