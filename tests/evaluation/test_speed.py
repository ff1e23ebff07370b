import json

import numpy as np
import pytest
import torch

from artgan_hf.codecs import encode
from artgan_hf.errors import ImageError, ModelNotFoundError, OptionError
from artgan_hf.evaluation import speed
from artgan_hf.evaluation.fresh_process import Memory
from artgan_hf.evaluation.speed import Contender, DncnnShape, SpeedReport, SpeedRow, measure_speed, noise_picture
from artgan_hf.hub import ModelConfig, save_model
from artgan_hf.networks import UnshuffleGenerator


@pytest.fixture
def toy(tmp_path) -> str:
    options = {"channels": 8, "blocks": 1, "fold": 4}
    config = ModelConfig(architecture="unshuffle", options=options, codec="jpeg", quality=(5, 95), description="A toy.")
    save_model(tmp_path / "toy", UnshuffleGenerator(**options), config)
    return str(tmp_path / "toy")


def test_the_yardstick_is_dncnn_3_and_sees_as_far_as_it_says():
    network = DncnnShape()
    convolutions = [layer for layer in network if isinstance(layer, torch.nn.Conv2d)]
    assert len(convolutions) == 20
    assert {convolution.out_channels for convolution in convolutions[:-1]} == {64}
    assert (
        sum(parameter.numel() for parameter in network.parameters()) == 2 * 3 * 64 * 9 + 18 * 64 * 64 * 9 + 19 * 64 + 3
    )
    assert network.receptive_radius_px == len(convolutions)
    assert network(torch.rand(1, 3, 8, 9)).shape == (1, 3, 8, 9)


def test_a_contender_restores_from_8_bits_to_8_bits(toy):
    picture = noise_picture(0.003)
    np.testing.assert_array_equal(Contender(toy).restore(picture), picture)


def test_a_contender_restores_a_file_as_a_user_would(toy, tmp_path):
    (tmp_path / "photo.jpg").write_bytes(encode(noise_picture(0.003), 10))
    Contender(toy).restore_file(tmp_path / "photo.jpg")
    with pytest.raises(ImageError, match=r"nowhere\.jpg"):
        Contender("dncnn-3").restore_file(tmp_path / "nowhere.jpg")


def test_a_run_measures_every_network_next_to_the_yardstick(toy, monkeypatch):
    monkeypatch.setattr(speed, "IMPORTS", ("import json",))
    monkeypatch.setattr(speed, "restoring_memory", lambda *arguments: Memory(7.0, 300.0))  # has a test of its own
    report = measure_speed([toy], megapixels=0.002, repeats=1)
    measured = [row for row in report.rows if row.why_not is None]
    assert [row.model for row in measured[:2]] == [toy, "dncnn-3"]
    assert measured[0].times_dncnn == pytest.approx(measured[0].megapixels_per_s / measured[1].megapixels_per_s)
    assert measured[1].times_dncnn == 1
    assert all(row.megapixels_per_s > 0 and (row.memory_mb, row.peak_mb) == (7, 300) for row in measured)
    assert report.import_s["import json"] > 0
    json.dumps(report.as_dict(), allow_nan=False)


def test_the_yardstick_is_left_out_of_large_pictures_unless_it_is_named(toy, monkeypatch):
    monkeypatch.setattr(speed, "DNCNN_MOST_MEGAPIXELS", 0.001)
    monkeypatch.setattr(speed, "restoring_memory", lambda *arguments: Memory(1.0, 2.0))
    monkeypatch.setattr(speed, "import_seconds", lambda statement: 1.0)
    (alone,) = {row.model for row in measure_speed([toy], megapixels=0.002, repeats=1).rows}
    assert alone == toy
    rows = measure_speed([toy, "dncnn-3"], megapixels=0.002, repeats=1).rows
    assert [row.model for row in rows[:2]] == [toy, "dncnn-3"]
    assert rows[0].times_dncnn == pytest.approx(rows[0].megapixels_per_s / rows[1].megapixels_per_s)


def test_without_bfloat16_hardware_the_row_says_why(toy, monkeypatch):
    monkeypatch.setattr(speed, "choose_dtype", lambda device, dtype="auto": torch.float32)
    monkeypatch.setattr(speed, "restoring_memory", lambda *arguments: Memory(1.0, 2.0))
    monkeypatch.setattr(speed, "import_seconds", lambda statement: 1.0)
    rows = measure_speed([toy], megapixels=0.002, repeats=1).rows
    assert [(row.dtype, row.megapixels_per_s is None) for row in rows] == [("float32", False)] * 2 + [
        ("bfloat16", True)
    ] * 2
    assert "does not compute in bfloat16" in rows[-1].why_not


def test_the_table_shows_what_was_not_measured_as_a_dash():
    rows = (SpeedRow("ours", "float32", 2.5, 4.0, 120.4, 480.6), SpeedRow("ours", "bfloat16", why_not="no hardware"))
    lines = SpeedReport(1.0, 5, rows, {"import torch": 1.25}).table().splitlines()
    assert lines[0].startswith("1 megapixels, medians of 5, ")
    assert lines[1:5] == [
        "model  dtype     Mpx/s  x DnCNN-3  memory MB  peak MB",
        "ours   float32   2.500       4.00        120      481",
        "ours   bfloat16      -          -          -        -",
        "ours in bfloat16: no hardware",
    ]
    assert lines[-1].split() == ["import", "torch", "1.25"]


def test_bad_knobs_and_unknown_models_are_refused(toy, tmp_path):
    with pytest.raises(OptionError, match="megapixels is 0"):
        measure_speed([toy], megapixels=0)
    with pytest.raises(OptionError, match="repeats 0"):
        measure_speed([toy], repeats=0)
    with pytest.raises(ModelNotFoundError):
        Contender(str(tmp_path / "nowhere"))
