"""The ensemble: whose word on the quality counts, which expert restores, and what is left alone."""

import io
import json
import pickle
import shutil
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from PIL import Image

from artgan_hf import IncompatibleModelError, ModelNotFoundError, QualityError, QualityPredictor, Restorer, pipeline
from artgan_hf.codecs import encode
from artgan_hf.restoring import ensemble
from artgan_hf.restoring.ensemble import decide_quality
from tests.loopback_hub import connect_client, serve_hub
from tests.toy_models import toy_predictor_folder, toy_shelf


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    monkeypatch.chdir(toy_shelf(tmp_path, quality=12))
    return tmp_path / "toys"


def auto(**knobs):
    return Restorer.from_pretrained("toys/auto", device="cpu", **knobs)


def single(name, **knobs):
    return Restorer.from_pretrained(f"toys/{name}", device="cpu", **knobs)


def smooth(height=32, width=48):
    small = Image.fromarray(np.random.default_rng(0).integers(0, 256, (6, 6, 3), dtype=np.uint8))
    return np.asarray(small.resize((width, height), Image.Resampling.BICUBIC))


@pytest.mark.parametrize(
    ("tables", "pixels", "expected"),
    [
        (90, 90, (90, "tables")),
        (90, 15, (15, "pixels")),  # saved again
        (10, 8, (10, "tables")),  # steps 1.25 times as coarse
        (10, 6, (6, "pixels")),  # 1.6 times
        (60, 45, (60, "tables")),
        (60, 35, (35, "pixels")),
        (10, 60, (10, "tables")),  # a file cannot be better than its tables
        (None, 15, (15, "pixels")),
        (30, None, (30, "tables")),
        (None, None, (None, None)),
    ],
)
def test_tables_are_believed_unless_the_pixels_are_clearly_worse(tables, pixels, expected):
    assert decide_quality(tables, pixels) == expected


@pytest.mark.parametrize(
    ("source", "chosen"),
    [
        (encode(smooth(), 10), (10, "tables", "toys/gan")),
        (encode(smooth(), 90), (12, "pixels", "toys/gan")),
        (smooth(), (12, "pixels", "toys/gan")),
    ],
)
def test_the_result_tells_quality_whose_word_it_is_and_the_expert(shelf, source, chosen):
    result = auto().restore(source)
    assert (result.quality, result.quality_from, result.model) == chosen
    assert result.predicted.quality == 12
    assert result.predicted.probabilities[10] == pytest.approx(1, abs=1e-3)
    assert np.array_equal(np.asarray(result.image), np.asarray(single("gan")(source)))


@pytest.mark.parametrize(("quality", "expert"), [(1, "gan"), (25, "gan"), (26, "pixel"), (95, "pixel")])
def test_the_nearest_expert_restores_for_the_asked_quality(shelf, quality, expert):
    for result in (auto(quality=quality).restore(smooth()), auto().restore(smooth(), quality=quality)):
        assert (result.quality, result.quality_from, result.model) == (quality, "asked", f"toys/{expert}")
        assert result.predicted is None
        assert np.array_equal(result.image, single(expert)(smooth()))
    with pytest.raises(QualityError, match="quality is 0"):
        auto(quality=0)


def test_hardly_compressed_pictures_are_left_alone(shelf):
    for quality, strength in ((99, 0), (94, 0.5), (90, 1)):
        shutil.rmtree(shelf / "predictor")
        toy_predictor_folder(shelf / "predictor", quality)
        assert np.array_equal(auto()(smooth()), single("pixel", strength=strength)(smooth()))
        assert np.array_equal(auto(strength=0.5)(smooth()), single("pixel", strength=0.5 * strength)(smooth()))


def test_a_picture_too_small_to_judge_goes_by_its_tables_or_gently(shelf):
    result = auto().restore(encode(smooth(15, 48), 10))
    assert (result.quality_from, result.model, result.predicted) == ("tables", "toys/gan", None)
    result = auto().restore(smooth(15, 48))
    assert (result.quality, result.quality_from, result.model) == (None, None, "toys/pixel")


def test_tables_that_no_longer_belong_to_the_pixels_do_not_count(shelf):
    shutil.rmtree(shelf / "predictor")
    toy_predictor_folder(shelf / "predictor", 60)
    image = Image.open(io.BytesIO(encode(smooth(64, 96), 10)))
    assert auto().restore(image).quality_from == "tables"
    image.thumbnail((48, 32))
    assert (auto().restore(image).quality, auto().restore(image).quality_from) == (60, "pixels")


