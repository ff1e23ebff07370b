"""The demo page: compressed pictures in, restored ones out. `make app`, `artgan app`, or a Space on the Hub."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import batch
import gradio as gr
import photo
import zoo
from engine import KEPT_SECONDS, MAX_FILE, scratch

WORDS = """# Compressed pictures, made good again
JPEG leaves blocks, ringing and smeared colour; networks take them out again. Files are removed after an hour or two."""
LIMITS = "A restored picture is a likely original, not the original. Not for evidence, medicine or forensics."
CSS = """
.wide {overflow-x: auto}
.prose th, .prose td {border-color: var(--border-color-primary) !important; overflow-wrap: normal; word-break: normal}
"""
TABS = {"Photo": photo, "Batch": batch}
if find_spec("av"):  # the [video] extra
    TABS["Video"] = import_module("clip")
TABS["Models"] = zoo
if find_spec("scipy"):  # the [eval] extra
    TABS["Judge"] = import_module("judge")

with gr.Blocks(title="artgan demo", analytics_enabled=False, delete_cache=(KEPT_SECONDS, KEPT_SECONDS)) as demo:
    gr.Markdown(WORDS)
    with gr.Tabs(overflow_behavior="wrap"):
        for title, tab in TABS.items():
            with gr.Tab(title):
                tab.add_tab()
    gr.Markdown(LIMITS)

demo.queue(max_size=40)


def launch(**options: Any) -> None:
    """Opens the page, with the limits that hold everywhere."""
    fonts = {"font": ["system-ui", "sans-serif"], "font_mono": ["ui-monospace", "monospace"]}  # none to be fetched
    theme = gr.themes.Default(primary_hue="emerald", neutral_hue="stone", **fonts)
    demo.launch(
        max_file_size=MAX_FILE, allowed_paths=[str(photo.SAMPLES), scratch.name], theme=theme, css=CSS,
        footer_links=["api", "settings"], **options,
    )  # fmt: skip


if __name__ == "__main__":
    launch()
