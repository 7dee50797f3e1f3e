"""Rules of multi-agency audits that no constraint can hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, F, Q

from lscb.common.faults import Fault

from ..models import Audit, AuditAnswer, AuditHappened, AuditRecommendation, AuditReturn, AuditStage, ReturnStatus

REACHED: dict[str, AuditHappened] = {
    AuditStage.MODERATION: AuditHappened.RETURNS_CLOSED,
    AuditStage.REPORTED: AuditHappened.REPORTED,
    AuditStage.CLOSED: AuditHappened.CLOSED,
    AuditStage.CANCELLED: AuditHappened.CANCELLED,
}


def broken(today: dt.date) -> Iterator[str]:
    """A sentence for each rule that does not hold. No case is named."""
    yield from _stages()
    yield from _grades_of_another_tool()
    yield from _answers_to_another_tool()
    yield from _returns_still_due()
    yield from _actions_of_another_plan()


def _stages() -> Iterator[str]:
    for stage, happened in REACHED.items():
        for audit in Audit.objects.filter(stage=stage).exclude(events__happened=happened):
            yield Fault(
                f"The audit “{audit}” is {audit.get_stage_display().lower()}, but its history does not say so.", audit
            )


def _grades_of_another_tool() -> Iterator[str]:
    tool = F("case__audit__tool")
    wrong = (Q(own_grade__isnull=False) & ~Q(own_grade__tool=tool)) | (
        Q(moderated_grade__isnull=False) & ~Q(moderated_grade__tool=tool)
    )
    for one in AuditReturn.objects.filter(wrong).select_related("case__audit"):
        yield Fault(f"A return to the audit “{one.case.audit}” has a grade of another tool.", one.case.audit)


def _answers_to_another_tool() -> Iterator[str]:
    answers = AuditAnswer.objects.exclude(question__tool=F("audit_return__case__audit__tool"))
    audits = Audit.objects.filter(cases__returns__answers__in=answers).distinct()
    for audit in audits:
        yield Fault(f"The audit “{audit}” has answers to questions of another tool.", audit)


def _returns_still_due() -> Iterator[str]:
    over = (AuditStage.REPORTED, AuditStage.CLOSED)
    due = Count("cases__returns", filter=Q(cases__returns__status=ReturnStatus.DUE))
    for audit in Audit.objects.filter(stage__in=over).annotate(due=due).filter(due__gt=0):
        yield Fault(f"The audit “{audit}” is reported, but still waits for returns.", audit)


def _actions_of_another_plan() -> Iterator[str]:
    wrong = AuditRecommendation.objects.filter(actions__isnull=False).exclude(actions__plan=F("audit__plan"))
    for one in wrong.select_related("audit").distinct():
        yield Fault(f"{one} of the audit “{one.audit}” has an action of another plan.", one.audit)
