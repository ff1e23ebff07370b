"""Captioners: any `transformers` model that describes pictures, or a function of the user's own."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray

from artgan_hf.evaluation.plugins import is_reference, load_reference
from artgan_hf.evaluation.transformers_hub import loaded
from artgan_hf.optional import require

WANTED = "a captioner"
MOST_TOKENS = 40


class Captioner(Protocol):
    """Describes pictures.

    Attributes:
        name: for reports.
    """

    @property
    def name(self) -> str:
        """For reports."""

    def __call__(self, image: NDArray[np.uint8]) -> str:
        """Returns a sentence on a picture: uint8, RGB, shape (H, W, 3)."""


def open_captioner(name: str, *, device: str = "cpu") -> Captioner:
    """Returns a captioner.

    Args:
        name: "module:function" for a function of your own that takes a picture (uint8, RGB, shape (H, W, 3)) and
            returns a sentence; or else the id on the Hub or the folder of a `transformers` model, e.g.
            "Salesforce/blip-image-captioning-base" or "nlpconnect/vit-gpt2-image-captioning".
        device: of torch.

    Raises:
        ModelNotFoundError: if there is no such model, or it does not describe pictures.
        MissingExtraError: if transformers is not installed.
        OptionError: if there is no such function.
    """
    if is_reference(name):
        return _Own(name, load_reference(name))
    return TransformersCaptioner(name, device=device)


class TransformersCaptioner:
    """Describes pictures in the most likely words, so that the same picture always gets the same sentence.

    Args:
        id_or_dir: of a model that takes a picture alone: BLIP, GIT, ViT-GPT2 and the like.
        device: of torch.

    Raises:
        ModelNotFoundError: if there is no such model.
        MissingExtraError: if transformers is not installed.
    """

    def __init__(self, id_or_dir: str, *, device: str = "cpu") -> None:
        transformers: Any = require("transformers", extra="eval")
        self.name = id_or_dir
        self._processor = loaded(transformers.AutoImageProcessor, id_or_dir, WANTED)
        self._tokenizer = loaded(transformers.AutoTokenizer, id_or_dir, WANTED)
        self._model = loaded(transformers.AutoModelForImageTextToText, id_or_dir, WANTED).to(device).eval()

    def __call__(self, image: NDArray[np.uint8]) -> str:
        """Returns a sentence on a picture: uint8, RGB, shape (H, W, 3)."""
        pixels = self._processor(images=image, return_tensors="pt").pixel_values.to(self._model.device)
        with torch.inference_mode():
            tokens = self._model.generate(pixel_values=pixels, max_new_tokens=MOST_TOKENS, do_sample=False)
        return str(self._tokenizer.decode(tokens[0], skip_special_tokens=True)).strip()


class _Own:
    """A function of the user's own, with its reference as name."""

    def __init__(self, name: str, describe: Callable[[NDArray[np.uint8]], str]) -> None:
        self.name = name
        self._describe = describe

    def __call__(self, image: NDArray[np.uint8]) -> str:
        return str(self._describe(image))
