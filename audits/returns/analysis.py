"""What is learned across returns (domain: "Section 11"): areas for development, grades, change, completion.

A grade is the panel's where there is one, else the agency's own. An area for development is a question whose grade
asks for an action; it recurs when strictly more than three agencies raised it, each agency counted once however many
returns it made. Questions are the same across rounds and versions by their key.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import QuerySet

from lscb.accounts.models import Reader
from lscb.common.periods import FinancialYear, end_of_day

from ..models import Asks, Return, ReturnStep
from ..models.answer import Answer
from .document import Score, score_of

MORE_THAN = 3
"""An area recurs when more agencies than this raised it."""


@dataclass(frozen=True)
class Graded:
    """One answer, as the analysis needs it. `points` is None for what does not apply or was not answered."""

    agency: int
    standard: int
    key: str
    text: str
    grade: str = ""
    points: int | None = None
    is_compliant: bool = False
    needs_action: bool = False


@dataclass(frozen=True)
class Area:
    """An area for development and the agencies that raised it."""

    standard: int
    key: str
    text: str
    agencies: frozenset[int]

    @property
    def recurs(self) -> bool:
        return len(self.agencies) > MORE_THAN


def areas_for_development(answers: Iterable[Graded]) -> list[Area]:
    """Every area that somebody raised, the most frequent first."""
    raised: dict[str, set[int]] = defaultdict(set)
    words: dict[str, tuple[int, str]] = {}
    for answer in answers:
        if answer.needs_action:
            raised[answer.key].add(answer.agency)
            words[answer.key] = (answer.standard, answer.text)
    areas = [Area(words[key][0], key, words[key][1], frozenset(who)) for key, who in raised.items()]
    return sorted(areas, key=lambda area: (-len(area.agencies), area.standard, area.key))


def recurring(answers: Iterable[Graded]) -> list[Area]:
    """Areas raised in more than three agencies' submissions, in the order of the standards."""
    found = [area for area in areas_for_development(answers) if area.recurs]
    return sorted(found, key=lambda area: (area.standard, area.key))


# ---- Reading --------------------------------------------------------------------------------------------------------


@dataclass
class Cycle:
    """The returns of a year for one audience, as at a moment."""

    year: FinancialYear
    at: dt.datetime
    asked: list[Return]
    submitted: list[Return]
    answers: list[Graded]
    most: int
    grades: Sequence[str] = field(default_factory=tuple)
    standards: Mapping[int, str] = field(default_factory=dict)

    @property
    def full(self) -> list[Return]:
        return [one for one in self.submitted if one.asks_for == Asks.FULL]

    @property
    def updates(self) -> list[Return]:
        return [one for one in self.submitted if one.asks_for == Asks.UPDATE]

    @property
    def missing(self) -> list[Return]:
        """Asked for, not excused, and not sent although the deadline had passed; by name."""
        sent = {one.pk for one in self.submitted}
        owed = [one for one in self.asked if one.pk not in sent and getattr(one, "status_then", "") not in _NOT_OWED]
        return sorted((one for one in owed if end_of_day(one.due_on) <= self.at), key=lambda one: one.agency.name)

    def score(self, of: Iterable[Graded]) -> Score:
        return score_of([one.points for one in of], most=self.most)

    def by_standard(self) -> dict[int, Counter[str]]:
        """How often each grade was given, per standard."""
        counted: dict[int, Counter[str]] = {number: Counter() for number in self.standards}
        for answer in self.answers:
            if answer.grade:
                counted.setdefault(answer.standard, Counter())[answer.grade] += 1
        return counted

    def by_agency(self) -> dict[int, list[Graded]]:
        found: dict[int, list[Graded]] = defaultdict(list)
        for answer in self.answers:
            found[answer.agency].append(answer)
        return found


_NOT_OWED = (ReturnStep.EXCUSED,)


def cycle(year: FinancialYear, audience: str, *, at: dt.datetime, user: Reader | None = None) -> Cycle:
    """Read a year for `audience` as at the moment `at`, for a person, or (None) for the report."""
    returns = Return.objects.visible_to(user) if user is not None else Return.objects.all()
    returns = returns.filter(year=year, round__framework__audience=audience, events__at__lt=at).distinct()
    asked = list(returns.with_status(at).select_related("agency", "round__framework").prefetch_related("agency__names"))
    submitted = [one for one in asked if one.submitted_at and one.submitted_at < at]
    frameworks = sorted({one.round.framework for one in asked}, key=lambda one: one.version)
    options = [option for one in frameworks for option in one.options.all()]
    latest = frameworks[-1] if frameworks else None
    return Cycle(
        year=year,
        at=at,
        asked=asked,
        submitted=submitted,
        answers=_graded(Answer.objects.filter(of_return__in=[one.pk for one in submitted]), at),
        most=max((option.points for option in options), default=0),
        grades=list(dict.fromkeys(option.label for option in options)),
        standards={one.number: one.title for one in latest.standards.all()} if latest else {},
    )


def _graded(answers: QuerySet[Answer], at: dt.datetime) -> list[Graded]:
    related = answers.select_related("question__standard", "option", "of_return", "moderated__option")
    return [_one(answer, at) for answer in related.order_by("question__standard__number", "question__number")]


def _one(answer: Answer, at: dt.datetime) -> Graded:
    moderated = getattr(answer, "moderated", None)
    option = moderated.option if moderated and moderated.moderated_at < at else answer.option
    question = answer.question
    known = Graded(answer.of_return.agency_id, question.standard.number, question.key, question.text)
    if option is None:
        return known
    return Graded(
        known.agency,
        known.standard,
        known.key,
        known.text,
        option.label,
        option.points,
        option.is_compliant,
        option.needs_action,
    )
