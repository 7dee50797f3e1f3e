"""How the business plan of the demonstration went: reported, reviewed at the four themed meetings, looked back at.

The plan's actions and the meetings were published; what was said of them is invented (`data/README.md`).
"""

from __future__ import annotations

import datetime as dt

from django.core.files.base import ContentFile

from boards.models import BusinessPlan
from lscb.accounts.models import Actor, User
from lscb.actions import services
from lscb.actions.models import Action, ActionEntry
from lscb.common.periods import FinancialYear

from .boards import rows
from .people import PEOPLE

YEAR = FinancialYear(2016)
FORUM = "Main board, themed meeting"
NOTE = b"Dry run of the joint audit of neglect: what we learned.\r\n\r\n1. Agree the chronology before reading.\r\n"

Row = dict[str, str]


def load_progress(*, by: Actor) -> None:
    """After the business plan. `by` runs it; the police tell of their own parts."""
    told = _Told(BusinessPlan.objects.get(year=YEAR), by)
    for row in sorted(rows("business_plan_progress"), key=lambda row: row["on"]):
        told.tell(row)


class _Told:
    def __init__(self, business_plan: BusinessPlan, by: Actor) -> None:
        self.plan, self.by = business_plan.plan, by
        lead = next(person for person in PEOPLE if person.mailbox == "lead")
        self.lead, self.leads = User.objects.get(email=lead.email), lead.agency

    def tell(self, row: Row) -> None:
        """Let happen what a row says, on its day."""
        on = dt.date.fromisoformat(row["on"])
        action = Action.objects.select_related("plan").get(plan=self.plan, number=row["number"])
        getattr(self, f"_{row['what']}")(row, action, on)

    def _part(self, row: Row, action: Action) -> tuple[ActionEntry, Actor]:
        """Whose part a row tells of, and who tells it."""
        entries = ActionEntry.objects.select_related("action__plan")
        entry = entries.get(action=action, **({"agency__name": row["who"]} if row["who"] else {}))
        return entry, self.lead if row["who"] == self.leads else self.by

    def _note(self, row: Row, action: Action, on: dt.date) -> None:
        entry, by = self._part(row, action)
        text, progress = row["text"], row["progress"]
        services.add_note(action=action, entry=entry, text=text, progress=progress, on=on, by=by, today=on)

    def _evidence(self, row: Row, action: Action, on: dt.date) -> None:
        entry, by = self._part(row, action)
        services.write_evidence(entry=entry, version=entry.version, evidence=row["text"], by=by)
        note = ContentFile(NOTE, name="dry-run-note.txt")
        services.add_evidence_file(entry=entry, upload=note, on=on, by=by, today=on)

    def _propose(self, row: Row, action: Action, on: dt.date) -> None:
        services.propose_complete(action=action, evidence=row["text"], on=on, by=self.by, today=on)

    def _review(self, row: Row, action: Action, on: dt.date) -> None:
        services.hold_quarterly_review(
            plan=self.plan, held_on=on, forum=FORUM, achieved=[action], notes=row["text"], by=self.by, today=on
        )

    def _move(self, row: Row, action: Action, on: dt.date) -> None:
        to = dt.date.fromisoformat(row["due"])
        services.move_due_date(action=action, to=to, reason=row["text"], on=on, by=self.by, today=on)

    def _impact(self, row: Row, action: Action, on: dt.date) -> None:
        difference = row["progress"]
        services.answer_impact(action=action, difference=difference, words=row["text"], on=on, by=self.by, today=on)
