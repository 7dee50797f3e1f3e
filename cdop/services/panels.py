"""Which cases come to which meeting of the panel."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from boards.meetings.access import must_run
from boards.models import Meeting
from lscb.accounts.models import Actor
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from ..models import Death, DeathState, Panel, PanelCase
from .access import must_manage


@transaction.atomic
def set_panel(
    *, meeting: Meeting, deaths: Sequence[Death], is_neonatal: bool = False, by: Actor, today: dt.date
) -> Panel:
    """The cases of a meeting, in their order. A case that was reviewed at it stays on its list."""
    must_manage(by)
    must_run(by, meeting.group)
    if meeting.group.confidential_permission != Permission.READ_CHILD_DEATHS:
        raise RuleBroken("Cases come to meetings of the panel only.")
    panel, _ = Panel.objects.get_or_create(meeting=meeting)
    panel = Panel.objects.select_for_update(of=("self",)).get(pk=panel.pk)
    chosen = list(dict.fromkeys(deaths))
    _check(panel, meeting, chosen, is_neonatal)
    panel.is_neonatal = is_neonatal
    panel.save(update_fields=["is_neonatal"])
    panel.cases.all().delete()
    PanelCase.objects.bulk_create(
        PanelCase(panel=panel, death=death, order=order) for order, death in enumerate(chosen, start=1)
    )
    record(
        verb="set the cases of the panel",
        by=by,
        target=meeting,
        named=meeting.safe_name,
        changes={"cases": (None, "; ".join(death.reference for death in chosen))},
    )
    return panel


def _check(panel: Panel, meeting: Meeting, chosen: Sequence[Death], is_neonatal: bool) -> None:
    if is_neonatal and any(not death.is_neonatal for death in chosen):
        raise RuleBroken("A neonatal panel looks at deaths of children under 28 days only.", field="deaths")
    if any(death.notified_on > meeting.day for death in chosen):
        raise RuleBroken("A case was notified after the day of the meeting.", field="deaths")
    there = set(panel.cases.values_list("death", flat=True))
    new = [death for death in chosen if death.pk not in there]
    if any(not death.is_open for death in new):
        raise RuleBroken("Only open cases come to a meeting.", field="deaths")
    done = panel.cases.filter(death__state=DeathState.REVIEWED, death__ended_on=meeting.day).values_list(
        "death", flat=True
    )
    if not set(done) <= {death.pk for death in chosen}:
        raise RuleBroken("A case whose review was completed at this meeting stays on its list.", field="deaths")
