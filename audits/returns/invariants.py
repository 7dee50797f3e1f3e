"""Rules of returns that no constraint can hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, F, Max, Q

from lscb.common.faults import Fault

from ..models import Answer, Evidence, Framework, Return, ReturnCounter, Submission
from ..models.returns import SUBMITTED
from .document import content_of, digest


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold."""
    yield from _numbers()
    yield from _laid_out()
    yield from _submissions()
    for evidence in Evidence.objects.exclude(attachment__agency=F("answer__of_return__agency")):
        yield Fault(
            f"Evidence {evidence.pk} belongs to another agency than the return that it is in.",
            evidence.answer.of_return,
        )
    for framework in Framework.objects.filter(locked_at=None, rounds__isnull=False).distinct():
        yield Fault(f"Framework {framework.pk} is used by a round and can still be changed.", framework)


def _numbers() -> Iterator[str]:
    counted = {counter.year: counter.last for counter in ReturnCounter.objects.all()}
    found = Return.objects.order_by().values_list("year").annotate(Count("pk"), Max("number"))
    for year, number, top in found:
        if not number == top == counted.get(year, 0):
            yield f"Returns of {year}: {number} are on file, but numbers go to {top} and {counted.get(year, 0)}."


def _laid_out() -> Iterator[str]:
    """A row for each question of the framework, and no other."""
    for answer in Answer.objects.exclude(question__standard__framework=F("of_return__round__framework")):
        yield Fault(f"Answer {answer.pk} is to a question that its round does not ask.", answer.of_return)
    related = Return.objects.annotate(has=Count("answers", distinct=True))
    asked = Count("round__framework__standards__questions", distinct=True)
    for one in related.annotate(asked=asked).exclude(has=F("asked")):
        yield Fault(f"Return {one} has {one.has} answers, but is asked {one.asked} questions.", one)


def _submissions() -> Iterator[str]:
    """What was sent is as it was sent, complete, and what stands in the answers is what was sent."""
    latest: dict[object, Submission] = {}
    for sent in Submission.objects.order_by("number").iterator(chunk_size=200):
        if digest(sent.content) != sent.digest:
            yield Fault(
                f"What was sent as return {sent.of_return_id}, number {sent.number}, is not what was frozen.",
                sent.of_return,
            )
        latest[sent.of_return_id] = sent
    for one in Return.objects.filter(status__in=SUBMITTED).select_related("round__framework", "agency"):
        frozen = latest.get(one.pk)
        if frozen is None:
            yield Fault(f"Return {one} is submitted, but nothing of it was frozen.", one)
        elif content_of(one, sent_at=frozen.sent_at)["standards"] != frozen.content["standards"]:
            yield Fault(f"Return {one} says something else than what was sent.", one)
    incomplete = Q(option=None, not_applicable=False) | Q(not_applicable=True, why_not="")
    for answer in Answer.objects.filter(incomplete, of_return__status__in=SUBMITTED):
        yield Fault(
            f"Answer {answer.pk} of a submitted return is neither graded nor said not to apply, with the reason.",
            answer.of_return,
        )
