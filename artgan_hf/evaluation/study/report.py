"""What a study found: mean opinions, who was left out, which differences are real; table, JSON, Markdown, chart."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

import artgan_hf
from artgan_hf.errors import DataError
from artgan_hf.evaluation.charts import Bar, bar_chart
from artgan_hf.evaluation.documents import markdown_table
from artgan_hf.evaluation.report import aligned
from artgan_hf.evaluation.study.design import Study
from artgan_hf.evaluation.study.opinions import Comparison, Opinion, Presentation, Scores, compare, mean_opinions
from artgan_hf.evaluation.study.ratings import Ratings
from artgan_hf.evaluation.study.screening import Screening, screen_raters

FORMAT_VERSION = 1
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class StudyReport:
    """Every figure of a study.

    Args:
        title: of the study.
        questions: how many each rater is asked.
        raters: what the screening says of each, by name.
        opinions: of each method, the best first.
        comparisons: of each two methods.
        presentations: of each picture by each method.
    """

    title: str
    questions: int
    raters: dict[str, Screening]
    opinions: tuple[Opinion, ...]
    comparisons: tuple[Comparison, ...]
    presentations: tuple[Presentation, ...]

    @property
    def rejected(self) -> tuple[str, ...]:
        """The raters whose answers are left out."""
        return tuple(name for name, screening in self.raters.items() if screening.is_rejected)

    def table(self) -> str:
        """Returns the opinions as aligned text."""
        return f"{self._heading()}\n{aligned(self._lines())}"

    def chart(self) -> str:
        """Returns the mean opinion scores with their intervals as a bar chart, the text of an SVG file."""
        rows = [
            (opinion.method, [Bar(opinion.mos, _inside(opinion.low), _inside(opinion.high))])
            for opinion in self.opinions
        ]
        return bar_chart("Mean opinion score (0 to 100) and 95 % interval", rows)

    def markdown(self, charts: Sequence[str] = ()) -> str:
        """Returns the report as the text of a Markdown file.

        Args:
            charts: names of the chart files beside it.
        """
        parts = [f"# {self.title}", self._heading(), markdown_table(self._lines())]
        parts += [f"![Mean opinion scores]({name})" for name in charts]
        if self.comparisons:
            lines = [["methods", "difference", "raters", "p", "significant at 5 %"]]
            lines += [
                [
                    f"{one.better} over {one.worse}",
                    f"{one.difference:+.1f}",
                    str(one.raters),
                    f"{one.p:.3g}",
                    "yes" if one.p < SIGNIFICANT else "no",
                ]
                for one in self.comparisons
            ]
            parts += ["## Differences", markdown_table(lines)]
        lines = [["rater", "answers", "far above", "far below", "left out"]]
        lines += [
            [name, f"{one.answers}/{self.questions}", str(one.high), str(one.low), "yes" if one.is_rejected else "no"]
            for name, one in self.raters.items()
        ]
        return "\n\n".join([*parts, "## Raters", markdown_table(lines), PROTOCOL]) + "\n"

    def as_dict(self) -> dict[str, Any]:
        """Returns everything as plain values for JSON; an interval of one rater is None."""
        return {
            "format_version": FORMAT_VERSION,
            "artgan_hf": artgan_hf.__version__,
            "title": self.title,
            "protocol": PROTOCOL,
            "questions": self.questions,
            "raters": {name: screening._asdict() for name, screening in self.raters.items()},
            "rejected": list(self.rejected),
            "opinions": [_finite(asdict(opinion)) for opinion in self.opinions],
            "comparisons": [_finite(asdict(comparison)) for comparison in self.comparisons],
            "presentations": [_finite(asdict(presentation)) for presentation in self.presentations],
        }

    def _heading(self) -> str:
        left_out = f", {len(self.rejected)} left out ({', '.join(self.rejected)})" if self.rejected else ""
        return f"{self.title}: {len(self.raters)} raters{left_out}, {self.questions} questions each"

    def _lines(self) -> list[list[str]]:
        lines = [["method", "MOS", "SD", "95 % low", "95 % high", "ratings"]]
        for one in self.opinions:
            figures = (one.mos, one.deviation, one.low, one.high)
            lines.append(
                [one.method, *("-" if np.isnan(value) else f"{value:.1f}" for value in figures), str(one.ratings)]
            )
        return lines


PROTOCOL = (
    "MOS: mean opinion score, 0 (very annoying) to 100 (no difference seen), double stimulus beside the original, with "
    "hidden references. SD: over all ratings. Intervals: Student's t over the raters' own means, since one person's "
    "answers are not independent. Raters are screened by the kurtosis rule of Rec. ITU-R BT.500. Differences: "
    "Wilcoxon's signed-rank test over the raters' means on what they answered for both methods, Holm-corrected."
)


def report_study(study: Study) -> StudyReport:
    """Returns what the ratings of a study say so far; raters need not have finished.

    Args:
        study: with at least one rating.

    Raises:
        DataError: if there is no rating yet, or every rater is rejected.
        MissingExtraError: if scipy is not installed.
    """
    ratings = Ratings(study.ratings_file).all()
    names = sorted({rating.rater for rating in ratings})
    questions = [(stimulus.picture, stimulus.method) for stimulus in study.stimuli]
    values = np.full((len(names), len(questions)), np.nan)
    for rating in ratings:
        question = (rating.picture, rating.method)
        if question in questions:
            values[names.index(rating.rater), questions.index(question)] = rating.score
    if not names:
        raise DataError(
            f"{study.ratings_file} has no rating yet; collect some with `artgan study rate {study.folder}`."
        )
    screenings = screen_raters(values)
    kept = np.array([not screening.is_rejected for screening in screenings])
    if not kept.any():
        raise DataError(f"every rater of {study.folder} is rejected by the screening; more raters are needed.")
    scores = Scores(values[kept], tuple(questions))
    opinions, presentations = mean_opinions(scores)
    return StudyReport(
        title=study.title,
        questions=len(questions),
        raters=dict(zip(names, screenings, strict=True)),
        opinions=tuple(opinions),
        comparisons=tuple(compare(scores, [opinion.method for opinion in opinions])),
        presentations=tuple(presentations),
    )


def _inside(value: float) -> float | None:
    return None if np.isnan(value) else min(max(value, 0.0), 100.0)


def _finite(values: dict[str, Any]) -> dict[str, Any]:
    return {key: None if isinstance(value, float) and np.isnan(value) else value for key, value in values.items()}
