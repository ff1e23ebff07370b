import shutil

import pytest
from loopback_hub import connect_client, serve_hub
from toy_models import toy_folder

from artgan_hf.cli import app
from artgan_hf.cli.main import main
from artgan_hf.hub import shipped
from artgan_hf.hub.card import write_card

pytestmark = pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A Hub with one account, whose token is in the environment."""
    with serve_hub() as hub:
        connect_client(monkeypatch, hub.url, tmp_path / "cache")
        monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_IMPLICIT_TOKEN", False)
        monkeypatch.setenv("HF_TOKEN", "hf_writer")
        hub.writers["hf_writer"] = "you"
        yield hub


@pytest.fixture
def folder(tmp_path):
    """A model folder with its card."""
    write_card(toy_folder(tmp_path / "cards" / "toy"), model_id="you/toy")
    return tmp_path / "cards" / "toy"


def test_it_shows_what_changes_sends_it_and_prints_the_address(hub, folder, capsys):
    assert main(["publish", str(folder), "--repo-id", "you/toy", "--private"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "you/toy: a new model"
    assert [line.split()[:2] for line in lines[1:4]] == [
        ["added", "README.md"],
        ["added", "config.json"],
        ["added", "model.safetensors"],
    ]
    assert lines[-1] == f"{hub.url}/you/toy"
    assert hub.repos["you/toy"].private
    assert main(["publish", str(folder), "--repo-id", "you/toy"]) == 0
    assert "  nothing to send" in capsys.readouterr().out.splitlines()


def test_a_dry_run_sends_nothing(hub, folder, capsys):
    assert main(["publish", str(folder), "--repo-id", "you/toy", "--dry-run"]) == 0
    assert "added" in capsys.readouterr().out
    assert hub.repos == {}


def test_all_models_of_the_package_go_to_one_owner(hub, folder, monkeypatch):
    shutil.copytree(folder, folder.parent / "another")
    monkeypatch.setattr(shipped, "_shipped_root", lambda: folder.parent)
    assert main(["publish", "--all", "--repo-id", "you"]) == 0
    assert set(hub.repos) == {"you/toy", "you/another"}


def test_the_demo_page_goes_to_a_space(hub, repository):
    assert main(["publish", "--space", "--repo-id", "you/artgan-demo"]) == 0
    sent = hub.repos["spaces/you/artgan-demo"].files
    assert sent["app.py"] == (repository / "spaces" / "artgan-demo" / "app.py").read_bytes()
    assert not any("__pycache__" in name for name in sent)


def test_a_static_page_goes_with_its_model_and_nothing_else_built(hub, repository, tmp_path, monkeypatch, capsys):
    space = tmp_path / "smart-decompression"
    shutil.copytree(repository / "spaces" / space.name, space, ignore=shutil.ignore_patterns("node_modules", "*.onnx"))
    monkeypatch.setattr(app, "space_folder", lambda name: tmp_path / name)
    assert main(["publish", "--space", "smart-decompression", "--repo-id", "you/smart"]) == 1
    assert "npm run model makes it" in capsys.readouterr().err
    for name in ("model.onnx", "dist/index.html", "node_modules/a.js"):
        (space / name).parent.mkdir(exist_ok=True)
        (space / name).write_text("made here")
    assert main(["publish", "--space", "smart-decompression", "--repo-id", "you/smart"]) == 0
    sent = hub.repos["spaces/you/smart"].files
    assert {"src/main.js", "package-lock.json", "build.mjs", "model.onnx"} <= set(sent)
    assert not any(name.startswith(("node_modules/", "dist/")) for name in sent)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--repo-id", "you/toy"], "one of FOLDER, --all and --space"),
        (["--all", "--space", "--repo-id", "you"], "one of FOLDER, --all and --space"),
        (["--space", "nothing", "--repo-id", "you/a"], "there is no Space 'nothing'"),
        (["--all", "--repo-id", "you/toy"], "with --all, the owner alone"),
    ],
)
def test_arguments_that_make_no_sense_end_with_2(words, message, capsys):
    assert main(["publish", *words]) == 2
    assert message in capsys.readouterr().err


def test_a_refusal_is_one_line_and_ends_with_1(hub, folder, capsys):
    assert main(["publish", str(folder), "--repo-id", "somebody/toy"]) == 1
    assert "does not let this token write to somebody" in capsys.readouterr().err
