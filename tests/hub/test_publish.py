import pytest
from huggingface_hub import constants
from loopback_hub import LoopbackHub

from artgan_hf import Restorer
from artgan_hf.errors import IncompatibleModelError, PublishError
from artgan_hf.hub import EnsembleConfig, find_model, load_network
from artgan_hf.hub.card import write_card
from artgan_hf.hub.download import download
from artgan_hf.hub.publish import plan_publication, publish

TOKEN = "hf_writer"
# The client sends large files in a way that its own HTTP library is giving up.
pytestmark = pytest.mark.filterwarnings("ignore:Use 'content:DeprecationWarning")


@pytest.fixture
def hub(hub: LoopbackHub) -> LoopbackHub:
    """A Hub with one account."""
    hub.writers[TOKEN] = "you"
    return hub


@pytest.fixture
def folder(folder):
    """A model folder with its card and a picture, and things that stay at home."""
    write_card(folder, model_id="you/toy")
    (folder / "before_after.png").write_bytes(b"\x89PNG")
    (folder / "model.safetensors.1.part").write_bytes(b"half")
    (folder / ".cache").mkdir()
    (folder / ".cache" / "note.txt").write_text("mine")
    return folder


def send(folder, repo_id="you/toy", *, repo_type="model", **options):
    return publish(plan_publication(folder, repo_id, repo_type=repo_type, token=TOKEN), token=TOKEN, **options)


def states(folder, repo_id="you/toy"):
    return {change.path: change.state for change in plan_publication(folder, repo_id, token=TOKEN).changes}


def test_a_first_upload_makes_the_repository_and_can_be_downloaded(hub, folder, config):
    assert send(folder) == f"{hub.url}/you/toy"
    assert not hub.repos["you/toy"].private
    assert set(hub.repos["you/toy"].files) == {
        ".gitattributes", "README.md", "before_after.png", "config.json", "model.safetensors"
    }  # fmt: skip
    assert load_network(download("you/toy"))[1] == config


def test_a_second_upload_without_a_change_sends_nothing(hub, folder):
    send(folder)
    hub.requests.clear()
    assert set(states(folder).values()) == {"unchanged"}
    assert send(folder) == f"{hub.url}/you/toy"
    assert hub.writes() == []
    assert len(hub.repos["you/toy"].messages) == 1


def test_a_card_goes_by_the_name_of_its_repository(hub, folder):
    write_card(folder, model_id="my/toy")
    with (folder / "README.md").open("a") as card:
        card.write("Better than my/toy-2, says my/toy.\n")
    send(folder, "you/otters")
    published = hub.repos["you/otters"].files["README.md"].decode()
    assert published.endswith("Better than my/toy-2, says you/otters.\n")
    assert "# you/otters\n" in published and 'from_pretrained("you/otters")' in published
    assert "my/toy" not in published.replace("my/toy-2", "")
    assert "# my/toy\n" in (folder / "README.md").read_text()
    assert set(states(folder, "you/otters").values()) == {"unchanged"}


def test_what_changed_is_shown_before_and_sent_in_one_commit(hub, folder):
    send(folder)
    (folder / "README.md").write_text((folder / "README.md").read_text() + "\nMore.\n")
    (folder / "scores.json").write_text("[]")
    hub.requests.clear()
    assert states(folder) == {
        "README.md": "changed",
        "before_after.png": "unchanged",
        "config.json": "unchanged",
        "model.safetensors": "unchanged",
        "scores.json": "added",
    }
    assert hub.writes() == []
    send(folder, message="Scores")
    assert hub.writes() == ["POST /api/models/you/toy/commit/main"]
    assert hub.repos["you/toy"].messages[-1] == "Scores"
    assert hub.repos["you/toy"].files["README.md"].endswith(b"More.\n")
    assert ".gitattributes" in hub.repos["you/toy"].files


def test_a_private_model_is_seen_by_its_owner_alone(hub, folder):
    send(folder, private=True)
    assert hub.repos["you/toy"].private
    with pytest.raises(Exception, match="no model 'you/toy'"):
        download("you/toy")
    assert set(states(folder).values()) == {"unchanged"}


