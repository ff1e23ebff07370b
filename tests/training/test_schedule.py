"""The learning rate goes up once and comes down once."""

from itertools import pairwise

from artgan_hf.training.schedule import warm_cosine


def test_the_factor_rises_to_one_and_falls_to_a_hundredth():
    factor = warm_cosine(10, 100)
    values = [factor(step) for step in range(120)]
    assert values.index(max(values)) == 9
    assert max(values) == 1
    assert all(later <= earlier for earlier, later in pairwise(values[10:]))
    assert values[100] == values[119] == 0.01


def test_no_warm_up_and_a_run_shorter_than_its_warm_up_still_work():
    assert warm_cosine(0, 10)(0) == 1
    assert 0 < warm_cosine(200, 10)(5) < 1
