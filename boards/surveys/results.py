"""What a survey came to: how many answered each question, and how they chose, in the order of the options.

A percentage is always of the respondents of that question, also where one of them chose several answers. Answers of
fewer than `FEWEST_TO_PRINT` people are not printed outside the team: the few would be known among themselves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from lscb.common.chapters import Chart, Column, Table
from lscb.common.charts import Point, bar_chart
from lscb.common.rounding import Percentage, percentage, show_base
from lscb.common.words import naming

from ..models import Answer, Moderation, Question, QuestionKind, Survey

FEWEST_TO_PRINT = 5


@dataclass(frozen=True)
class Choice:
    label: str
    count: int
    share: Percentage


@dataclass(frozen=True)
class QuestionResult:
    """`n` is how many answered the question; `comments` are those cleared for print."""

    key: int
    text: str
    kind: str
    n: int
    choices: Sequence[Choice] = ()
    comments: Sequence[str] = ()

    @property
    def is_small(self) -> bool:
        """Comments are read one by one before print, so their number gives nobody away."""
        return self.is_choice and self.n < FEWEST_TO_PRINT

    @property
    def is_choice(self) -> bool:
        return self.kind != QuestionKind.TEXT

    @property
    def base(self) -> str:
        several = ", who could choose several answers" if self.kind == QuestionKind.MULTIPLE else ""
        return f"Percent of those who answered the question ({show_base(self.n)}){several}."

    def table(self) -> Table:
        rows = [(choice.label, str(choice.count), choice.share.show()) for choice in self.choices]
        columns = (Column("Answer"), Column("People", numeric=True), Column("Percent", numeric=True))
        return Table(self.text, columns, rows, note=self.base)

    def chart(self, id: str = "") -> Chart:
        """`id` is that of the drawing, for where several stand on one page."""
        points = [Point(choice.label, choice.share.value or Decimal(0), choice.share.show()) for choice in self.choices]
        said = ", ".join(f"{choice.label} {choice.share.show()}" for choice in self.choices)
        description = f"{said}. {self.base}"
        svg = bar_chart(
            points,
            id=id or f"question-{self.key}",
            title=self.text,
            description=description,
            brand=naming().brand_colour,
        )
        return Chart(self.text, description, svg)


def results_of(survey: Survey) -> list[QuestionResult]:
    """The result of each question in its order. Four queries, however many questions there are."""
    return results_of_all([survey])[survey.pk]


def results_of_all(surveys: Sequence[Survey]) -> dict[object, list[QuestionResult]]:
    """The results by survey. Four queries in all."""
    answers = Answer.objects.filter(question__survey__in=surveys).order_by()
    people = dict(answers.values_list("question").annotate(Count("response", distinct=True)))
    chosen = dict(answers.filter(option__isnull=False).values_list("option").annotate(Count("pk")))
    comments: dict[int, list[str]] = {}
    cleared = answers.filter(moderation=Moderation.CLEARED).order_by("pk")
    for key, text in cleared.values_list("question", "printed"):
        comments.setdefault(key, []).append(text)
    found: dict[object, list[QuestionResult]] = {survey.pk: [] for survey in surveys}
    questions = Question.objects.filter(survey__in=surveys).prefetch_related("options").order_by("order")
    for question in questions:
        n = people.get(question.pk, 0)
        choices = [
            Choice(option.label, chosen.get(option.pk, 0), percentage(chosen.get(option.pk, 0), n))
            for option in question.options.all()
        ]
        own = comments.get(question.pk, ())
        found[question.survey_id].append(QuestionResult(question.pk, question.text, question.kind, n, choices, own))
    return found
