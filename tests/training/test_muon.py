"""Muon: orthogonal moves for kernels, Adam's for the rest."""

import copy

import pytest
import torch
from torch import nn

from artgan_hf.errors import OptionError
from artgan_hf.losses import CharbonnierLoss
from artgan_hf.networks import UnshuffleGenerator
from artgan_hf.training import RestorationModule
from artgan_hf.training.muon import Muon, orthogonalised


@pytest.mark.parametrize("shape", [(8, 72), (72, 8), (20, 20)])
def test_orthogonalised_keeps_the_singular_vectors_and_evens_the_values(shape):
    torch.manual_seed(0)
    left, values, right = torch.linalg.svd(torch.randn(shape) * 7, full_matrices=False)
    assert values.max() > 1.5 * values.min()
    inner = left.T @ orthogonalised((left * values) @ right) @ right.T
    assert inner.diagonal().min() > 0.6
    assert inner.diagonal().max() < 1.3
    assert (inner - inner.diagonal().diag()).abs().max() < 1e-3


def muon(network):
    return Muon(network.parameters(), 1e-2)


def moved(optimizer_of, steps, layout=torch.contiguous_format):
    """A small network after some steps of an optimiser on fixed pictures."""
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.PReLU(8), nn.Conv2d(8, 3, 3)).to(memory_format=layout)
    pictures = torch.rand(steps, 2, 3, 12, 12)
    optimizer = optimizer_of(network)
    for batch in pictures:
        optimizer.zero_grad()
        (network(batch) - batch[..., 2:-2, 2:-2]).square().mean().backward()
        optimizer.step()
    return network


def test_what_is_no_kernel_moves_as_with_adamw():
    def adamw(network):
        return torch.optim.AdamW(network.parameters(), 1e-2, betas=(0.9, 0.99), weight_decay=0.0)

    ours, theirs = moved(muon, 1), moved(adamw, 1)
    start = moved(adamw, 0)
    for name, parameter in ours.named_parameters():
        same = torch.allclose(parameter, theirs.get_parameter(name), atol=1e-6)
        assert same == (parameter.ndim == 1), name
        assert not torch.equal(parameter, start.get_parameter(name)), name


def test_a_kernel_moves_by_a_fifth_of_the_rate_whatever_the_gradients_scale():
    for scale in (1e-4, 1e4):
        kernel = nn.Parameter(torch.zeros(16, 16, 3, 3))
        optimizer = Muon([kernel], lr=0.5)
        torch.manual_seed(0)
        kernel.grad = torch.randn(kernel.shape) * scale
        optimizer.step()
        assert kernel.detach().square().mean().sqrt().item() == pytest.approx(0.2 * 0.5, rel=0.2)


def test_the_memory_layout_changes_nothing():
    plain, last = (moved(muon, 3, layout) for layout in (torch.contiguous_format, torch.channels_last))
    for name, parameter in plain.named_parameters():
        torch.testing.assert_close(parameter, last.get_parameter(name), atol=2e-4, rtol=0)


def test_a_run_resumed_from_its_state_goes_on_alike():
    def trained(steps_before_the_break):
        torch.manual_seed(0)
        network, pictures = nn.Conv2d(3, 4, 3), torch.rand(5, 1, 3, 8, 8)
        optimizer = muon(network)
        for index, batch in enumerate(pictures):
            if index == steps_before_the_break:
                state = copy.deepcopy(optimizer.state_dict())
                optimizer = muon(network)
                optimizer.load_state_dict(state)
            optimizer.zero_grad()
            network(batch).square().mean().backward()
            optimizer.step()
        return network

    for whole, resumed in zip(trained(None).parameters(), trained(3).parameters(), strict=True):
        torch.testing.assert_close(whole, resumed)


def test_a_run_begun_with_adamw_goes_on_with_it():
    network = nn.Conv2d(3, 4, 3)
    before = torch.optim.AdamW(network.parameters())
    for optimizer in (before, after := Muon(network.parameters(), 0.1)):
        if optimizer is after:
            after.load_state_dict(before.state_dict())
        network(torch.rand(1, 3, 8, 8)).mean().backward()
        optimizer.step()
    assert "momentum" in after.state[network.weight]


def test_it_returns_what_its_closure_does():
    weight = nn.Parameter(torch.ones(3))

    def closure():
        loss = weight.square().sum()
        loss.backward()
        return loss

    assert Muon([weight], 0.1).step(closure) == 3
    torch.testing.assert_close(weight.detach(), torch.full((3,), 0.9))


def test_an_unknown_optimiser_is_one_clear_line():
    module = RestorationModule(UnshuffleGenerator(4, 1), [CharbonnierLoss()], optimizer="sgd")
    with pytest.raises(OptionError, match='optimizer is "sgd"; "adamw" or "muon" was expected'):
        module.optimizer_of(module.generator, 1e-3, kind=module.optimizer)
