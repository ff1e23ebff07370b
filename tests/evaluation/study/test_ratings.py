import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from artgan_hf.errors import DataError, OptionError
from artgan_hf.evaluation.study import Rating, Ratings

OTHER_PROCESS = """
import sys
from artgan_hf.evaluation.study.ratings import Rating, Ratings
path, rater = sys.argv[1:]
for number in range(40):
    Ratings(path).add(Rating(rater, f"picture {number}", "jpeg", 50.0, 1.0))
"""


def test_raters_in_threads_and_processes_at_once_lose_nothing(tmp_path):
    path = tmp_path / "ratings.sqlite"
    processes = [
        subprocess.Popen([sys.executable, "-c", OTHER_PROCESS, str(path), f"process {number}"]) for number in range(2)
    ]
    shared = Ratings(path)

    def rate(rater):
        for number in range(40):
            shared.add(Rating(rater, f"picture {number}", "jpeg", float(number), 1.0))

    def rate_until_the_others_are_done():
        round_ = 0
        while any(process.poll() is None for process in processes):
            shared.add(Rating("busy", f"picture {round_ % 40}", "jpeg", 1.0, 1.0))
            round_ += 1

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(rate, ["thread 0", "thread 1", "thread 2"]))
        pool.submit(rate_until_the_others_are_done).result()
    assert [process.wait() for process in processes] == [0, 0]
    by_rater = {}
    for rating in shared.all():
        by_rater.setdefault(rating.rater, []).append(rating)
    for rater in ("thread 0", "thread 1", "thread 2", "process 0", "process 1"):
        assert len(by_rater[rater]) == 40
    assert {rating.picture: rating.score for rating in by_rater["thread 2"]}["picture 7"] == 7.0


def test_a_second_answer_replaces_the_first_and_answers_outlive_the_object(tmp_path):
    path = tmp_path / "ratings.sqlite"
    Ratings(path).add(Rating("Zoë", "a", "jpeg", 20, 1.0))
    Ratings(path).add(Rating("Zoë", "a", "jpeg", 30, 2.5))
    assert Ratings(path).all() == [Rating("Zoë", "a", "jpeg", 30.0, 2.5)]
    assert Ratings(path).answered("Zoë") == {("a", "jpeg")}
    assert Ratings(path).answered("Bob") == set()


@pytest.mark.parametrize("rating", [Rating("A", "a", "jpeg", 101, 1.0), Rating(" ", "a", "jpeg", 50, 1.0)])
def test_what_is_no_answer_is_refused(tmp_path, rating):
    ratings = Ratings(tmp_path / "ratings.sqlite")
    with pytest.raises(OptionError):
        ratings.add(rating)
    assert ratings.all() == []


def test_another_file_is_named(tmp_path):
    path = tmp_path / "ratings.sqlite"
    path.write_text("this is a letter, not a data base, and it is longer than a header")
    with pytest.raises(DataError, match=r"ratings\.sqlite cannot be used for ratings"):
        Ratings(path)
