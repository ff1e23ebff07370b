import socket
from contextlib import suppress

import pytest
from huggingface_hub import constants

from artgan_hf.errors import ArtganError, IncompatibleModelError, ModelNotFoundError
from artgan_hf.hub import load_network, shipped
from artgan_hf.hub.download import download

WEIGHTS, CONFIG = "model.safetensors", "config.json"


def test_the_first_use_downloads_and_the_second_does_not(hub, files):
    hub.add("artgan/toy", files | {"README.md": b"card", "pytorch_model.bin": b"pickle", "code.py": b"code"})
    first = download("artgan/toy")
    assert sorted(hub.downloads()) == [CONFIG, WEIGHTS]
    hub.requests.clear()
    assert download("artgan/toy") == first
    assert len(hub.requests) == 1  # is main still this commit?
    assert hub.downloads() == []
    assert {file.name for file in first.iterdir()} == {CONFIG, WEIGHTS}


def test_the_cache_serves_when_the_hub_does_not(hub, files, monkeypatch):
    repo = hub.add("artgan/toy", files)
    first = download("artgan/toy")
    repo.status = 503
    assert download("artgan/toy") == first
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    hub.requests.clear()
    assert download("artgan/toy") == download("artgan/toy", local_files_only=True) == first
    assert hub.requests == []


def test_a_revision_is_a_branch_a_tag_or_a_commit(hub, files, config):
    repo = hub.add("artgan/toy", files)
    older = repo.branches["main"]
    newer = repo.commit(files | {CONFIG: files[CONFIG].replace(b"A toy.", b"A better toy.")}, branch="v2")
    assert download("artgan/toy").name == older
    assert download("artgan/toy", revision="v2").name == newer
    assert download("artgan/toy", revision=newer) == download("artgan/toy", revision="v2")
    assert load_network(download("artgan/toy", revision="v2"))[1].description == "A better toy."
    assert hub.downloads().count(WEIGHTS) == 1  # the same file in both


def test_config_and_weights_are_of_one_commit_even_if_main_moves_between(hub, files, monkeypatch):
    repo = hub.add("artgan/toy", files)
    older = repo.branches["main"]
    answer = hub.answer

    def moving(path, token):
        result = answer(path, token)
        if path.endswith(CONFIG) and repo.branches["main"] == older and hub.requests[-1].startswith("GET"):
            repo.commit({CONFIG: files[CONFIG], WEIGHTS: b"another model's"})
        return result

    monkeypatch.setattr(hub, "answer", moving)
    found = download("artgan/toy")
    assert repo.branches["main"] != older
    assert found.name == older
    assert (found / WEIGHTS).read_bytes() == files[WEIGHTS]


def test_a_fresh_download_replaces_a_damaged_file(hub, files):
    hub.add("artgan/toy", files)
    weights = download("artgan/toy") / WEIGHTS
    good = weights.read_bytes()
    weights.resolve().write_bytes(good[:-1] + b"!")
    with pytest.raises(
        IncompatibleModelError, match=r"SHA-256 is not the Hub's\. Download it again: force_download=True"
    ):
        download("artgan/toy")
    assert (download("artgan/toy", force_download=True) / WEIGHTS).read_bytes() == good


def test_a_broken_connection_is_mended_in_the_same_call_or_the_next(hub, files):
    hub.add("artgan/toy", files).cuts = 1
    with suppress(ModelNotFoundError):  # version 1.0 of the client gives up at once
        download("artgan/toy")
    assert (download("artgan/toy") / WEIGHTS).read_bytes() == files[WEIGHTS]
    assert hub.downloads().count(WEIGHTS) == 2


def test_what_arrived_before_a_connection_broke_is_not_fetched_again(hub, files, monkeypatch):
    monkeypatch.setattr(constants, "DOWNLOAD_CHUNK_SIZE", 100)  # of whole chunks, that is
    hub.add("artgan/toy", files).cuts = 1
    try:
        download("artgan/toy")
    except ModelNotFoundError:
        pytest.skip("this version of the client gives up at once")
    assert len(hub.sent_bytes) == 2
    assert sum(hub.sent_bytes) < len(files[WEIGHTS]) + 100


def test_a_download_that_never_ends_well_leaves_nothing_that_passes_for_a_model(hub, files):
    repo = hub.add("artgan/toy", files)
    repo.cuts = 1000
    with pytest.raises(ArtganError, match="artgan/toy"):
        download("artgan/toy")
    with pytest.raises(ModelNotFoundError, match=f"{WEIGHTS} of artgan/toy is not in the download cache"):
        download("artgan/toy", local_files_only=True)
    repo.cuts = 0
    assert (download("artgan/toy") / WEIGHTS).read_bytes() == files[WEIGHTS]


def test_bytes_that_are_not_the_hubs_are_refused(hub, files):
    hub.add("artgan/toy", files).wrong_bytes = True
    with pytest.raises(IncompatibleModelError, match="its SHA-256 is not the Hub's"):
        download("artgan/toy")


