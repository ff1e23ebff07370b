"""The tab of models: what there is, and the scores that its cards report."""

import gradio as gr
from engine import ZOO
from huggingface_hub import ModelCard

from artgan_hf import ModelSummary
from artgan_hf.hub import find_model

SHOWN = {"psnr": (".2f", "PSNR"), "ssim": (".3f", "SSIM"), "psnr_b": (".2f", "PSNR-B"), "lpips": (".3f", "LPIPS"),
         "niqe": (".2f", "NIQE"), "brisque": (".1f", "BRISQUE")}  # fmt: skip
HUB = "https://huggingface.co"


def add_tab() -> None:
    """Adds the tab's contents to the page under construction."""
    gr.Markdown(_models(), elem_classes="wide")
    gr.Markdown("### Scores, from the models' cards\nHigher is better for PSNR, SSIM and PSNR-B, lower for the rest.")
    gr.Markdown(_scores(), elem_classes="wide")


def _models() -> str:
    lines = ["| model | for | what it does | size |", "|---|---|---|---|"]
    for name, model in ZOO.items():
        size = f"{model.parameters / 1e6:.2f} M, {model.megabytes:.1f} MB" if model.parameters else ""
        lines.append(f"| [{name}]({HUB}/{name}) | {_purpose(model)} | {model.config.description} | {size} |")
    return "\n".join(lines)


def _purpose(model: ModelSummary) -> str:
    codec = {"jpeg": "JPEG quality", "h264": "H.264 CRF"}[model.config.codec]
    lowest, highest = model.config.quality
    return f"{codec} {lowest}" if lowest == highest else f"{codec} {lowest} to {highest}"


def _scores() -> str:
    """One row for each model and data set of the cards' model-index."""
    lines = ["| model | measured on | " + " | ".join(word for _, word in SHOWN.values()) + " |", "|---" * 8 + "|"]
    for name in ZOO:
        tables: dict[str, dict[str, float]] = {}
        for result in _results(name):
            if result.metric_type in SHOWN:
                tables.setdefault(result.dataset_name, {})[result.metric_type] = result.metric_value
        for dataset, scores in tables.items():
            figures = [
                format(scores[metric], style) if metric in scores else "" for metric, (style, _) in SHOWN.items()
            ]
            lines.append(f"| {name} | {dataset} | " + " | ".join(figures) + " |")
    return "\n".join(lines)


def _results(name: str) -> list:
    card = find_model(name).path / "README.md"
    return ModelCard.load(card).data.eval_results or [] if card.is_file() else []
