"""The command `artgan`: finds the subcommand, and turns every expected error into one line and an exit code."""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from threading import current_thread, main_thread

from artgan_hf import __version__
from artgan_hf.errors import ArtganError, OptionError, QualityError

# Modules of this folder with an `add_parser`, in the order of `artgan --help`. None imports torch before it runs.
COMMANDS = (
    "restore",
    "play",
    "inspect",
    "list",
    "demo",
    "evaluate",
    "evaluate-quality",
    "evaluate-detection",
    "evaluate-captions",
    "evaluate-identity",
    "evaluate-video",
    "report",
    "study",
    "bench",
    "bench-video",
    "finetune",
    "export-weights",
    "export",
    "card",
    "publish",
    "app",
)

DONE, FAILED, MISUSED, STOPPED, TERMINATED = 0, 1, 2, 130, 143

EPILOG = """exit codes:
  0    done
  1    something failed; one line on stderr says what
  2    wrong usage, or nothing to do
  130  stopped with Ctrl-C
  143  stopped by SIGTERM, as tidily

`artgan COMMAND --help` tells more."""


def main(argv: Sequence[str] | None = None) -> int:
    """Returns the exit code of a command: 0 done, 1 failed, 2 misused or nothing to do, 130 or 143 stopped.

    Args:
        argv: what follows `artgan`; None takes the process's own.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    _show_log()
    os.environ.setdefault("THP_MEM_ALLOC_ENABLE", "1")  # torch on Linux: large pages, a tenth less time
    os.environ.setdefault("GOMP_SPINCOUNT", "1000")  # torch's idle threads soon leave the core to decoder and encoder
    try:
        if arguments[:1] == ["fit"]:  # LightningCLI has a parser of its own
            return int(import_module("artgan_hf.cli.fit").main(arguments[1:]))
        namespace = _build_parser().parse_args(arguments)
        with _heeding_sigterm():
            return int(namespace.run(namespace))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else DONE if stop.code is None else MISUSED
    except KeyboardInterrupt:
        print("artgan: stopped", file=sys.stderr)
        return STOPPED
    except (OptionError, QualityError) as error:
        _complain(error)
        return MISUSED
    except (ArtganError, OSError) as error:
        _complain(error)
        return FAILED


@contextmanager
def _heeding_sigterm() -> Iterator[None]:
    """SIGTERM ends the command by an exception, so that it takes away what is unfinished."""
    if current_thread() is not main_thread():  # the only one that may handle signals
        yield
        return
    previous = signal.signal(signal.SIGTERM, lambda *_: sys.exit(TERMINATED))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, previous)


def _show_log() -> None:
    log = logging.getLogger("artgan_hf")
    if not log.handlers:  # ours alone: Lightning and the Hub's client show their own
        log.addHandler(logging.StreamHandler())
        log.handlers[0].setFormatter(logging.Formatter("artgan: %(message)s"))


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="artgan",
        description="Makes compressed pictures look good again.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"artgan-hf {__version__}")
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"artgan_hf.cli.{name.replace('-', '_')}").add_parser(subparsers)
    subparsers.add_parser("fit", help="train a model as a recipe says", add_help=False)
    return parser


def _complain(error: Exception) -> None:
    message = str(error)
    if "Original Traceback" in message:  # it was raised in a worker of a DataLoader, which adds all that
        message = message.strip().splitlines()[-1].partition(": ")[2]
    print(f"artgan: error: {' '.join(message.split())}", file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
