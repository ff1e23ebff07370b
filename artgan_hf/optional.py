"""The one place where optional dependencies are asked for, so that the message always names the extra to install."""

from importlib import import_module
from types import ModuleType

from artgan_hf.errors import MissingExtraError


def require(module: str, *, extra: str) -> ModuleType:
    """Returns an optional module.

    Args:
        module: its import name, e.g. "lightning".
        extra: the extra of this package that brings it, e.g. "train".

    Raises:
        MissingExtraError: if it is not installed; the message is the command that installs it.

    Example:
        >>> require("json", extra="train").dumps([1])
        '[1]'
    """
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name != module.partition(".")[0]:
            raise
        message = f"{module} is not installed; it comes with the [{extra}] extra: pip install 'artgan-hf[{extra}]'."
        raise MissingExtraError(message) from error
