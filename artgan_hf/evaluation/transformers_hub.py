"""Loads `transformers` models for the judges, with one clear line when there is none."""

from typing import Any

from artgan_hf.errors import ModelNotFoundError


def loaded(family: Any, id_or_dir: str, wanted: str) -> Any:
    """Returns what `family.from_pretrained` makes of a model; nothing that a stranger wrote is run.

    Args:
        family: an Auto class of transformers.
        id_or_dir: an id on the Hub, or a folder.
        wanted: for the message, e.g. "an object detector".

    Raises:
        ModelNotFoundError: if it cannot be had or is something else.
    """
    try:
        return family.from_pretrained(id_or_dir, trust_remote_code=False)
    except (OSError, ValueError, KeyError) as error:
        first = str(error).strip().partition("\n")[0]
        raise ModelNotFoundError(
            f"{id_or_dir} cannot be loaded as {wanted} ({first}); pass the id of one on the Hub, or its folder."
        ) from error
