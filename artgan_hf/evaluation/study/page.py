"""The page on which people rate, as Gradio blocks: a page of its own, or a tab of another. Needs the [demo] extra."""

from time import monotonic
from typing import Any, NamedTuple

import PIL.Image

from artgan_hf.errors import ArtganError
from artgan_hf.evaluation.report import ORIGINAL
from artgan_hf.evaluation.study.design import Study, Trial
from artgan_hf.evaluation.study.ratings import Rating, Ratings
from artgan_hf.optional import require

LONGEST_NAME = 60
MIDDLE = 50
UNANSWERED = "Move the slider to answer"
GRADES = ("very annoying", "annoying", "slightly annoying", "perceptible, not annoying", "no difference")
WELCOME = """You will see two pictures: the **original**, and beside it (below, on a phone) **the same picture after
compression**, possibly repaired. Say how much the difference annoys you. There are no right answers: it is your eye
that counts. Sometimes the second one is the original itself. Your name and your answers are stored."""
TRAINING = """These examples show the ends of the scale; they are not part of the study. Look at both, then begin."""


class Session(NamedTuple):
    """Where one rater stands; kept by the page between clicks.

    Args:
        rater: name.
        left: what is still to be rated, the present question first.
        total: number of questions.
        shown_at: when the present question was shown, in seconds.
    """

    rater: str
    left: tuple[Trial, ...]
    total: int
    shown_at: float


def rating_page(study: Study) -> Any:
    """Returns the page as `gr.Blocks`: name, training, one question after the other, thanks.

    Every answer is stored at once. Who comes back under the same name goes on with the open questions. Called inside
    other blocks, e.g. `with gr.Tab("Judge"): rating_page(study)`, it becomes a part of them.

    Args:
        study: from `open_study`.

    Raises:
        MissingExtraError: if gradio is not installed.
        DataError: if the ratings of the study cannot be opened.
    """
    gr: Any = require("gradio", extra="demo")
    ratings = Ratings(study.ratings_file)
    with gr.Blocks(title=study.title, analytics_enabled=False) as page:
        _wire(gr, _lay_out(gr, study), study, ratings)
    return page


class _Parts(NamedTuple):
    """The components that events read or change, in groups of which one is seen at a time."""

    session: Any
    welcome: Any
    name: Any
    start: Any
    training: Any
    begin: Any
    asking: Any
    count: Any
    reference: Any
    shown: Any
    score: Any
    following: Any
    thanks: Any

    @property
    def question(self) -> list[Any]:
        """What `_view` fills."""
        return [
            self.session,
            self.asking,
            self.thanks,
            self.count,
            self.reference,
            self.shown,
            self.score,
            self.following,
        ]


def _lay_out(gr: Any, study: Study) -> _Parts:
    session = gr.State(None)
    gr.Markdown(f"## {study.title}")
    with gr.Column() as welcome:
        gr.Markdown(WELCOME)
        name = gr.Textbox(label="Your name, or any word you will remember", max_length=LONGEST_NAME)
        start = gr.Button("Start", variant="primary")
    with gr.Column(visible=False) as training:
        gr.Markdown(TRAINING)
        for trial in study.training_trials():
            is_same = trial.stimulus.method == ORIGINAL
            gr.Markdown("**Rate this near 100:** no difference" if is_same else "**Rate this low:** a poor picture")
            _pair(gr, trial)
        begin = gr.Button("Begin", variant="primary")
    with gr.Column(visible=False) as asking:
        count = gr.Markdown()
        reference, shown = _pair(gr)
        score = gr.Slider(0, 100, MIDDLE, step=1, label="How much does the difference annoy you?", buttons=[])
        gr.HTML(_grades())
        following = gr.Button(UNANSWERED, variant="primary", interactive=False)
    thanks = gr.Markdown(visible=False)
    return _Parts(
        session, welcome, name, start, training, begin, asking, count, reference, shown, score, following, thanks
    )


