"""The tab for a short video: the player of `artgan play`, with its switch and its divider."""

import html
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gradio as gr
from engine import MODEL, ONE_AT_A_TIME, ZOO, new_folder, on_gpu, restorer_for, told_in_one_line

from artgan_hf import VideoError
from artgan_hf.cli.player import News, player_page
from artgan_hf.restoring.video import RestoredVideo, VideoRestorer
from artgan_hf.restoring.video_input import VideoInput

MOST_FRAMES = 300
MOST_PIXELS = 1280 * 720
LIMITS = f"up to {MOST_FRAMES} frames of up to 1280 x 720 can be done here: cut it first"
MODELS = [name for name, model in ZOO.items() if model.config.codec == "h264"] or [MODEL]
FRAME = (
    '<iframe title="Player" srcdoc="{}" allow="fullscreen" style="width: 100%; height: min(85vh, 44rem); border: 0">'
)


def restore_video(
    file: str | None,
    model: str,
    progress: gr.Progress = gr.Progress(),  # noqa: B008 - gradio looks for this default
) -> tuple[str, str]:
    """Returns the restored clip and a line of facts."""
    if not file:
        raise gr.Error("There is no clip yet: drop one into the box.", print_exception=False)
    source, folder = Path(file), new_folder()
    target = folder / f"{source.stem}-restored.mp4"
    with told_in_one_line(source.parent), told_in_one_line(folder):
        frames = _checked_frames(source)
        restorer_for(model)  # loaded before ZeroGPU forks
        result = _restore(model, source, target, frames, progress)
    facts = (
        f"**{result.frames} frames** restored by {result.model} in {result.seconds:.0f} s, {result.fps:.1f} per second"
    )
    return str(target), facts


@on_gpu
def _restore(model: str, source: Path, target: Path, frames: int | None, progress: Callable[..., Any]) -> RestoredVideo:
    def tell(done: int) -> None:
        if done > MOST_FRAMES:  # the file did not say how many, or not the truth
            raise VideoError(f"{source} has more than {MOST_FRAMES} frames; {LIMITS}.")
        progress((done, frames), desc="Restoring", unit="frames")

    return VideoRestorer(restorer_for(model))(source, target, progress=tell)


def add_tab() -> None:
    """Adds the tab's contents to the page under construction."""
    gr.Markdown(
        f"Up to {MOST_FRAMES} frames of up to 1280 x 720. Two CPU cores need several seconds for each second of it."
    )
    file = gr.Video(label="Clip", sources=["upload"], height=320)
    model = gr.Dropdown(MODELS, value=MODELS[0], label="Model", filterable=False, visible=len(MODELS) > 1)
    button = gr.Button("Restore", variant="primary")
    facts = gr.Markdown()
    player = gr.HTML()
    restored = gr.Video(visible=False)
    done = button.click(restore_video, [file, model], [restored, facts], api_name="restore_video", **ONE_AT_A_TIME)
    done.success(_player, [file, restored], player, api_visibility="private", queue=False)


def _player(file: str, restored: str) -> str:
    """The page in a frame; it asks for its news as it does elsewhere, and hears that all is done."""
    original, result = (f"gradio_api/file={quote(path)}" for path in (file, restored))
    news = News("", 1.0, restored=result)
    return FRAME.format(
        html.escape(player_page(original, f"data:application/json,{quote(json.dumps(news._asdict()))}"))
    )


def _checked_frames(path: Path) -> int | None:
    """How many frames a clip has, about, if it says so; refuses what would keep other visitors waiting."""
    with VideoInput(path) as clip:
        frames, width, height = clip.frame_count, clip.stream.width, clip.stream.height
    if (frames or 0) > MOST_FRAMES:
        raise VideoError(f"{path} has {frames} frames; {LIMITS}.")
    if width * height > MOST_PIXELS:
        raise VideoError(f"{path} is {width} x {height}; {LIMITS}.")
    return frames
