"""The tab for several pictures: a zip comes back, and a line for each."""

import html
import zipfile
from functools import partial
from pathlib import Path

import gradio as gr
from engine import (
    MAX_PIXELS,
    MODEL,
    MODELS,
    ONE_AT_A_TIME,
    knobs_for,
    new_folder,
    restore,
    restorer_for,
    told_in_one_line,
)

from artgan_hf.restoring import FileResult, plan_names, run_jobs

MOST_FILES = 20
ZIP_NAME = "restored.zip"


def restore_many(
    files: list[str] | None,
    model: str,
    strength: float,
    progress: gr.Progress = gr.Progress(),  # noqa: B008 - gradio looks for this default
) -> tuple:
    """Returns a zip with the restored pictures, and a table of what became of each file."""
    if not files:
        raise gr.Error("There are no pictures yet: drop some into the box.", print_exception=False)
    if len(files) > MOST_FILES:
        raise gr.Error(
            f"{len(files)} pictures; up to {MOST_FILES} at once. More: artgan restore.", print_exception=False
        )
    folder = new_folder()
    jobs = plan_names([(Path(file), folder / Path(file).name) for file in files])
    restore_one = partial(restore, model, knobs=knobs_for(model, strength, 0, 0, False))
    with told_in_one_line(folder):
        restorer_for(model)
        results = []
        for job in progress.tqdm(jobs, desc="Restoring"):
            results += run_jobs(restore_one, [job], progress=False).files
        done = [result for result in results if result.output is not None]
        archive = _zipped(folder, done) if done else None
    return archive, _table(results)


def add_tab() -> None:
    """Adds the tab's contents to the page under construction."""
    gr.Markdown(
        f"Up to {MOST_FILES} pictures, {MAX_PIXELS // 1_000_000} megapixels each. One bad file does not stop the rest."
    )
    with gr.Row():
        with gr.Column(min_width=300):
            files = gr.File(label="Pictures", file_count="multiple", file_types=["image"], type="filepath")
            model = gr.Dropdown(MODELS, value=MODEL, label="Model", filterable=False)
            strength = gr.Slider(0, 1, 1, step=0.05, label="Strength", info="0 is the JPEG")
            button = gr.Button("Restore all", variant="primary")
        with gr.Column(min_width=320):
            archive = gr.File(label="Restored, as one zip", interactive=False)
            table = gr.Markdown()
    button.click(restore_many, [files, model, strength], [archive, table], api_name="restore_many", **ONE_AT_A_TIME)


def _zipped(folder: Path, done: list[FileResult]) -> str:
    path = folder / ZIP_NAME
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:  # PNG is compressed already
        for result in done:
            archive.write(result.output, result.output.name)
            result.output.unlink()
    return str(path)


def _table(results: list[FileResult]) -> str:
    lines = ["| picture | JPEG quality | |", "|---|---|---|"]
    for result in results:
        folder = f"{result.source.parent}/"
        outcome = f"{result.seconds:.1f} s" if result.error is None else result.error.replace(folder, "")
        cells = (result.source.name, str(result.quality or ""), outcome)
        lines.append("| " + " | ".join(html.escape(cell).replace("|", "&#124;") for cell in cells) + " |")
    return "\n".join(lines)
