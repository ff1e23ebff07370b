"""A thread works items off a few behind, no more, and its errors are heard."""

import threading
import time

import pytest

from artgan_hf.restoring.behind import behind


def test_all_is_worked_off_in_order_and_few_wait():
    done, free = [], threading.Event()

    def work(item):
        free.wait(20)
        done.append(item)

    with behind(work, depth=2) as hand_over:
        for item in range(3):  # one in hand, two that wait
            hand_over(item)
        later = threading.Thread(target=hand_over, args=(3,))
        later.start()
        later.join(0.3)
        assert later.is_alive()
        free.set()
        later.join()
    assert done == [0, 1, 2, 3]


@pytest.mark.parametrize("count", [1, 20])
def test_an_error_of_the_thread_is_raised_at_the_latest_at_the_end(count):
    def work(item):
        raise ValueError("the disk is full")

    with pytest.raises(ValueError, match="disk is full"), behind(work, depth=2) as hand_over:
        for item in range(count):
            hand_over(item)


def test_an_error_of_the_block_leaves_the_rest_undone_and_no_thread():
    done, before = [], threading.active_count()

    def work(item):
        time.sleep(0.2)
        done.append(item)

    with pytest.raises(KeyboardInterrupt), behind(work, depth=8) as hand_over:
        for item in range(8):
            hand_over(item)
        raise KeyboardInterrupt
    assert len(done) < 3
    assert threading.active_count() == before
