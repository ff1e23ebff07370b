"""`artgan fit`: trains what a recipe describes."""

import os
import sys
from collections.abc import Sequence

from artgan_hf.errors import ArtganError
from artgan_hf.optional import require


def main(argv: Sequence[str]) -> int:
    """Returns 0 after training as the recipe says.

    Args:
        argv: what follows `artgan fit`: `-c RECIPE` and overrides such as `--trainer.max_epochs 3`.

    Raises:
        MissingExtraError: if Lightning or jsonargparse is not installed.
        ArtganError: if a loss is no longer a finite number; the message says whose, and at which step.
        KeyboardInterrupt: after Ctrl-C.
        SystemExit: with status 2 if the recipe or an override does not parse, with 143 after SIGTERM.
    """
    os.environ.setdefault("JSONARGPARSE_DEPRECATION_WARNINGS", "off")  # Lightning's calls, not the user's
    require("lightning", extra="train")
    require("jsonargparse", extra="train")
    from lightning.pytorch.utilities.exceptions import SIGTERMException

    from artgan_hf.training.recipe import RecipeCLI

    is_own_process = list(argv) == sys.argv[2:]  # then nothing is handed over: DDP starts its processes with sys.argv
    try:
        RecipeCLI(None if is_own_process else ["fit", *argv])
    except FloatingPointError as error:
        raise ArtganError(str(error)) from error
    except SIGTERMException:
        raise SystemExit(143) from None
    except SystemExit as stop:
        if stop.code == 1:  # Lightning's answer to Ctrl-C
            raise KeyboardInterrupt from None
        raise
    return 0
