import logging

import pytest
import torch
from torch import nn

from artgan_hf.errors import IncompatibleModelError, OptionError
from artgan_hf.restoring import precision
from artgan_hf.restoring.precision import choose_device, choose_dtype, run_network
from tests.toy_models import toy_network

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("cuda", "mps", "expected"), [(True, True, "cuda"), (False, True, "mps"), (False, False, "cpu")]
)
def test_auto_takes_the_best_device(monkeypatch, cuda, mps, expected):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: int(cuda))
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert choose_device("auto").type == expected


@pytest.mark.parametrize("device", ["gpu", "cuda:x", "meta", 3.5, None, ""])
def test_an_unknown_device_is_refused(device):
    with pytest.raises(OptionError, match="auto, cpu, cuda, cuda:1"):
        choose_device(device)


def test_an_absent_device_is_refused(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    assert choose_device("cuda:0") == torch.device("cuda:0")
    with pytest.raises(OptionError, match="'cuda:1', but torch finds none here"):
        choose_device("cuda:1")


@pytest.mark.parametrize(
    ("capabilities", "expected"),
    [
        ({"avx512_bf16": True, "amx_bf16": False}, torch.bfloat16),
        ({"avx512_bf16": False, "amx_bf16": True}, torch.bfloat16),
        ({"avx512_bf16": False, "avx2": True}, torch.float32),
        ({"architecture": "aarch64"}, torch.float32),
    ],
)
def test_a_cpu_runs_bfloat16_only_with_hardware_for_it(monkeypatch, capabilities, expected):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: capabilities, raising=False)
    assert choose_dtype(CPU) == expected


def test_a_torch_that_cannot_say_means_float32(monkeypatch):
    monkeypatch.delattr(torch.cpu, "get_capabilities", raising=False)
    assert choose_dtype(CPU) == torch.float32


def test_a_gpu_runs_bfloat16_unless_it_would_emulate_it(monkeypatch):
    for capability, expected in (((8, 0), torch.bfloat16), ((7, 5), torch.float32)):
        monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device, found=capability: found)
        assert choose_dtype(torch.device("cuda")) == expected
    assert choose_dtype(torch.device("mps")) == torch.float32


@pytest.mark.parametrize("dtype", ["float16", torch.float16, torch.float64, "half", None])
def test_a_dtype_that_turns_pictures_black_is_refused(dtype):
    with pytest.raises(OptionError, match="float32 or bfloat16 was expected"):
        choose_dtype(CPU, dtype)


def test_slow_bfloat16_is_given_when_asked_for_but_not_in_silence(monkeypatch, caplog):
    monkeypatch.setattr(precision, "_cpu_capabilities", dict)
    with caplog.at_level(logging.WARNING, "artgan_hf"):
        assert choose_dtype(CPU, "bfloat16") == choose_dtype(CPU, torch.bfloat16) == torch.bfloat16
    assert "float32 is many times faster" in caplog.text


def test_bfloat16_stays_within_a_level_and_keeps_the_input_whole():
    network = toy_network().requires_grad_(False)
    with torch.no_grad():
        network.tail.weight.mul_(0.1)
    tile = torch.rand(1, 3, 40, 40)
    exact = run_network(network, tile, CPU, torch.float32)
    reduced = run_network(network, tile, CPU, torch.bfloat16)
    assert reduced.dtype == torch.float32
    assert 0 < (exact - reduced).abs().mean() < 1 / 255
    with torch.no_grad():
        network.tail.weight.zero_()
        network.tail.bias.zero_()
    assert torch.equal(run_network(network, tile, CPU, torch.bfloat16), tile)


class FailsWhen(nn.Module):
    def __init__(self, fails):
        super().__init__()
        self.fails = fails

    def forward(self, tile):
        return tile * float("nan") if self.fails() else tile


def test_a_tile_that_is_not_finite_is_computed_again_in_float32():
    network = FailsWhen(lambda: torch.is_autocast_enabled("cpu"))
    tile = torch.rand(1, 3, 8, 8)
    assert torch.equal(run_network(network, tile, CPU, torch.bfloat16), tile)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_tile_that_stays_infinite_is_a_clear_error(dtype):
    with pytest.raises(IncompatibleModelError, match="infinite or NaN pixels in float32"):
        run_network(FailsWhen(lambda: True), torch.rand(1, 3, 8, 8), CPU, dtype)
