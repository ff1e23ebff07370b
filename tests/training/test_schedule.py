"""The learning rate goes up once and comes down once."""

from itertools import pairwise

from artgan_hf.training.schedule import warm_cosine, warm_cosine_over


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


def test_a_run_measured_in_time_falls_with_the_time_not_the_steps():
    passed = 0.0
    factor = warm_cosine_over(2, lambda step: passed)
    assert (factor(0), factor(1), factor(1000)) == (0.5, 1, 1)
    passed = 0.5
    assert round(factor(3), 3) == round(factor(5000), 3) == 0.505
    passed = 7.0
    assert factor(3) == 0.01
