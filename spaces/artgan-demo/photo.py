"""The tab for one picture: drop it, see it restored, take it home."""

from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import gradio as gr
from engine import (
    MODEL,
    MODELS,
    ONE_AT_A_TIME,
    ZOO,
    in_rgb,
    knobs_for,
    new_folder,
    predictor,
    restore,
    restorer_for,
    shown,
    takes_fidelity,
    takes_quality,
    told_in_one_line,
)

from artgan_hf import ImageError, ModelSummary, PredictedQuality, Restored
from artgan_hf.codecs import read_jpeg_info
from artgan_hf.metadata import save_picture

SAMPLES = Path(str(files("artgan_hf") / "samples"))
EXAMPLES = [str(SAMPLES / f"{name}.avif") for name in ("otters", "portrait", "piazza", "osprey", "spices")]
EXAMPLE_QUALITY = 10


def restore_photo(  # noqa: PLR0917 - gradio passes what is on the page by position
    file: str | None,
    compress: int,
    model: str,
    strength: float,
    fidelity: float,
    quality: int,
    consistent: bool,
) -> tuple:
    """Returns before and after, a few facts, what the pixels say of the quality, and the file to download."""
    if not file:
        raise gr.Error("There is no picture yet: drop one into the box, or take an example.", print_exception=False)
    path, folder = Path(file), new_folder()
    with told_in_one_line(path.parent):
        sizes = [path.stat().st_size]
        if compress:
            path = _compressed(path, folder, compress, model)
            sizes.append(path.stat().st_size)
        before = restorer_for(model)(path, strength=0)
        result = restore(model, path, knobs_for(model, strength, fidelity, quality, consistent))
        predicted = result.predicted or _predicted(path)
        output = save_picture(result.image, folder / f"{path.stem}-restored.png")
    chances = None if predicted is None else {f"QF {qf}": share for qf, share in predicted.probabilities.items()}
    facts = _facts(path, sizes, result, predicted)
    return (shown(before), shown(result.image)), facts, chances, str(output)


def add_tab() -> None:
    """Adds the tab's contents to the page under construction."""
    with gr.Row():
        with gr.Column(scale=2, min_width=300):
            file = gr.File(label="Picture", file_types=["image"], type="filepath", height=140)
            compress = gr.Slider(
                0, 95, 0, step=5, label="Compress it for me", info="JPEG quality; 0 leaves it as it is"
            )
            with gr.Accordion("Knobs", open=False):
                model = gr.Dropdown(MODELS, value=MODEL, label="Model", filterable=False)
                strength = gr.Slider(0, 1, 1, step=0.05, label="Strength", info="0 is the JPEG")
                fidelity = gr.Slider(
                    0, 1, 0, step=0.05, label="Fidelity", visible=_visible(MODEL, takes_fidelity),
                    info="from likely detail (0) to the most faithful, softer picture (1)",
                )  # fmt: skip
                quality = gr.Slider(
                    0, 95, 0, step=5, label="Restore for this quality", visible=_visible(MODEL, takes_quality),
                    info="0 judges each picture",
                )  # fmt: skip
                consistent = gr.Checkbox(label="Consistent", info="only pictures that would compress to the same JPEG")
            button = gr.Button("Restore", variant="primary")
            gr.Markdown("Or take a clean CC0 picture: one click compresses and restores it.")
            samples = gr.Gallery(
                EXAMPLES, columns=3, height=264, object_fit="cover", allow_preview=False, interactive=False,
                label="Clean pictures", show_label=False, buttons=[],
            )  # fmt: skip
        with gr.Column(scale=4, min_width=320):
            slider = gr.ImageSlider(
                label="Before | after",
                type="pil",
                format="png",
                interactive=False,
                max_height=620,
                buttons=["fullscreen"],
            )
            download = gr.DownloadButton("Download at full size (PNG)", interactive=False)
            with gr.Row():
                with gr.Column(min_width=280):
                    facts = gr.Markdown("Drop a JPEG, or take one of the clean pictures.", container=True)
                with gr.Column(min_width=280):
                    chances = gr.Label(label="Its quality, by the pixels alone", num_top_classes=4, show_heading=False)
    inputs = [file, compress, model, strength, fidelity, quality, consistent]
    outputs = [slider, facts, chances, download]
    hidden = {"api_visibility": "private", "queue": False}
    uploaded = file.upload(lambda: 0, None, compress, **hidden)  # one's own JPEG is not compressed once more
    picked = samples.select(_pick, None, [file, compress], **hidden)
    for begun, visibility in ((button.click, "public"), (uploaded.success, "private"), (picked.success, "private")):
        api = {"api_name": "restore", "api_visibility": visibility}
        done = begun(restore_photo, inputs, outputs, **api, **ONE_AT_A_TIME)
        done.success(lambda: gr.DownloadButton(interactive=True), None, download, **hidden)
    model.change(_knobs_of, model, [fidelity, quality], **hidden)


def _pick(event: gr.SelectData) -> tuple[str, int]:
    return EXAMPLES[event.index], EXAMPLE_QUALITY


def _visible(model: str | None, takes: Callable[[ModelSummary], bool]) -> bool:
    return model is not None and takes(ZOO[model])


def _knobs_of(model: str) -> tuple:
    return gr.Slider(visible=takes_fidelity(ZOO[model])), gr.Slider(visible=takes_quality(ZOO[model]))


def _compressed(path: Path, folder: Path, quality: int, model: str) -> Path:
    """The picture as a JPEG of this quality."""
    clean = restorer_for(model)(path, strength=0)  # refuses what is too large, and turns it upright
    jpeg = folder / f"{path.stem}-q{quality}.jpg"
    kept = {name: clean.info[name] for name in ("exif", "icc_profile") if clean.info.get(name)}
    in_rgb(clean).save(jpeg, quality=quality, subsampling="4:2:0", **kept)
    return jpeg


def _predicted(path: Path) -> PredictedQuality | None:
    judge = predictor()
    try:
        return None if judge is None else judge(path)
    except ImageError:  # too small to tell
        return None


def _facts(path: Path, sizes: list[int], result: Restored, predicted: PredictedQuality | None) -> str:
    size = " → ".join(f"{count / 1000:,.1f} KB" for count in sizes)
    lines = [f"**Size** {result.image.width} x {result.image.height}, {size}"]
    try:
        info = read_jpeg_info(path)
    except ImageError:
        lines.append("**Quality** the file is no JPEG")
    else:
        certainty = "" if info.quality_is_exact else ", the nearest"
        lines.append(f"**Quality** {info.quality} by the file's tables{certainty}; chroma {info.subsampling}")
    if predicted is not None:
        judged = f"{predicted.quality}" if predicted.quality < 98 else "hardly compressed"
        lines[-1] += f"; {judged} by the pixels"
    lines.append(f"**Restored** by {result.model} in {result.seconds:.1f} s")
    return "  \n".join(lines)
