"""What changed for people: scores before and after, of those only who answered the same question both times."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import QuerySet

from lscb.common.rounding import Percentage, percentage

from .models import Answer, Booking, Evaluation, Moment, Session
from .models.booking import CAME, LIVE


@dataclass(frozen=True)
class Change:
    """Of one question: the means of the same `n` people at both moments."""

    question: str
    n: int
    first: Decimal
    second: Decimal


def matched(sessions: QuerySet[Session], first: str, second: str) -> list[Change]:
    """Question by question, in their order. Without a person who answered both times a question has no row."""
    scores: dict[int, dict[object, dict[str, int]]] = defaultdict(lambda: defaultdict(dict))
    texts: dict[int, str] = {}
    answers = Answer.objects.filter(
        evaluation__booking__session__in=sessions, evaluation__moment__in=(first, second)
    ).order_by("question__order", "question", "pk")
    rows = answers.values_list("question", "question__text", "evaluation__booking", "evaluation__moment", "score")
    for question, text, booking, moment, score in rows:
        texts[question] = text
        scores[question][booking][moment] = score
    changes = []
    for question, text in texts.items():
        pairs = [(by[first], by[second]) for by in scores[question].values() if first in by and second in by]
        if pairs:
            before, after = (Decimal(sum(pair[side] for pair in pairs)) / len(pairs) for side in (0, 1))
            changes.append(Change(text, len(pairs), before, after))
    return changes


def response_rate(sessions: QuerySet[Session], moment: str) -> Percentage:
    """Who answered, of who was asked: before the session who was booked, afterwards who came."""
    asked = Booking.objects.filter(session__in=sessions, state__in=LIVE if moment == Moment.BEFORE else CAME)
    answered = Evaluation.objects.filter(booking__in=asked, moment=moment)
    return percentage(answered.count(), asked.count())
