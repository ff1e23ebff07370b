"""All generators of the registry keep the promises that restoring/ relies on."""

import pytest
import torch

from artgan_hf.errors import IncompatibleModelError, ShapeError
from artgan_hf.networks import GENERATORS, architecture_of, build_generator

TINY = {
    "residual": {"channels": 4, "blocks": 2},
    "two-scale": {"channels": 4, "blocks": 2, "deep_channels": 6, "deep_blocks": 1},
    "unshuffle": {"channels": 4, "blocks": 2},
    "inverted-residual": {"channels": 4, "blocks": 2, "expansion": 2},
}


@pytest.fixture(params=sorted(GENERATORS))
def generator(request):
    return build_generator(request.param, TINY[request.param]).eval()


def randomise(network):
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.normal_(0, 0.3)


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 40), (7, 5), (16, 16), (33, 18)])
def test_any_size_goes_in_and_the_same_size_comes_out(generator, height, width):
    randomise(generator)
    assert generator(torch.rand(2, 3, height, width)).shape == (2, 3, height, width)


def test_a_fresh_generator_changes_nothing(generator):
    image = torch.rand(1, 3, 24, 24)
    assert torch.equal(generator(image), image)


def test_no_output_pixel_sees_farther_than_the_receptive_radius(generator):
    randomise(generator)
    radius = generator.receptive_radius_px
    multiple = generator.size_multiple
    side = 2 * ((radius + 2 * multiple) // multiple) * multiple
    image = torch.rand(1, 3, side, side, dtype=torch.float64)
    generator.double()
    centre = side // 2 // multiple * multiple
    touched = image.clone()
    touched[..., centre, centre] = 1 - touched[..., centre, centre]
    rows = (generator(touched) - generator(image)).abs().amax((0, 1, 3)).nonzero().flatten()
    assert rows.numel() > 1
    assert centre - rows.min() <= radius
    assert rows.max() - centre <= radius


def test_the_order_of_pixels_in_memory_changes_nothing(generator):
    randomise(generator)
    image = torch.rand(2, 3, 48, 32)
    apart, together = (
        generator.to(memory_format=order)(image.contiguous(memory_format=order))
        for order in (torch.contiguous_format, torch.channels_last)
    )
    assert torch.allclose(apart, together, rtol=1e-4, atol=1e-4 * apart.abs().max().item())


def test_every_weight_gets_a_gradient(generator):
    randomise(generator)
    generator(torch.rand(1, 3, 16, 16)).square().mean().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in generator.parameters())


def test_grey_values_and_other_shapes_are_refused(generator):
    with pytest.raises(ShapeError, match="RGB of shape"):
        generator(torch.rand(1, 1, 8, 8))
    with pytest.raises(ShapeError, match="RGB of shape"):
        generator(torch.rand(3, 8, 8))


def test_options_rebuild_the_same_network(generator):
    twin = build_generator(architecture_of(generator), generator.options)
    twin.load_state_dict(generator.state_dict())


@pytest.mark.parametrize(
    ("architecture", "options", "message"),
    [
        ("unshufle", {}, "Did you mean unshuffle"),
        ("unshuffle", {"width": 3}, "no option 'width'; its options are channels, blocks, fold"),
        ("unshuffle", {"channels": 0}, "from 1 to 1024"),
        ("unshuffle", {"channels": True}, "from 1 to 1024"),
        ("unshuffle", {"channels": "64"}, "from 1 to 1024"),
    ],
)
def test_unknown_names_and_options_are_refused_by_name(architecture, options, message):
    with pytest.raises(IncompatibleModelError, match=message):
        build_generator(architecture, options)


def test_the_shipped_sizes_are_as_documented():
    parameters = {name: sum(p.numel() for p in kind().parameters()) for name, kind in GENERATORS.items()}
    assert parameters["residual"] == 1_185_219
    assert all(count <= 1_500_000 for count in parameters.values())
