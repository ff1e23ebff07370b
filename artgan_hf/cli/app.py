"""`artgan app`: the demo page, on this machine."""

import argparse
import runpy
import sys
from pathlib import Path
from typing import Any

from artgan_hf.errors import OptionError
from artgan_hf.optional import require

DEMO = "artgan-demo"


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("app", help="open the demo page in the browser")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets other machines in (default: %(default)s)")
    parser.add_argument("--port", type=int, help="default: the first free one from 7860")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0 when the page is closed with Ctrl-C.

    Raises:
        MissingExtraError: if gradio is not installed.
        OSError: if the port is taken.
    """
    require("gradio", extra="demo")
    folder = space_folder()
    sys.path.insert(0, str(folder))  # the page's modules import each other as they do in a Space
    page = runpy.run_path(str(folder / "app.py"))
    page["launch"](server_name=arguments.host, server_port=arguments.port, inbrowser=not arguments.no_browser)
    return 0


def space_folder(name: str = DEMO) -> Path:
    """Returns the folder of a Space: inside the package in a wheel, beside it in a checkout.

    Raises:
        OptionError: if there is none of this name.
    """
    package = Path(__file__).resolve().parent.parent
    for root in (package, package.parent):
        if (root / "spaces" / name / "README.md").is_file():
            return root / "spaces" / name
    raise OptionError(
        f"there is no Space {name!r} here; {DEMO!r} travels with the package, the others with the sources."
    )