def test_networks_are_loaded_when_needed_and_few_are_kept(tmp_path, monkeypatch):
    names = {quality: f"toys/copy{quality}" for quality in (10, 20, 30, 40)}
    monkeypatch.chdir(toy_shelf(tmp_path, experts=names))
    for name in names.values():
        shutil.copytree(tmp_path / "toys" / "pixel", tmp_path / name)
    load, loaded = ensemble.load_network, []
    monkeypatch.setattr(ensemble, "load_network", lambda folder: loaded.append(folder.name) or load(folder))
    restorer = auto()
    assert loaded == []
    for quality in (10, 10, 20, 30, 10, 40, 10, 20):
        restorer(smooth(), quality=quality)
    assert loaded == ["toys/copy10", "toys/copy20", "toys/copy30", "toys/copy40", "toys/copy20"]


def test_a_forced_download_is_forced_once(tmp_path, monkeypatch):
    monkeypatch.setattr(ensemble, "KEPT_EXPERTS", 1)
    folder = toy_shelf(tmp_path)
    with serve_hub() as hub:
        connect_client(monkeypatch, hub.url, tmp_path / "cache")
        for model in (folder / "toys").iterdir():
            hub.add(f"toys/{model.name}", {file.name: file.read_bytes() for file in model.iterdir()})
        restorer = auto(fidelity=1, force_download=True)
        restored = [restorer(smooth(), quality=quality) for quality in (10, 40)]
        hub.requests.clear()
        for one in (restorer, pickle.loads(pickle.dumps(restorer))):
            for quality, expected in zip((10, 40), restored, strict=True):
                assert np.array_equal(one(smooth(), quality=quality), expected)
        assert hub.requests == []


def test_fidelity_goes_to_the_experts_that_have_a_parent(shelf):
    faithful = auto(fidelity=1)
    assert np.array_equal(faithful(smooth(), quality=10), single("pixel")(smooth()))
    assert np.array_equal(faithful(smooth(), quality=40), single("pixel")(smooth()))


def test_folders_lists_batches_and_consistency_work_alike(shelf, tmp_path):
    jpeg = encode(smooth(), 10)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").write_bytes(jpeg)
    (tmp_path / "in" / "b.jpg").write_bytes(encode(smooth(), 90))
    report = auto().folder(tmp_path / "in", tmp_path / "out", workers=2, progress=False)
    assert [(file.quality, file.quality_from, file.model) for file in report.restored] == [
        (10, "tables", "toys/gan"),
        (12, "pixels", "toys/gan"),
    ]
    restorer = pipeline(model="toys/auto", device="cpu", tile_px=64)
    assert [one.shape for one in restorer([smooth(), smooth(20, 20)])] == [(32, 48, 3), (20, 20, 3)]
    batch = smooth().transpose(2, 0, 1)[None]
    assert np.array_equal(restorer(batch)[0].transpose(1, 2, 0), restorer(smooth()))
    bound = restorer(jpeg, consistent=True)
    assert bound.tobytes() == single("gan")(jpeg, consistent=True).tobytes()


def test_it_can_be_pickled_and_shared_by_threads(shelf):
    restorer = auto(quality=10, strength=0.5, tile_px=64)
    expected = restorer(smooth())
    assert np.array_equal(pickle.loads(pickle.dumps(restorer))(smooth()), expected)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda quality: restorer.restore(smooth(), quality=quality), [10, 40] * 4))
    assert [result.model for result in results] == ["toys/gan", "toys/pixel"] * 4


def test_a_knob_out_of_range_is_told_before_the_first_picture(shelf):
    with pytest.raises(ValueError, match="tile_px is 8"):
        auto(tile_px=8)


def test_missing_experts_and_ensembles_of_ensembles_are_told_by_name(shelf):
    content = json.loads((shelf / "auto" / "config.json").read_text())
    (shelf / "auto" / "config.json").write_text(json.dumps(content | {"experts": {"10": "toys/auto", "40": "toys/no"}}))
    restorer = auto(local_files_only=True)
    with pytest.raises(IncompatibleModelError, match="toys/auto is an ensemble, but a generator was asked for"):
        restorer(smooth(), quality=10)
    with pytest.raises(ModelNotFoundError, match="toys/no"):
        restorer(smooth(), quality=40)


def test_an_ensemble_has_no_network_and_is_no_predictor(shelf):
    with pytest.raises(IncompatibleModelError, match="toys/auto chooses among networks and has none of its own"):
        _ = auto().network
    with pytest.raises(IncompatibleModelError, match=r"toys/auto is an ensemble, .*: load it with Restorer"):
        QualityPredictor.from_pretrained("toys/auto")
    with pytest.raises(IncompatibleModelError, match="there is no network, but the config of x is a generator's"):
        Restorer(None, single("pixel").config, name="x")


def test_a_single_network_refuses_a_quality(shelf):
    with pytest.raises(ValueError, match=r"quality is 10, but toys/gan is a single network .* an ensemble such as"):
        single("gan", quality=10)