def test_what_is_public_is_not_called_private(hub, folder):
    send(folder)
    with pytest.raises(PublishError, match=r"you/toy is public already; make it private in its settings"):
        send(folder, private=True)


def test_a_pull_request_leaves_the_main_branch_alone(hub, folder):
    hub.writers["hf_other"] = "somebody"
    send(folder)
    before = hub.repos["you/toy"].files
    (folder / "scores.json").write_text("[]")
    url = publish(plan_publication(folder, "you/toy", token="hf_other"), create_pr=True, token="hf_other")
    assert url == f"{hub.url}/you/toy/discussions/1"
    assert hub.repos["you/toy"].files == before
    assert "scores.json" in hub.repos["you/toy"].commits[hub.repos["you/toy"].branches["refs/pr/1"]]
    with pytest.raises(PublishError, match="you/new does not exist yet"):
        send(folder, "you/new", create_pr=True)


def test_a_repository_that_changed_since_it_was_looked_at_is_left_alone(hub, folder):
    send(folder)
    (folder / "scores.json").write_text("[]")
    publication = plan_publication(folder, "you/toy", token=TOKEN)
    hub.repos["you/toy"].commit({"README.md": b"somebody else was here"})
    with pytest.raises(PublishError, match="answered 412 and says that the repository has changed"):
        publish(publication, token=TOKEN)


@pytest.mark.parametrize("place", ["environment", "login"])
def test_the_token_is_found_where_people_keep_it(hub, folder, monkeypatch, tmp_path, place):
    monkeypatch.setattr(constants, "HF_HUB_DISABLE_IMPLICIT_TOKEN", False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    with pytest.raises(PublishError, match=r"answered 401 and knows no token with this call: hf auth login"):
        publish(plan_publication(folder, "you/toy"))
    if place == "environment":
        monkeypatch.setenv("HF_TOKEN", TOKEN)
    else:
        (tmp_path / "token").write_text(TOKEN)
    publish(plan_publication(folder, "you/toy"), private=True)
    assert find_model("you/toy").origin == "hub"


def test_a_token_of_somebody_else_is_told_apart(hub, folder):
    hub.writers["hf_other"] = "somebody"
    with pytest.raises(PublishError, match=r"answered 403 and does not let this token write to you") as caught:
        publish(plan_publication(folder, "you/toy", token="hf_other"), token="hf_other")
    assert "hf_other" not in str(caught.value)
    assert hub.repos == {}


@pytest.mark.parametrize(
    ("status", "message"), [(404, "no such repository"), (429, "slow down"), (500, "trouble"), (418, "not expected")]
)
def test_each_refusal_is_one_line_of_its_own(hub, folder, status, message):
    send(folder)
    hub.repos["you/toy"].status = status
    with pytest.raises(PublishError, match=f"answered {status} and .*{message}") as caught:
        plan_publication(folder, "you/toy", token=TOKEN)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("status", [403, 501])
def test_weights_that_are_refused_make_no_commit(hub, folder, status):
    hub.add("you/toy", {"README.md": b"old"}).upload_status = status
    with pytest.raises(PublishError, match=f"answered {status}"):
        send(folder)
    assert hub.repos["you/toy"].files == {"README.md": b"old"}
    hub.repos["you/toy"].upload_status = None
    send(folder)
    assert "model.safetensors" in hub.repos["you/toy"].files


def test_offline_says_what_to_unset(hub, folder, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(PublishError, match="HF_HUB_OFFLINE is set; publishing needs the Hub"):
        plan_publication(folder, "you/toy")
    assert hub.requests == []


def test_no_connection_says_so(folder, hub, monkeypatch):
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(PublishError, match=r"no connection to http://127\.0\.0\.1:9"):
        plan_publication(folder, "you/toy")


@pytest.mark.parametrize("repo_id", ["toy", "you/to y", "https://huggingface.co/you/toy"])
def test_what_is_no_repository_id_is_told_without_a_network(folder, repo_id):
    with pytest.raises(PublishError, match=r"is not a repository on the Hub; 'owner/name'"):
        plan_publication(folder, repo_id)


def test_a_model_that_does_not_load_is_not_published(hub, folder):
    (folder / "model.safetensors").write_bytes((folder / "model.safetensors").read_bytes()[:-1])
    with pytest.raises(IncompatibleModelError, match="cut short"):
        plan_publication(folder, "you/toy")
    assert hub.requests == []


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("license: apache-2.0\n", "", r"README\.md lacks license"),
        ("license: apache-2.0\n", "license: [\n", "cannot be read"),
        ("license: apache-2.0\n", "license: nonsense\n", "the Hub finds .* wrong: .*license: nonsense is not allowed"),
    ],
)
def test_a_card_with_wrong_metadata_is_named(hub, folder, old, new, message):
    card = folder / "README.md"
    card.write_text(card.read_text().replace(old, new))
    with pytest.raises(PublishError, match=message):
        plan_publication(folder, "you/toy")
    assert hub.writes() == []


