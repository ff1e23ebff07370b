"""A thread works a few items ahead, no more, and its errors and its end are those of the iterator."""

import threading
import time

import pytest

from artgan_hf.restoring.ahead import ahead


def test_order_is_kept_and_no_more_than_the_depth_is_made_ahead():
    made = []

    def numbers():
        for number in range(20):
            made.append(number)
            yield number

    taken = ahead(numbers(), depth=3)
    assert next(taken) == 0
    time.sleep(0.3)
    assert len(made) <= 1 + 3 + 1  # taken, waiting, in hand
    assert list(taken) == list(range(1, 20))


def test_an_error_arrives_after_the_items_before_it():
    def broken():
        yield 1
        raise ValueError("broken")

    items = ahead(broken(), depth=4)
    assert next(items) == 1
    with pytest.raises(ValueError, match="broken"):
        next(items)


def test_closing_the_last_of_a_chain_ends_all_threads():
    closed = []

    def endless():
        try:
            while True:
                yield 0
        finally:
            closed.append(True)

    before = threading.active_count()
    first = ahead(endless(), depth=2)
    second = ahead((item + 1 for item in first), depth=2)
    assert next(second) == 1
    second.close()
    first.close()
    assert threading.active_count() == before
    assert closed == [True]
