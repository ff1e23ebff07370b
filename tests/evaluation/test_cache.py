import math

import pytest

from artgan_hf.errors import ArtganError
from artgan_hf.evaluation.cache import CachedResult, ScoreCache, content_key


def test_a_result_comes_back_as_it_was_even_if_infinite(tmp_path):
    result = CachedResult(0.1 + 0.2, {"psnr": {"psnr": math.inf}, "ssim": {"ssim": 1 / 3}}, {"0,0,8,8": "abcd"})
    ScoreCache(tmp_path / "new").keep("00ff", result)
    assert ScoreCache(tmp_path / "new").find("00ff") == result


def test_an_unknown_or_damaged_result_is_empty(tmp_path):
    cache = ScoreCache(tmp_path)
    assert cache.find("00ff") == CachedResult()
    for damaged in ('{"seconds": 1, "val', '{"of": "another version"}', "[]"):
        cache.keep("00ff", CachedResult(1.0))
        next(tmp_path.rglob("*.json")).write_text(damaged)
        assert cache.find("00ff") == CachedResult()


def test_a_place_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ArtganError, match="cannot be written"):
        ScoreCache(tmp_path / "file").keep("00ff", CachedResult())


def test_keys_tell_contents_apart_wherever_one_ends_and_the_next_begins():
    assert len({content_key("ab", "c"), content_key("a", "bc"), content_key("abc"), content_key(b"ab", b"c")}) == 4
