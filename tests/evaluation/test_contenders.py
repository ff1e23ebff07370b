from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from toy_models import toy_child, toy_config, toy_network, toy_predictor_folder, toy_shelf

from artgan_hf.codecs import encode
from artgan_hf.evaluation.contenders import shipped_methods
from artgan_hf.hub import list_models, save_model, shipped
from artgan_hf.restoring import Restorer


@pytest.fixture
def shelf(tmp_path, monkeypatch) -> Path:
    """The toys as if they were shipped, a model for video among them."""
    folder = toy_shelf(tmp_path) / "toys"
    (folder / "predictor").rename(folder / "eye")
    toy_predictor_folder(folder / "eye")
    (folder / "auto" / "config.json").write_text(
        (folder / "auto" / "config.json")
        .read_text()
        .replace("toys/predictor", "artgan/eye")
        .replace("toys/", "artgan/")
    )
    save_model(folder / "gan", toy_child(), replace(toy_config(), parent="artgan/pixel", quality=(5, 20)))
    save_model(folder / "grandchild", toy_network(), replace(toy_config(), parent="artgan/gan", quality=(5, 5)))
    save_model(folder / "video", toy_network(), replace(toy_config(), codec="h264"))
    monkeypatch.setattr(shipped, "_shipped_root", lambda: folder)
    return folder


def test_each_model_comes_with_the_qualities_it_is_for(shelf):
    methods = {method.name: method.qualities for method in shipped_methods([5, 10, 20, 40], device="cpu")}
    assert {model.id for model in list_models()} >= {"artgan/eye", "artgan/video"}
    assert methods.pop("artgan/auto") >= {10, 40}
    assert methods == {
        "artgan/gan": {5, 10, 20},
        "artgan/grandchild": {5},
        "artgan/pixel": {10},
    }


def test_at_fidelity_1_a_gan_is_its_parent(shelf):
    found = {method.name: method for method in shipped_methods([10], device="cpu", dtype="float32")}
    back = Restorer.from_pretrained("artgan/gan", device="cpu", dtype="float32", fidelity=1)
    jpeg = encode(np.random.default_rng(0).integers(0, 256, (32, 32, 3), dtype=np.uint8), 10)
    gan, faithful, pixel = (
        np.asarray(method.restore(jpeg).image) for method in (found["artgan/gan"], back, found["artgan/pixel"])
    )
    assert np.array_equal(faithful, pixel)
    assert not np.array_equal(gan, pixel)


def test_a_model_for_none_of_the_qualities_is_left_out(shelf):
    assert "artgan/pixel" not in {method.name for method in shipped_methods([40], device="cpu")}
