"""Judges of the user's own, named on the command line as `module:function`."""

import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from artgan_hf.errors import OptionError


def is_reference(name: str) -> bool:
    """Returns True if a name has the form `module:function`.

    Example:
        >>> is_reference("my_judges:face"), is_reference("nlpconnect/vit-gpt2")
        (True, False)
    """
    module, colon, function = name.partition(":")
    return bool(colon) and function.isidentifier() and all(part.isidentifier() for part in module.split("."))


def load_reference(name: str) -> Callable[..., Any]:
    """Returns the function behind `module:function`; modules in the working folder are found too.

    Args:
        name: for which `is_reference` is True. It is the user's own code and is run.

    Raises:
        OptionError: if there is no such module or function.

    Example:
        >>> load_reference("math:sqrt")(9.0)
        3.0
    """
    module, _, function = name.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:  # the command does not have it, `python -m` does
        sys.path.append(here)
    try:
        found = getattr(import_module(module), function)
    except (ImportError, AttributeError) as error:
        raise OptionError(f"{name} cannot be found ({error}); write MODULE:FUNCTION, importable from here.") from error
    if not callable(found):
        raise OptionError(f"{name} is a {type(found).__name__}; a function was expected.")
    return found  # type: ignore[no-any-return] # callable, as was seen
