"""The predictor finds grid and steps by itself, so that a few dozen steps teach it a quality."""

import numpy as np
import pytest
import torch
from PIL import Image

from artgan_hf.codecs.jpeg import degrade
from artgan_hf.codecs.jpeg_tables import quantisation_tables
from artgan_hf.errors import ShapeError
from artgan_hf.networks import QualityNetwork
from artgan_hf.networks.quantisation import STEPS, grid_origin, quantisation_evidence


@pytest.fixture(scope="module")
def clean(request):
    path = request.config.rootpath / "artgan_hf" / "samples" / "otters.avif"
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB"))[80:336, 160:480]


def tensor(image):
    return torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None] / 255


def luma(image):
    return (255 * tensor(image) * torch.tensor([0.299, 0.587, 0.114]).view(3, 1, 1)).sum(1).round() - 128


@pytest.mark.parametrize("quality", [5, 30, 60, 90, 95])
@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
def test_the_grid_is_found_wherever_it_starts(clean, quality, subsampling):
    whole = degrade(clean, quality, subsampling=subsampling)
    for y, x in [(0, 0), (3, 6), (7, 7), (12, 1)]:
        top, left = grid_origin(luma(whole[y : y + 96, x : x + 96]))
        assert ((y + int(top)) % 8, (x + int(left)) % 8) == (0, 0)


def test_the_steps_of_the_table_stand_out_in_the_evidence(clean):
    crop = degrade(clean, 30, subsampling="4:4:4")[5:197, 3:195]
    evidence = quantisation_evidence(tensor(crop))[0, 1:64, 1:]
    table = torch.tensor(quantisation_tables(30)[0])[1:]
    is_busy = (quantisation_evidence(tensor(crop))[0, 1:64, 0] < 0.8).nonzero().flatten().tolist()
    assert len(is_busy) >= 5
    for frequency in is_busy:
        nearest = min(range(len(STEPS)), key=lambda i: abs(STEPS[i] - table[frequency]))
        largest = evidence[frequency, 6:].argmax() + 6  # every whole number is a multiple of the smallest steps, nearly
        assert abs(int(largest) - nearest) <= 1 or STEPS[largest] * 2 <= table[frequency]  # or of a divisor
        assert evidence[frequency, nearest] > 0.5


@pytest.mark.parametrize("size", [(16, 16), (16, 41), (33, 20), (64, 64)])
def test_any_size_from_16_on_gives_finite_logits_and_gradients(size):
    network = QualityNetwork(channels=4)
    logits = network(torch.rand(2, 3, *size))
    assert logits.shape == (2, 100)
    logits.square().sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in network.parameters())


@pytest.mark.parametrize("level", [0.0, 0.5, 1.0])
def test_an_even_picture_is_judged_without_fuss(level):
    assert QualityNetwork(channels=4)(torch.full((1, 3, 24, 24), level)).isfinite().all()


def test_each_picture_of_a_batch_is_judged_by_itself(clean):
    network = QualityNetwork(channels=8)
    crops = torch.cat([tensor(degrade(clean, quality)[i : i + 40, :40]) for i, quality in enumerate((5, 30, 90))])
    alone = torch.cat([network(crop[None]) for crop in crops])
    assert torch.allclose(network(crops), alone, atol=1e-5)


def test_half_precision_around_it_does_not_blur_the_evidence(clean):
    network = QualityNetwork(channels=8)
    crop = tensor(degrade(clean, 60)[1:65, 2:66])
    with torch.autocast("cpu", torch.bfloat16):
        blurred = network(crop)
    assert torch.allclose(blurred, network(crop), atol=0.02)


@pytest.mark.parametrize("shape", [(3, 32, 32), (1, 1, 32, 32), (1, 3, 15, 32), (0, 3, 32, 32)])
def test_other_shapes_are_refused(shape):
    with pytest.raises(ShapeError, match="sides of 16 or more"):
        QualityNetwork(channels=4)(torch.zeros(shape))


def test_a_few_dozen_steps_teach_quality_10_from_60_on_any_grid(clean):
    network = QualityNetwork(channels=8)
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    pictures = {9: degrade(clean, 10), 59: degrade(clean, 60)}
    places = np.random.default_rng(0)

    def batch(rows):
        classes = [9, 59] * 6
        corners = [(places.integers(*rows), places.integers(0, 256)) for _ in classes]
        crops = [pictures[c][y : y + 64, x : x + 64] for c, (y, x) in zip(classes, corners, strict=True)]
        return torch.cat([tensor(crop) for crop in crops]), torch.tensor(classes)

    for _ in range(30):
        crops, classes = batch((0, 64))
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(crops), classes).backward()
        optimizer.step()
    crops, classes = batch((128, 192))  # from the other half of the picture
    assert (network(crops).argmax(1) == classes).float().mean() > 0.9
