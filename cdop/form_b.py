"""The agency report (Form B): its questions, version by version. A case keeps the version of the year it began in.

A question is answered, not known, or does not apply. All three are answers; a blank is none.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lscb.common.periods import FinancialYear

from .models.codes import Domain


class Answer(StrEnum):
    ANSWERED = "answered"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"


ANSWER_WORDS = {
    Answer.ANSWERED: "Answered below",
    Answer.UNKNOWN: "Not known to us",
    Answer.NOT_APPLICABLE: "Does not apply",
}


@dataclass(frozen=True)
class Question:
    """`code` never changes its meaning from one version to the next."""

    code: str
    domain: Domain
    text: str
    hint: str = ""


@dataclass(frozen=True)
class FormVersion:
    """In use for deaths notified from the financial year that begins in `first_year`."""

    first_year: int
    questions: tuple[Question, ...]

    @property
    def name(self) -> str:
        return f"in use from {FinancialYear(self.first_year)}"


_FIRST = (
    Question("contact", Domain.SERVICES, "What contact did your agency have?", "From when to when, how often, and why"),
    Question("health", Domain.CHILD, "What do you know of the child’s health?", "Conditions, treatment, disability"),
    Question("development", Domain.CHILD, "What do you know of development and education?"),
    Question("household", Domain.FAMILY, "Who lived in the household?", "By role: mother, older sibling, lodger"),
    Question("home", Domain.FAMILY, "What do you know of the home and its surroundings?", "Housing, smoking, sleeping"),
    Question("parents", Domain.PARENTING, "What do you know of the care the child received?"),
    Question("safeguarding", Domain.SERVICES, "Was there ever a safeguarding concern, plan or order?"),
    Question("services", Domain.SERVICES, "Was a service offered that was not taken up, or asked for and not given?"),
    Question("events", Domain.CHILD, "What led to the death, as far as you know?"),
)
_LATER = (
    *_FIRST,
    Question("communication", Domain.SERVICES, "How well did services and family understand each other?"),
    Question("bereavement", Domain.FAMILY, "What support was the family offered after the death?"),
)

VERSIONS = (FormVersion(2008, _FIRST), FormVersion(2016, _LATER))
"""The oldest first. A changed form is a new entry at the end; one that is in use is never edited."""


def version_on(day: dt.date) -> FormVersion:
    """The version for a death notified on `day`."""
    return version_of(FinancialYear.containing(day).start)


def version_of(first_year: int) -> FormVersion:
    """The newest version that was in use by then."""
    return next((one for one in reversed(VERSIONS) if one.first_year <= first_year), VERSIONS[0])


def unanswered(version: FormVersion, answers: Mapping[str, Mapping[str, str]]) -> list[Question]:
    """Questions without an answer: left blank, or said to be answered without a word."""
    return [question for question in version.questions if not is_answer(answers.get(question.code, {}))]


def is_answer(answer: Mapping[str, str]) -> bool:
    kind = answer.get("kind", "")
    return kind in (Answer.UNKNOWN, Answer.NOT_APPLICABLE) or (
        kind == Answer.ANSWERED and bool(answer.get("text", "").strip())
    )