def _wire(gr: Any, parts: _Parts, study: Study, ratings: Ratings) -> None:
    def enter(written: str) -> list[Any]:
        try:
            session = _session(study, ratings, written)
        except ArtganError as error:
            raise gr.Error(str(error)) from error
        is_trained = len(session.left) < session.total or not study.training
        unseen = [session, *[gr.skip()] * (len(parts.question) - 1)]
        return [gr.update(visible=False), gr.update(visible=not is_trained)] + (
            _view(gr, session) if is_trained else unseen
        )

    def start_asking(session: Session) -> list[Any]:
        return [gr.update(visible=False), *_view(gr, session._replace(shown_at=monotonic()))]

    def answer(session: Session, value: float) -> list[Any]:
        try:
            return _view(gr, _answered(ratings, session, value))
        except ArtganError as error:
            raise gr.Error(f"{error} Your answer was not stored.") from error

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    for event in (parts.start.click, parts.name.submit):
        event(enter, parts.name, [parts.welcome, parts.training, *parts.question], **quiet)
    parts.score.input(lambda: gr.update(value="Next", interactive=True), None, parts.following, **quiet)
    for shown in (
        parts.begin.click(start_asking, parts.session, [parts.training, *parts.question], **quiet),
        parts.following.click(answer, [parts.session, parts.score], parts.question, **quiet),
    ):
        shown.then(None, js="() => window.scrollTo(0, 0)", api_visibility="private")


def _session(study: Study, ratings: Ratings, written: str) -> Session:
    """The session of a rater, new or come back."""
    rater = " ".join(written.split())[:LONGEST_NAME]
    if not rater:
        raise ArtganError("There is no name yet: write one, so that you can go on later.")
    answered = ratings.answered(rater)
    order = study.order(rater)
    left = [trial for trial in order if (trial.stimulus.picture, trial.stimulus.method) not in answered]
    return Session(rater, tuple(left), len(order), monotonic())


def _answered(ratings: Ratings, session: Session, value: float) -> Session:
    """The session after an answer, which is stored by then."""
    stimulus = session.left[0].stimulus
    seconds = monotonic() - session.shown_at
    ratings.add(Rating(session.rater, stimulus.picture, stimulus.method, float(value), seconds))
    return session._replace(left=session.left[1:], shown_at=monotonic())


def _view(gr: Any, session: Session) -> list[Any]:
    """What the page shows of a session: the next question, or thanks."""
    if not session.left:
        thanks = f"### Thank you, {session.rater}!\nAll {session.total} answers are stored. You can close this page."
        return [session, gr.update(visible=False), gr.update(value=thanks, visible=True), *[gr.skip()] * 5]
    trial = session.left[0]
    return [
        session,
        gr.update(visible=True),
        gr.update(visible=False),
        f"Question {session.total - len(session.left) + 1} of {session.total}",
        _opened(trial.reference),
        _opened(trial.shown),
        MIDDLE,
        gr.update(value=UNANSWERED, interactive=False),
    ]


def _pair(gr: Any, trial: Trial | None = None) -> list[Any]:
    """Two pictures beside each other, the original first; one below the other where there is no room."""
    files = {"Original": trial and trial.reference, "To rate": trial and trial.shown}
    pictures = []
    with gr.Row():
        for label, path in files.items():
            with gr.Column(min_width=300):
                gr.Markdown(label)  # above the picture: Gradio's own label would cover a corner of it
                pictures.append(
                    gr.Image(
                        path and _opened(path),
                        format="png",  # what is judged must not be compressed on its way
                        type="pil",
                        interactive=False,
                        show_label=False,
                        buttons=[],
                        alt_text=label,
                    )
                )
    return pictures


def _opened(path: Any) -> PIL.Image.Image:
    """The pixels, since a file's own name would be part of its address."""
    with PIL.Image.open(path) as image:
        return image.convert("RGB")


def _grades() -> str:
    words = "".join(f"<span style='flex:1;text-align:center'>{grade}</span>" for grade in GRADES)
    return f"<div style='display:flex;gap:.5em;font-size:.85em;line-height:1.2;opacity:.8'>{words}</div>"
