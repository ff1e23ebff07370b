"""`artgan study new|rate|report`: people judge, after ITU-R BT.500."""

import argparse
from pathlib import Path
from typing import Any

from artgan_hf.errors import OptionError


def add_parser(subparsers: Any) -> None:
    """Adds the command to the parser of `artgan`."""
    parser = subparsers.add_parser("study", help="let people judge: make a study, collect ratings, report")
    steps = parser.add_subparsers(title="steps", metavar="STEP", required=True)
    _add_new(steps)
    _add_rate(steps)
    report = steps.add_parser("report", help="mean opinion scores, screening, significance", description=REPORT)
    report.add_argument("folder", type=Path, help="of the study")
    report.add_argument("-o", "--output", type=Path, metavar="FOLDER", help="default: report in the study's folder")
    report.set_defaults(run=run_report)


REPORT = "Prints the mean opinion scores and writes report.md, report.json and opinions.svg."


def _add_new(steps: Any) -> None:
    parser = steps.add_parser("new", help="make a study of originals, JPEGs and restored pictures")
    parser.add_argument("folder", type=Path, help="made here; must not be there yet")
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="clean pictures, right in it")
    parser.add_argument(
        "--models", nargs="+", default=[], metavar="MODEL", help="as in `artgan evaluate`; none: JPEG alone"
    )
    parser.add_argument(
        "--methods",
        nargs="+",
        default=[],
        metavar="NAME=FOLDER",
        help="other methods: folders with pictures named as the clean ones are",
    )
    parser.add_argument("--quality", type=int, default=10, metavar="Q", help="of the JPEGs (default: 10)")
    parser.add_argument(
        "--anchor-quality", type=int, default=5, metavar="Q", help="of the poorer JPEGs; 0 for none (default: 5)"
    )
    parser.add_argument("--training", type=int, default=1, metavar="N", help="pictures for training (default: 1)")
    parser.add_argument("--limit", type=int, metavar="N", help="only the first N pictures")
    parser.add_argument("--title", default="Picture quality", help="for the raters (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="of the orders (default: 0)")
    parser.add_argument("--device", default="auto", help="auto (default), cpu, cuda or mps")
    parser.set_defaults(run=run_new)


def _add_rate(steps: Any) -> None:
    parser = steps.add_parser("rate", help="open the rating page")
    parser.add_argument("folder", type=Path, help="of the study")
    parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 lets others in (default: %(default)s)")
    parser.add_argument("--port", type=int, help="default: the first free one from 7860")
    parser.add_argument("--no-browser", action="store_true", help="do not open a browser")
    parser.set_defaults(run=run_rate)


def run_new(arguments: argparse.Namespace) -> int:
    """Returns 0 after writing the study's folder.

    Raises:
        ArtganError: if a model, a picture or a knob is not as it should be.
    """
    from artgan_hf.evaluation.methods import load_methods
    from artgan_hf.evaluation.study import Plan, new_study

    plan = Plan(
        pictures=arguments.data,
        models=load_methods(arguments.models, device=arguments.device),
        folders=dict(_named_folder(text) for text in arguments.methods),
        quality=arguments.quality,
        anchor_quality=arguments.anchor_quality or None,
        training=arguments.training,
        limit=arguments.limit,
    )
    study = new_study(arguments.folder, plan, title=arguments.title, seed=arguments.seed)
    print(f"{study.folder}: {len(study.stimuli)} questions on {', '.join(study.methods)}")
    print(f"Next: artgan study rate {study.folder}")
    return 0


def run_rate(arguments: argparse.Namespace) -> int:
    """Returns 0 when the page is closed.

    Raises:
        DataError: if there is no such study.
        MissingExtraError: if gradio is not installed.
    """
    from artgan_hf.evaluation.study import open_study, rating_page

    page = rating_page(open_study(arguments.folder))
    page.queue().launch(
        server_name=arguments.host, server_port=arguments.port, inbrowser=not arguments.no_browser, footer_links=[]
    )
    return 0


def run_report(arguments: argparse.Namespace) -> int:
    """Returns 0 after printing the table and writing the report.

    Raises:
        DataError: if there is no such study or no rating.
    """
    from artgan_hf.evaluation.documents import write_text
    from artgan_hf.evaluation.report import write_json
    from artgan_hf.evaluation.study import open_study, report_study

    report = report_study(open_study(arguments.folder))
    output = arguments.output or arguments.folder / "report"
    write_text(report.chart(), output / "opinions.svg")
    write_text(report.markdown(["opinions.svg"]), output / "report.md")
    write_json(report.as_dict(), output / "report.json")
    print(report.table())
    print(f"\nReport: {output / 'report.md'}")
    return 0


def _named_folder(text: str) -> tuple[str, Path]:
    name, equals, folder = text.partition("=")
    if not (name and equals and folder):
        raise OptionError(f"a method is given as {text!r}; NAME=FOLDER was expected.")
    return name, Path(folder)
