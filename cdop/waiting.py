"""What of child deaths waits for a person. No sentence says who a child was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db.models import Exists, OuterRef
from django.urls import reverse

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.templatetags.portal import day
from lscb.common.waiting import Waiting
from lscb.common.words import say

from .models import AgencyReport, Death, PanelCase, Paper, PaperState
from .querysets import knows_children

MOST = 10
SOON = dt.timedelta(days=28)


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For the agency its reports; for the officer new notifications, late reports and papers; for who may release,
    the papers that wait for a second person. A fixed number of queries."""
    waiting = list(_owed(user, today))
    if user.for_whole_board(Permission.MANAGE_CHILD_DEATHS):
        waiting += [*_new(user), *_late(user, today), *_to_write(user, today)]
    if knows_children(user):
        waiting += [*_to_release(user), *_held_back(user)]
    return waiting


def _owed(user: User, today: dt.date) -> Iterator[Waiting]:
    agencies = user.agencies_where(Permission.ANSWER_CHILD_DEATHS)
    if not agencies:
        return
    owed = AgencyReport.objects.visible_to(user).owed_by(agencies).select_related("death").order_by("due")
    for report in owed.defer("answers")[:MOST]:
        late = (today - report.due).days
        tag = (
            f"due {report.due.day} {report.due:%B}" if late <= 0 else "1 day late" if late == 1 else f"{late} days late"
        )
        yield Waiting(
            title=f"Report on case {report.death.reference}",
            url=reverse("cdop:report", args=[report.pk]),
            sentence=say("Your agency is to report to the {death_panel}"),
            tag=tag,
            tone="red" if late > 0 else "amber",
            due=report.due,
        )


def _new(user: User) -> Iterator[Waiting]:
    """Notifications of which no agency was asked yet and which came to no meeting."""
    asked = AgencyReport.objects.filter(death=OuterRef("pk"))
    listed = PanelCase.objects.filter(death=OuterRef("pk"))
    fresh = Death.objects.visible_to(user).open().filter(~Exists(asked), ~Exists(listed)).order_by("notified_on")
    for death in fresh[:MOST]:
        sentence = f"Notified on {day(death.notified_on)}, no agency is asked yet"
        yield Waiting(f"Notification {death.reference}", death.get_absolute_url(), sentence, "new", "amber")


def _late(user: User, today: dt.date) -> Iterator[Waiting]:
    number = AgencyReport.objects.visible_to(user).late(today).count()
    if number:
        words = "1 report is" if number == 1 else f"{number} reports are"
        url = reverse("cdop:report_list")
        yield Waiting("Chase agency reports", url, f"{words} overdue", f"{number} late", "red")


def _to_write(user: User, today: dt.date) -> Iterator[Waiting]:
    """Cases of the next meetings whose paper is not released."""
    released = Paper.objects.filter(death=OuterRef("death"), state=PaperState.RELEASED)
    soon = PanelCase.objects.visible_to(user).filter(
        ~Exists(released), panel__meeting__starts_at__date__range=(today, today + SOON), death__state="open"
    )
    for case in soon.select_related("death", "panel__meeting")[:MOST]:
        on = case.panel.meeting.day
        url = reverse("cdop:paper_write", args=[case.death_id])
        sentence = f"For the panel of {day(on)}"
        yield Waiting(f"Paper of {case.death.reference}", url, sentence, "not released", "amber", due=on)


def _to_release(user: User) -> Iterator[Waiting]:
    waits = Paper.objects.visible_to(user).filter(state=PaperState.PROPOSED).exclude(proposed_by=user)
    for paper in waits.select_related("death").only("death__reference")[:MOST]:
        url = reverse("cdop:paper_release", args=[paper.death_id])
        sentence = "Read it as a second person, then release it"
        yield Waiting(f"Release the paper of {paper.death.reference}", url, sentence, "to release", "amber")


def _held_back(user: User) -> Iterator[Waiting]:
    for death in Death.objects.visible_to(user).filter(held_back=True)[:MOST]:
        sentence = "A text names somebody: the panel reads none of it"
        yield Waiting(f"Mend the texts of {death.reference}", death.get_absolute_url(), sentence, "held back", "red")
