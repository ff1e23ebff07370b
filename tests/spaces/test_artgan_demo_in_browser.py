"""The demo page in a real browser, on a desk and on a phone."""

import pytest
from PIL import Image

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE_MS = 120_000


@pytest.fixture(params=[DESK, PHONE], ids=["desk", "phone"])
def view(request, browser, page):
    """The page in a window of its own."""
    view = browser.new_page(viewport=request.param)
    view.set_default_timeout(PATIENCE_MS)
    view.goto(page)
    view.get_by_role("button", name="Restore", exact=True).wait_for()
    yield view
    view.close()


@pytest.fixture
def jpeg(tmp_path, repository):
    clean = Image.open(repository / "artgan_hf/samples/otters.avif").convert("RGB").crop((160, 80, 360, 200))
    clean.save(tmp_path / "otter.jpg", quality=10)
    return tmp_path / "otter.jpg"


def choose_toy(view):
    view.get_by_text("Knobs").click()
    view.get_by_label("Model").click()
    view.get_by_role("option", name="artgan/toy").click()


def test_a_dropped_picture_is_restored_compared_and_taken_home(view, jpeg, tmp_path):
    choose_toy(view)
    view.locator("input[type=file]").first.set_input_files(str(jpeg))
    view.get_by_text("Restored by artgan/toy").wait_for()
    with view.expect_download() as download:
        view.get_by_role("button", name="Download at full size").click()
    download.value.save_as(tmp_path / "restored.png")
    assert Image.open(tmp_path / "restored.png").size == (200, 120)


def test_the_slider_moves(view, jpeg):
    choose_toy(view)
    view.locator("input[type=file]").first.set_input_files(str(jpeg))
    view.get_by_text("Restored by artgan/toy").wait_for()
    handle = view.locator(".slider-wrap .outer, [role=slider], .outer").last
    handle.scroll_into_view_if_needed()
    box = resting_box(view, handle)
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    view.mouse.move(*middle)
    view.mouse.down()
    view.mouse.move(middle[0] - 60, middle[1], steps=4)
    view.mouse.up()
    assert resting_box(view, handle)["x"] < box["x"] - 30


def resting_box(view, element):
    """Where an element is, once the page no longer moves it: pictures still arrive after the text."""
    for _ in range(100):
        before = element.bounding_box()
        view.wait_for_timeout(500)
        if before and before == element.bounding_box():
            return before
    pytest.fail("the slider's handle does not come to rest")


def test_a_sample_is_one_key_away(view):
    choose_toy(view)
    view.locator("button.thumbnail-item").first.focus()
    view.keyboard.press("Enter")
    view.get_by_text("Restored by artgan/toy").wait_for()
    assert view.get_by_text("10 by the file's tables").is_visible()


def test_errors_are_shown_in_our_words(view, tmp_path):
    view.get_by_role("button", name="Restore", exact=True).click()
    view.get_by_text("There is no picture yet").wait_for()
    (tmp_path / "notes.jpg").write_text("no picture")
    view.locator("input[type=file]").first.set_input_files(str(tmp_path / "notes.jpg"))
    view.get_by_text("notes.jpg is not a picture").wait_for()


def test_a_restored_clip_can_be_switched_back(view, write_clip, tmp_path):
    clip = write_clip(tmp_path / "clip.mp4", frames=24, size=(96, 64))
    view.get_by_role("tab", name="Video", exact=True).click()
    tab = view.get_by_role("tabpanel").filter(has_text="Up to 300 frames")
    tab.locator("input[type=file]").set_input_files(str(clip))
    tab.get_by_role("button", name="Restore", exact=True).click()
    player = view.frame_locator("iframe[title=Player]")
    player.get_by_role("switch", name="Enable smart decompression", checked=True).click()
    player.locator("#pair.off").wait_for()
    assert player.locator("#original").is_visible()
    assert player.locator("#restored").evaluate("video => video.videoWidth") == 96


def test_visitors_judge_the_samples(view):
    view.get_by_role("tab", name="Judge", exact=True).click()
    view.get_by_label("Your name").fill(f"visitor {view.viewport_size['width']}")
    view.get_by_role("button", name="Start", exact=True).click()
    view.get_by_role("button", name="Begin", exact=True).click()
    view.get_by_text("Question 1 of").wait_for()
    view.get_by_role("slider", name="How much does the difference annoy you?").press("ArrowRight")
    view.get_by_role("button", name="Next", exact=True).click()
    view.get_by_text("Question 2 of").wait_for()


def test_nothing_is_wider_than_the_screen(view):
    for tab in ("Photo", "Batch", "Models", "Video", "Judge"):
        view.get_by_role("tab", name=tab, exact=True).click()
        assert view.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), tab
