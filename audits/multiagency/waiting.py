"""What of the multi-agency audits waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Count, Exists, Min, OuterRef, Q
from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.waiting import Waiting

from ..models import Audit, AuditReturn, AuditStage, ReturnStatus

MOST = 10
STARTS_SOON = dt.timedelta(days=28)


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For an agency: one line for each audit to which it owes returns. For who runs audits: what is late, what can go
    on, what should begin. A fixed number of queries."""
    waiting = list(_owed(user, today))
    if user.for_whole_board(Permission.MANAGE_AUDITS):
        waiting += [*_under_way(today), *_to_begin(today)]
    return waiting


def _owed(user: User, today: dt.date) -> Iterator[Waiting]:
    agencies = user.agencies_where(Permission.FILL_RETURN)
    if not agencies:
        return
    owed = AuditReturn.objects.visible_to(user).of_agencies(agencies).owed().order_by()
    counted = owed.values("case__audit", "case__audit__title").annotate(number=Count("pk"), due=Min("due"))
    for row in counted.order_by("due")[:MOST]:
        late = (today - row["due"]).days
        number = row["number"]
        yield Waiting(
            title=f"Returns to an audit: {row['case__audit__title']}",
            url=f"{reverse('audits:audit_return_list')}?audit={row['case__audit']}&status={ReturnStatus.DUE}",
            sentence="1 case waits for your answer" if number == 1 else f"{number} cases wait for your answer",
            tag=_days_late(late) if late > 0 else f"due {row['due'].day} {row['due']:%B}",
            tone="red" if late > 0 else "amber",
            due=row["due"],
        )


def _under_way(today: dt.date) -> Iterator[Waiting]:
    late, due = Q(cases__returns__status=ReturnStatus.DUE, cases__returns__due__lt=today), ReturnStatus.DUE
    audits = Audit.objects.filter(stage__in=[AuditStage.FIELDWORK, AuditStage.MODERATION]).annotate(
        late=Count("cases__returns", filter=late, distinct=True),
        due=Count("cases__returns", filter=Q(cases__returns__status=due), distinct=True),
        came=Count("cases__returns", filter=Q(cases__returns__status=ReturnStatus.RECEIVED), distinct=True),
        unmoderated=Exists(
            AuditReturn.objects.filter(
                case__audit=OuterRef("pk"), status=ReturnStatus.RECEIVED, moderated_grade__isnull=True
            )
        ),
    )
    for audit in audits:
        if audit.stage == AuditStage.FIELDWORK and audit.late:
            words = "1 return is late" if audit.late == 1 else f"{audit.late} returns are late"
            url = reverse("audits:audit_chase", args=[audit.pk])
            yield Waiting(f"Chase returns: {audit}", url, words, f"{audit.late} late", "red")
        elif audit.stage == AuditStage.FIELDWORK and audit.came and not audit.due:
            url = reverse("audits:audit_close_returns", args=[audit.pk])
            yield Waiting(f"Close the returns: {audit}", url, "Every return is in", "to decide", "amber")
        elif audit.stage == AuditStage.MODERATION:
            words = (
                "Returns wait for their moderated grade" if audit.unmoderated else "Write down and report the findings"
            )
            yield Waiting(f"Go on with the audit: {audit}", audit.get_absolute_url(), words, "to do", "amber")


def _to_begin(today: dt.date) -> Iterator[Waiting]:
    planned = Audit.objects.filter(stage=AuditStage.PLANNED, scheduled_from__lte=today + STARTS_SOON)
    audits = list(planned.order_by("scheduled_from"))
    if len(audits) == 1:
        yield Waiting(
            title=f"Begin the audit: {audits[0]}",
            url=audits[0].get_absolute_url(),
            sentence=f"It is on the schedule for {audits[0].months}",
            tag="to begin",
            due=audits[0].scheduled_from,
        )
    elif audits:
        url = f"{reverse('audits:audit_list')}?stage={AuditStage.PLANNED}"
        words = f"{len(audits)} audits are on the schedule and have not begun"
        yield Waiting("Begin audits", url, words, f"{len(audits)} to begin", due=audits[0].scheduled_from)


def _days_late(days: int) -> str:
    return "1 day late" if days == 1 else f"{days:,} days late"
