"""The shipped weights keep what the cards and the README promise."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from artgan_hf import QualityPredictor, Restorer, VideoRestorer, list_models
from artgan_hf.codecs.jpeg import degrade, degrade_twice, encode
from artgan_hf.codecs.video import VideoEncoding, degrade_clip
from artgan_hf.evaluation import make_figures, run_benchmark
from artgan_hf.evaluation.clean_pictures import list_clean, read_clean, to_tensor
from artgan_hf.functional import psnr
from artgan_hf.functional.niqe import niqe
from artgan_hf.restoring.consistency import project

PIXEL_NETWORKS = {"artgan/universal-pixel", "artgan/realtime-pixel"}
LIVE = {"artgan/realtime", "artgan/talking-head"}
EXPERTS = {quality: f"artgan/qf{quality}" for quality in (5, 10, 20, 30, 40, 60)}
GANS = {"artgan/universal", "artgan/faces", *EXPERTS.values(), *LIVE}
SHIPPED = {"artgan/auto", "artgan/deck-qf10", "artgan/qf-predictor"} | PIXEL_NETWORKS | GANS


@pytest.fixture(scope="module")
def restorer():
    return Restorer.from_pretrained("artgan/qf10", device="cpu")


@pytest.fixture
def otter(repository):
    with Image.open(repository / "artgan_hf" / "samples" / "otters.avif") as image:
        return np.asarray(image.convert("RGB"))[80:336, 160:480]


def decibels(image, clean):
    return -10 * np.log10(np.square((image.astype(float) - clean) / 255).mean())


def test_the_package_ships_what_it_lists():
    assert {model.id for model in list_models()} == SHIPPED
    assert all(model.parameters <= 1_500_000 for model in list_models())
    with_parent = {model.id for model in list_models() if getattr(model.config, "parent", None) in PIXEL_NETWORKS}
    assert with_parent == GANS - {"artgan/talking-head"}


def test_a_gan_makes_a_sample_natural_and_its_parent_makes_it_faithful(restorer, otter):
    compressed = degrade(otter, 10)
    sharp, faithful = restorer(compressed), restorer(compressed, fidelity=1)
    assert decibels(sharp, otter) > decibels(compressed, otter) - 0.6
    assert decibels(faithful, otter) > decibels(compressed, otter) + 0.8
    unnatural = {name: niqe(to_tensor(image)).item() for name, image in (("jpeg", compressed), ("gan", sharp))}
    assert unnatural["gan"] < unnatural["jpeg"] - 1


@pytest.mark.parametrize(("quality", "expert"), EXPERTS.items())
def test_auto_takes_the_network_of_the_quality_by_tables_or_by_pixels(otter, quality, expert):
    auto = Restorer.from_pretrained("artgan/auto", device="cpu")
    assert auto.restore(encode(otter, quality)).model == expert
    assert auto.restore(degrade(otter, quality)).model == expert


@pytest.mark.parametrize("model", sorted(LIVE))
def test_video_comes_out_more_natural_and_no_less_steady(repository, model):
    pytest.importorskip("av", reason="needs the [video] extra")
    with Image.open(repository / "artgan_hf" / "samples" / "portrait.avif") as image:
        still = np.asarray(image.convert("RGB"))
    clean = [still[60 + time : 316 + time, 40:296] for time in range(5)]  # a slow pan
    decoded = degrade_clip(clean, VideoEncoding("h264", 36)).frames
    restored = list(VideoRestorer.from_pretrained(model, device="cpu").frames(decoded))
    originals, before, after = (torch.cat([to_tensor(frame) for frame in clip]) for clip in (clean, decoded, restored))
    assert niqe(after[-1:]) < niqe(before[-1:]) - 0.5
    assert psnr(after, originals).mean() > psnr(before, originals).mean() - 0.6


def test_a_clean_picture_is_left_well_alone(otter):
    change = Restorer.from_pretrained("artgan/auto", device="cpu")(otter).astype(float) - otter
    assert np.square(change / 255).mean() < 10**-4.2  # 42 dB


def test_even_colours_do_not_drift(restorer):
    values = (0, 64, 128, 192, 255)
    for colour in [(r, g, b) for r in values for g in values for b in values]:
        compressed = degrade(np.full((64, 64, 3), colour, np.uint8), 10)
        drift = (restorer(compressed).astype(float) - compressed).mean((0, 1))
        assert np.abs(drift).max() < 0.5, f"{colour} drifts by {drift.round(2)}"


def test_grey_stays_grey_in_every_form(restorer, otter):
    grey = np.asarray(Image.fromarray(otter).convert("L"))
    jpeg = io.BytesIO(encode(grey, 10))
    assert restorer(jpeg).mode == "L"
    three = np.repeat(degrade(grey, 10)[..., None], 3, axis=2)
    assert np.ptp(restorer(three), axis=2).max() == 0


def test_tiles_show_no_seam(otter):
    whole, tiled = (Restorer.from_pretrained("artgan/qf10", tile_px=tile)(otter).astype(int) for tile in (1024, 96))
    assert np.abs(whole - tiled).max() <= 1


def test_bfloat16_changes_the_picture_by_less_than_a_level(otter):
    compressed = degrade(otter, 10)
    exact, coarse = (
        Restorer.from_pretrained("artgan/qf10", device="cpu", dtype=dtype)(compressed).astype(float)
        for dtype in ("float32", "bfloat16")
    )
    assert 0 < np.abs(coarse - exact).mean() < 1


def test_a_picture_and_its_batch_give_the_same(restorer, otter):
    tensor = torch.from_numpy(otter.copy()).permute(2, 0, 1).float() / 255
    batch = restorer(tensor.expand(2, -1, -1, -1))
    assert torch.allclose(batch[0], restorer(tensor), atol=1e-5)


def test_a_consistent_restoration_compresses_to_the_same_file(restorer, otter):
    jpeg = encode(otter, 10)
    free, bound = np.asarray(restorer(jpeg)), np.asarray(restorer(jpeg, consistent=True))
    assert decibels(bound, otter) >= decibels(free, otter)
    again = encode(bound, 10)
    first, second = (np.asarray(Image.open(io.BytesIO(data)).convert("RGB")) for data in (jpeg, again))
    assert (first == second).mean() > 0.99
    assert np.array_equal(project(bound, jpeg), bound)


@pytest.mark.parametrize("quality", [5, 10, 20, 30, 40, 60])
def test_the_quality_is_read_from_pixels_on_any_grid(otter, quality):
    predictor = QualityPredictor.from_pretrained("artgan/qf-predictor", device="cpu")
    predicted = predictor(degrade(otter, quality)[3:, 5:])
    assert abs(predicted.quality - quality) <= 2
    assert max(predicted.probabilities, key=predicted.probabilities.get) == quality


@pytest.mark.slow
def test_live1_at_quality_10_reaches_the_bar(restorer, shared_data):
    faithful = Restorer.from_pretrained("artgan/qf10", device="cpu", fidelity=1)
    figures = make_figures(["psnr"])
    benchmark = run_benchmark([restorer], shared_data / "test" / "LIVE1", [10], figures=figures).as_dict()
    jpeg, sharp = benchmark["rows"]
    assert jpeg["psnr"] == pytest.approx(25.69, abs=0.01)
    assert sharp["psnr"] >= jpeg["psnr"] - 0.6
    *_, ours = run_benchmark([faithful], shared_data / "test" / "LIVE1", [10], figures=figures).as_dict()["rows"]
    assert ours["psnr"] >= 27.0
    assert ours["better"] == benchmark["images"] == 29


@pytest.mark.slow
def test_live1_compressed_twice_on_shifted_grids_gains_a_decibel(shared_data):
    restorer = Restorer.from_pretrained("artgan/universal", device="cpu")
    gains = []
    for path in list_clean(shared_data / "test" / "LIVE1"):
        clean = read_clean(path)
        compressed = degrade_twice(clean, 20, 50, shift_px=(4, 4))
        before, after = (psnr(to_tensor(one), to_tensor(clean)).item() for one in (compressed, restorer(compressed)))
        gains.append(after - before)
    assert np.mean(gains) >= 1.0


@pytest.mark.slow
def test_flat_areas_of_live1_keep_their_colour_on_average(restorer, shared_data):
    shifts = []
    for path in sorted((shared_data / "test" / "LIVE1").iterdir()):
        with Image.open(path) as clean:
            jpeg = encode(np.asarray(clean.convert("RGB")), 10)
        before = blocks_of_16(np.asarray(Image.open(io.BytesIO(jpeg)).convert("RGB")))
        after = blocks_of_16(np.asarray(restorer(jpeg)))
        is_flat = before.std(1).max(1) < 1
        shifts.append((after - before).mean(1)[is_flat])
    drift = np.concatenate(shifts).mean(0)
    assert np.abs(drift).max() < 0.5, drift.round(2)


def blocks_of_16(image):
    """Returns (blocks, 256, 3)."""
    height, width = (side // 16 * 16 for side in image.shape[:2])
    grid = image[:height, :width].astype(float).reshape(height // 16, 16, width // 16, 16, 3)
    return grid.transpose(0, 2, 1, 3, 4).reshape(-1, 256, 3)
