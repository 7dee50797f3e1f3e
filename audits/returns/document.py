"""A return as one document of plain values: what is frozen when it is submitted, and what a PDF is drawn from."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lscb.common.periods import local_date

from ..models import Answer, Return
from .carrying import grade_words

Content = dict[str, Any]


def content_of(of_return: Return, *, sent_at: dt.datetime | None) -> Content:
    """Everything that is printed. `sent_at` is None while it is a draft."""
    framework = of_return.round.framework
    return {
        "reference": of_return.reference,
        "agency": of_return.agency.name_on(local_date(sent_at) if sent_at else of_return.due_on),
        "round": of_return.round.title,
        "year": str(of_return.year),
        "asks_for": of_return.get_asks_for_display(),
        "duty": framework.duty,
        "edition": framework.edition,
        "framework": str(framework),
        "declaration": framework.declaration,
        "due_on": of_return.due_on.isoformat(),
        "sent_at": sent_at.isoformat() if sent_at else None,
        "late": of_return.came_late,
        "signatures": [
            {
                "capacity": one.get_capacity_display(),
                "name": one.name,
                "position": one.position,
                "signed_at": one.signed_at.isoformat(),
            }
            for one in of_return.signatures.order_by("signed_at", "pk")
        ],
        "standards": _standards(of_return.answers.with_content()),
        "queries": [
            {"question": one.question.reference, "text": one.text, "reply": one.reply}
            for one in of_return.queries.select_related("question__standard")
        ],
    }


def digest(content: Content) -> str:
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def _standards(answers: Iterable[Answer]) -> list[Content]:
    standards: dict[int, Content] = {}
    for answer in answers:
        standard = answer.question.standard
        known = standards.setdefault(
            standard.number, {"number": standard.number, "title": standard.title, "answers": []}
        )
        known["answers"].append(_answer(answer))
    return list(standards.values())


def _answer(answer: Answer) -> Content:
    option = answer.option
    return {
        "question": answer.question.reference,
        "key": answer.question.key,
        "text": answer.question.text,
        "grade": grade_words(answer),
        "points": option.points if option else None,
        "needs_action": answer.needs_improvement,
        "why_not": answer.why_not if answer.not_applicable else "",
        "evidence": answer.evidence,
        "files": [one.attachment.original_name for one in answer.files.all()],
        "improvement": answer.improvement,
        "improve_by": answer.improve_by.isoformat() if answer.improve_by else None,
    }


# ---- The score ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Score:
    """Points of those that could be had, over what was graded: what does not apply or was not answered is left out."""

    points: int
    possible: int
    graded: int
    asked: int

    @property
    def percent(self) -> Decimal | None:
        return Decimal(self.points) * 100 / self.possible if self.possible else None


def score_of(points: Sequence[int | None], *, most: int) -> Score:
    """`points` per question, None where there is no grade; `most` is what the best grade gives."""
    graded = [one for one in points if one is not None]
    return Score(sum(graded), most * len(graded), len(graded), len(points))
