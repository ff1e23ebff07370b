"""The demo page: a JPEG in, the restored picture beside it out. Uses the public API of artgan_hf only."""

import tempfile
import time
from importlib.resources import files
from pathlib import Path

import gradio as gr
from PIL import Image

from artgan_hf import ArtganError, Restorer, list_models

MAX_PIXELS = 24_000_000
KEPT_SECONDS = 600
MODELS = [model.id for model in list_models() if model.config.kind == "generator"]
SAMPLES = Path(str(files("artgan_hf") / "samples"))
EXAMPLES = [[str(SAMPLES / f"{name}.webp"), 10] for name in ("otters", "portrait", "piazza", "osprey", "spices")]

scratch = tempfile.TemporaryDirectory(prefix="artgan-demo-")
restorers: dict[str, Restorer] = {}


def restorer_for(model: str) -> Restorer:
    """Returns the restorer of a model, loaded once."""
    if model not in restorers:
        restorers[model] = Restorer.from_pretrained(model, max_pixels=MAX_PIXELS)
    return restorers[model]


def new_path(name: str) -> Path:
    """Returns a path in a fresh folder, and removes what visitors have long fetched."""
    for old in Path(scratch.name).glob("*/*"):
        if old.stat().st_mtime < time.time() - KEPT_SECONDS:
            old.unlink(missing_ok=True)
    return Path(tempfile.mkdtemp(dir=scratch.name)) / name


def compressed(path: Path, quality: int) -> Path:
    """Returns the picture as a JPEG of this quality."""
    jpeg = new_path(f"{path.stem}-q{quality}.jpg")
    with Image.open(path) as image:
        image.convert("RGB").save(jpeg, quality=quality, exif=image.info.get("exif", b""))
    return jpeg


def restore(file: str | None, compress: int, model: str, strength: float, consistent: bool) -> tuple:
    """Returns (before and after, a line of facts, the file to download) for one picture."""
    if not file:
        raise gr.Error("There is no picture yet: drop one into the box, or take an example.")
    try:
        restorer = restorer_for(model)
        path = Path(file)
        if compress:
            restorer(path, strength=0)  # refuses what is too large or not a picture before it is compressed
            path = compressed(path, compress)
        before = restorer(path, strength=0)
        result = restorer.restore(path, strength=strength, consistent=consistent)
    except (ArtganError, OSError) as error:
        raise gr.Error(str(error).replace(str(Path(file).parent) + "/", "")) from error
    output = new_path(f"{path.stem}-restored.png")
    info = result.image.info
    result.image.save(output, exif=info.get("exif", b""), icc_profile=info.get("icc_profile"))
    quality = f"JPEG quality {result.quality}" if result.quality else "not a JPEG"
    size = f"{result.image.width} x {result.image.height}, {path.stat().st_size / 1000:.0f} KB"
    facts = f"**{quality}** · {size} · restored by {result.model} in {result.seconds:.1f} s"
    return (before.convert("RGB"), result.image.convert("RGB")), facts, str(output)


with gr.Blocks(title="artgan demo", analytics_enabled=False, delete_cache=(3600, 3600)) as demo:
    gr.Markdown("# Compressed pictures, made good again\nDrop a JPEG. Nothing is kept.")
    with gr.Row():
        with gr.Column(scale=1):
            file = gr.File(label="Picture", file_types=["image"], type="filepath")
            compress = gr.Slider(
                0, 95, 0, step=5, label="Compress it first, to this JPEG quality (0: leave it as it is)"
            )
            strength = gr.Slider(0, 1, 1, step=0.05, label="Strength")
            consistent = gr.Checkbox(label="Consistent: only pictures that would compress to the same JPEG")
            model = gr.Dropdown(MODELS, value=MODELS[0] if MODELS else None, label="Model")
            button = gr.Button("Restore", variant="primary")
        with gr.Column(scale=2):
            slider = gr.ImageSlider(label="Before | after", type="pil", format="png", interactive=False, max_height=640)
            facts = gr.Markdown()
            download = gr.DownloadButton("Download at full size (PNG)")
    inputs, outputs = [file, compress, model, strength, consistent], [slider, facts, download]
    button.click(restore, inputs, outputs, api_name="restore", concurrency_limit=1)
    gr.Examples(EXAMPLES, [file, compress], label="Clean CC0 pictures: compressed to quality 10, then restored")
    gr.Markdown("A restored picture is a likely original, not the original. Not for evidence, medicine or forensics.")

demo.queue(max_size=32)

if __name__ == "__main__":
    demo.launch(max_file_size="20mb", allowed_paths=[str(SAMPLES)])