def test_an_unknown_id_gets_the_nearest_shipped_ones(hub, monkeypatch, folder):
    monkeypatch.setattr(shipped, "_shipped_root", lambda: folder.parent)
    with pytest.raises(ModelNotFoundError, match=r"the Hub has no model 'artgan/tyo'\. Did you mean artgan/toy\?$"):
        download("artgan/tyo")
    with pytest.raises(ModelNotFoundError, match=r"no model 'nobody/nothing'.*hf auth login"):
        download("nobody/nothing")


def test_a_gated_model_opens_with_the_right_token(hub, files):
    hub.add("artgan/toy", files).gated_for = "hf_right"
    with pytest.raises(
        ModelNotFoundError, match=r"gated \(401\): accept its terms at http.*/artgan/toy, then hf auth login"
    ):
        download("artgan/toy")
    with pytest.raises(ModelNotFoundError, match=r"gated \(403\)") as caught:
        download("artgan/toy", token="hf_wrong")
    assert "hf_wrong" not in str(caught.value)
    assert (download("artgan/toy", token="hf_right") / WEIGHTS).is_file()


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, "answered 401 and does not accept the token"),
        (403, "answered 403 and does not let this token read it"),
        (418, "answered 418 and gave an answer that was not expected"),
        (429, "answered 429 and asks to slow down"),
        (500, "answered 500 and has trouble"),
        (503, "answered 503 and has trouble"),
    ],
)
@pytest.mark.parametrize("force", [False, True])
def test_each_refusal_is_one_line_of_its_own(hub, files, status, message, force):
    hub.add("artgan/toy", files).status = status
    with pytest.raises(ModelNotFoundError, match=message) as caught:
        download("artgan/toy", force_download=force)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is not None


def test_an_unknown_revision_is_named(hub, files):
    hub.add("artgan/toy", files)
    with pytest.raises(ModelNotFoundError, match=r"artgan/toy has no revision 'v9'; see http.*/artgan/toy/tree/main"):
        download("artgan/toy", revision="v9")


@pytest.mark.parametrize("name", [CONFIG, WEIGHTS])
def test_a_repository_without_one_of_the_files_is_named(hub, files, name):
    del files[name]
    hub.add("artgan/toy", files)
    with pytest.raises(IncompatibleModelError, match=f"artgan/toy has no {name}; a model has"):
        download("artgan/toy")


def test_another_librarys_model_is_refused_before_its_weights_are_fetched(hub, files):
    hub.add("someone/llm", files | {CONFIG: b'{"model_type": "llama"}'})
    with pytest.raises(IncompatibleModelError, match=r"library is None.*not a model of this package"):
        download("someone/llm")
    assert hub.downloads() == [CONFIG]


@pytest.mark.parametrize("kept", [0, 100])
def test_weights_broken_on_the_hub_itself_are_refused_when_loaded(hub, files, kept):
    hub.add("artgan/toy", files | {WEIGHTS: files[WEIGHTS][:kept]})
    with pytest.raises(IncompatibleModelError, match=r"has 0 bytes|is cut short"):
        load_network(download("artgan/toy"))


def test_no_connection_says_so(hub, monkeypatch):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    nowhere = f"http://127.0.0.1:{port}"
    monkeypatch.setattr(constants, "ENDPOINT", nowhere)
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", nowhere + "/{repo_id}/resolve/{revision}/{filename}")
    waits = []
    monkeypatch.setattr("time.sleep", waits.append)
    with pytest.raises(ModelNotFoundError, match=f"no connection to {nowhere} for artgan/toy"):
        download("artgan/toy")
    assert waits == []  # the client alone would wait for half a minute


def test_the_cache_serves_without_a_connection(hub, files, monkeypatch):
    hub.add("artgan/toy", files)
    first = download("artgan/toy")
    monkeypatch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", "http://127.0.0.1:9/{repo_id}/{revision}/{filename}")
    assert download("artgan/toy") == first


def test_a_page_that_is_no_hub_is_told_apart(hub, files, monkeypatch):
    hub.add("artgan/toy", files)
    answer = hub.answer

    def sign_in_page(path, token):
        result = answer(path, token)
        return type(result)(200, {}, b"<html>Welcome to the hotel</html>")

    monkeypatch.setattr(hub, "answer", sign_in_page)
    with pytest.raises(ModelNotFoundError, match="is no Hub: check HF_ENDPOINT, proxy and sign-in pages"):
        download("artgan/toy")


def test_a_cache_path_that_is_a_file_is_named(hub, files, tmp_path):
    hub.add("artgan/toy", files)
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelNotFoundError, match=r"cannot be stored .*: try another cache_dir"):
        download("artgan/toy", cache_dir=tmp_path / "file")


def test_a_token_that_is_asked_for_but_not_stored_is_told(hub, monkeypatch, tmp_path):
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setattr(constants, "HF_TOKEN_PATH", str(tmp_path / "none"))
    with pytest.raises(ModelNotFoundError, match="no token is stored: hf auth login"):
        download("artgan/toy", token=True)
