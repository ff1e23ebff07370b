"""Finds the models that a restorer needs besides its own. Held by the restorer, shared with its experts."""

from collections.abc import Mapping
from typing import Any

from artgan_hf.hub import find_model
from artgan_hf.hub.folder import ModelFolder


class Finder:
    """Finds models by their ids, and remembers where: each is asked for, or its download forced, but once.

    Args:
        hub: what else to tell `find_model`: token, cache_dir and the like.
    """

    def __init__(self, hub: Mapping[str, Any]) -> None:
        self.hub = dict(hub)
        self.found: dict[str, ModelFolder] = {}

    def __call__(self, model_id: str) -> ModelFolder:
        """Returns the folder of a model.

        Raises:
            ArtganError: as `find_model`.
        """
        folder = self.found.get(model_id)
        if folder is None or not folder.path.is_dir():  # it may have been found on another machine
            folder = self.found[model_id] = find_model(model_id, **self.hub)
        return folder
