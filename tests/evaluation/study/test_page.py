"""The rating page, called as a browser would: by its events."""

import asyncio

import numpy as np
import PIL.Image
import pytest

from artgan_hf.evaluation.study import Plan, Ratings, new_study, rating_page

gr = pytest.importorskip("gradio", reason="needs the [demo] extra")


@pytest.fixture(autouse=True)
def _one_loop_that_is_closed(monkeypatch):
    """Gradio makes event loops that it never closes."""
    loop = asyncio.new_event_loop()
    monkeypatch.setattr(asyncio, "new_event_loop", lambda: loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


@pytest.fixture
def study(tmp_path):
    (tmp_path / "clean").mkdir()
    for name, pixels in zip("abc", np.random.default_rng(0).integers(0, 256, (3, 8, 8, 3), np.uint8), strict=True):
        PIL.Image.fromarray(pixels).save(tmp_path / "clean" / f"{name}.png")
    return new_study(tmp_path / "study", Plan(tmp_path / "clean"), title="Toys")


@pytest.fixture
def events(study):
    """The functions behind the page's buttons, by name."""
    page = rating_page(study)
    return {event.fn.__name__: event.fn for event in page.fns.values() if event.fn is not None}


def words(updates):
    return " ".join(str(update.get("value", "") if isinstance(update, dict) else update) for update in updates)


def test_a_rater_goes_through_training_and_all_questions_and_every_answer_is_kept(study, events):
    _, training, session, *_ = events["enter"]("Anna")
    assert training["visible"]
    _, session, *shown = events["start_asking"](session)
    assert "Question 1 of 6" in words(shown)
    expected = {}
    for number in range(6):
        stimulus = session.left[0].stimulus
        expected[stimulus.picture, stimulus.method] = 10.0 * number
        session, *shown = events["answer"](session, 10 * number)
    assert "Thank you, Anna" in words(shown)
    kept = {(one.picture, one.method): one.score for one in Ratings(study.ratings_file).all()}
    assert kept == expected


def test_the_pixels_shown_are_those_of_the_question(study, events):
    session = events["start_asking"](events["enter"]("Anna")[2])[1]
    pictures = [one for one in events["start_asking"](session) if isinstance(one, PIL.Image.Image)]
    for picture, path in zip(pictures, session.left[0][1:], strict=True):
        assert np.array_equal(np.array(picture), np.array(PIL.Image.open(path)))


def test_who_comes_back_goes_on_without_training(study, events):
    session = events["start_asking"](events["enter"]("Anna")[2])[1]
    session, *_ = events["answer"](session, 40)
    _, training, again, *shown = events["enter"]("  Anna ")
    assert not training["visible"]
    assert again.left == session.left
    assert "Question 2 of 6" in words(shown)


def test_without_a_name_the_page_asks_for_one(events):
    with pytest.raises(gr.Error, match="no name yet"):
        events["enter"]("   ")


def test_it_can_be_a_tab_of_another_page(study):
    with gr.Blocks(analytics_enabled=False) as demo, gr.Tab("Judge"):
        rating_page(study)
    names = [event.fn.__name__ for event in demo.fns.values() if event.fn is not None]
    assert names.count("answer") == 1
