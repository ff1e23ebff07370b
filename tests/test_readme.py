"""The README's own commands, run as written in a folder with a few pictures."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)
PYTHON = [body for language, body in BLOCKS if language == "python"]
COMMANDS = [line for language, body in BLOCKS if language == "bash" for line in body.splitlines() if line.strip()]
TINY = (
    " --model.generator.channels 8 --model.generator.deep_channels 8"
    " --data.batch_size 2 --data.patch_px 32 --checkpoint.every_n_train_steps 1"
)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A working folder with photo.jpg, photos/ and recipes/."""
    clean = Image.open(ROOT / "artgan_hf" / "samples" / "otters.avif").convert("RGB")
    (tmp_path / "photos" / "summer").mkdir(parents=True)
    clean.crop((160, 80, 352, 224)).save(tmp_path / "photo.jpg", quality=10)
    clean.crop((0, 0, 128, 128)).save(tmp_path / "photos" / "a.png")
    clean.crop((160, 80, 352, 224)).save(tmp_path / "photos" / "summer" / "b.jpg", quality=20)
    (tmp_path / "LIVE1").mkdir()
    clean.crop((160, 80, 416, 336)).save(tmp_path / "LIVE1" / "otter.png")
    shutil.copytree(ROOT / "recipes", tmp_path / "recipes")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    return tmp_path


@pytest.mark.parametrize("number", range(len(PYTHON)))
def test_python_blocks_run(number, folder):
    exec(compile(PYTHON[number], f"README.md, python block {number + 1}", "exec"), {})


def test_artgan_commands_run_in_order(folder):
    commands = [line.partition("  #")[0].strip() for line in COMMANDS if line.startswith("artgan ")]
    assert len(commands) >= 7
    for command in commands:
        tiny = TINY if command.startswith("artgan fit") else ""
        arguments = shlex.split(command + tiny)[1:]
        run = [sys.executable, "-m", "artgan_hf", *arguments]
        answer = subprocess.run(
            run, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
        assert answer.returncode == 0, f"{command}\n{answer.stdout}\n{answer.stderr}"
    for name in ("photo-restored.png", "restored/a.png", "restored/summer/b.png", "my-model/model.safetensors"):
        assert (folder / name).stat().st_size > 0


def test_make_targets_exist_and_the_rest_is_pip():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    for line in COMMANDS:
        program, argument = line.split()[:2]
        assert program in ("artgan", "pip", "make"), line
        if program == "make":
            assert argument in targets


def test_every_link_into_the_repository_leads_somewhere():
    links = [link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_path_in_the_table_exists():
    paths = re.findall(r"`(artgan_hf/[\w./]+)`", README)
    assert [path for path in paths if not (ROOT / path).exists()] == []