def test_a_folder_without_a_card_says_what_writes_one(folder):
    (folder / "README.md").unlink()
    with pytest.raises(PublishError, match=r"has no README\.md: artgan card .* writes one"):
        plan_publication(folder, "you/toy")


def space_folder(folder, *front):
    """Makes the folder of a Space with a README of so much front matter, and returns it."""
    folder.mkdir()
    (folder / "README.md").write_text(
        "\n".join(["---", f"title: {folder.name}", *front, "license: apache-2.0", "---", ""])
    )
    return folder


def test_a_space_goes_where_spaces_are(hub, tmp_path):
    space = space_folder(tmp_path / "demo", "sdk: gradio", "sdk_version: 6.0.0", "app_file: app.py")
    (space / "app.py").write_text("pass")
    with pytest.raises(PublishError, match=r"has no requirements\.txt"):
        plan_publication(space, "you/demo", repo_type="space", token=TOKEN)
    (space / "requirements.txt").write_text("artgan-hf[demo]")
    (space / "__pycache__").mkdir()
    (space / "__pycache__" / "app.pyc").write_bytes(b"")
    assert send(space, "you/demo", repo_type="space") == f"{hub.url}/spaces/you/demo"
    assert set(hub.repos["spaces/you/demo"].files) == {".gitattributes", "README.md", "app.py", "requirements.txt"}


def test_a_page_without_the_model_that_goes_with_it_says_what_makes_it(hub, tmp_path):
    space = space_folder(tmp_path / "page", "sdk: static", "app_file: dist/index.html")
    (space / "package.json").write_text('{"scripts": {"model": "artgan export you/toy -o toy.onnx --overwrite"}}')
    with pytest.raises(PublishError, match=r"has no toy\.onnx, .*: npm run model makes it"):
        plan_publication(space, "you/page", repo_type="space", token=TOKEN)
    (space / "toy.onnx").write_bytes(b"model")
    send(space, "you/page", repo_type="space")
    assert "toy.onnx" in hub.repos["spaces/you/page"].files


def test_a_restorer_is_published_as_it_is_loaded_again(hub, network, config):
    restorer = Restorer(network, config, name="toy", device="cpu")
    assert restorer.push_to_hub("you/toy", token=TOKEN) == f"{hub.url}/you/toy"
    again, read = load_network(download("you/toy"))
    assert read == config
    assert all((again.state_dict()[name] == tensor).all() for name, tensor in network.state_dict().items())
    assert b"# you/toy" in hub.repos["you/toy"].files["README.md"]
    hub.requests.clear()
    Restorer.from_pretrained("you/toy", device="cpu").push_to_hub("you/toy", token=TOKEN)
    assert hub.writes() == []


def test_an_ensemble_is_published_without_weights(hub):
    config = EnsembleConfig(
        codec="jpeg", predictor="artgan/qf-predictor", experts={10: "artgan/qf10"}, description="One expert."
    )
    Restorer(None, config, name="auto", device="cpu").push_to_hub("you/auto", token=TOKEN)
    assert set(hub.repos["you/auto"].files) == {".gitattributes", "README.md", "config.json"}
    assert Restorer.from_pretrained("you/auto", device="cpu").config == config
