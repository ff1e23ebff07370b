"""From logits over qualities to one quality and to the six classes."""

import pytest
import torch

from artgan_hf.functional.quality import (
    QUALITY_CLASSES,
    class_probabilities,
    confusion_matrix,
    expected_quality,
    median_quality,
    nearest_class,
)


def peaks(**shares):
    """Logits of a distribution with these shares of probability, e.g. q10=0.6."""
    probabilities = torch.full((1, 100), 1e-12)
    for name, share in shares.items():
        probabilities[0, int(name[1:]) - 1] = share
    return probabilities.log()


@pytest.mark.parametrize("quality", [1, 2, 50, 99, 100])
def test_a_sure_distribution_has_its_peak_as_mean_and_median(quality):
    logits = peaks(**{f"q{quality}": 1.0})
    assert median_quality(logits).tolist() == [quality]
    assert expected_quality(logits).item() == pytest.approx(quality, abs=1e-4)


def test_the_median_stays_on_a_peak_where_the_mean_falls_between_two():
    logits = peaks(q10=0.6, q60=0.4)
    assert median_quality(logits).tolist() == [10]
    assert expected_quality(logits).item() == pytest.approx(30, abs=1e-3)


def test_class_probabilities_gather_the_nearest_qualities():
    probabilities = class_probabilities(peaks(q4=0.2, q7=0.1, q8=0.3, q97=0.4))[0]
    expected = dict.fromkeys(QUALITY_CLASSES, 0.0) | {5: 0.3, 10: 0.3, 60: 0.4}
    assert probabilities.tolist() == pytest.approx(list(expected.values()), abs=1e-5)


def test_halfway_between_two_classes_is_the_lower_one():
    assert nearest_class(torch.tensor([15, 25, 50, 50.1])).tolist() == [1, 2, 4, 5]


def test_the_confusion_matrix_has_true_classes_as_rows_and_leaves_the_others_out():
    counts = confusion_matrix(torch.tensor([12, 60, 31, 7]), torch.tensor([10, 10, 30, 35]))
    assert counts.sum() == 3
    assert counts[1].tolist() == [0, 1, 0, 0, 0, 1]
    assert counts[3, 3] == 1
    assert confusion_matrix(torch.tensor([], dtype=torch.int64), torch.tensor([], dtype=torch.int64)).sum() == 0
