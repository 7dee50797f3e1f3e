"""What a row says of an action, here and on the pages of the floors above."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import Prefetch
from django.urls import reverse

from lscb.common.lists import Tag
from lscb.common.rag import rag_of_due_date

from .models import Action, ActionEntry, ActionPlan, Progress, State
from .services import Asked

TONES = {
    State.OPEN: "blue",
    State.PROPOSED: "amber",
    State.SIGNED_OFF: "green",
    State.SUPERSEDED: "grey",
    State.WITHDRAWN: "grey",
}
WATCHED = Prefetch("entries", ActionEntry.objects.select_related("agency"))


def state_tag(action: Action) -> Tag:
    return Tag(action.get_state_display().lower(), TONES[State(action.state)])


def rag_tag(action: Action, today: dt.date) -> Tag:
    """The colour by due date and by what is reported, with its word; what left the plan without being done has none.

    Reads the entries of the action: fetch them along (`WATCHED`).
    """
    if action.state in (State.WITHDRAWN, State.SUPERSEDED):
        return Tag("not rated")
    reported = [Progress(entry.progress).rag for entry in action.entries.all() if entry.progress]
    rag = rag_of_due_date(action.due, today=today, done=action.is_done, reported=reported)
    return Tag(rag.word, rag.value)


def progress_tag(entry: ActionEntry) -> Tag:
    """What is reported of one part."""
    if not entry.progress:
        return Tag("nothing reported")
    return Tag(entry.get_progress_display().lower(), Progress(entry.progress).rag.value)


def asked_of(action: Action) -> str:
    """ "Solent NHS Trust; Board Manager" """
    return "; ".join(entry.who for entry in action.entries.all())


def row_of(action: Action, today: dt.date) -> dict[str, Any]:
    """As `actions/rows.html` prints it."""
    return {
        "action": action,
        "url": action.get_absolute_url(),
        "who": asked_of(action),
        "rag": rag_tag(action, today),
        "state": state_tag(action),
    }


def asked(data: dict[str, Any]) -> list[Asked]:
    """Who is asked, from an `ActionForm`: the lead first."""
    others = [agency for agency in data["agencies"] if agency != data["lead"]]
    first = [Asked(data["lead"], data["owner"])] if data["lead"] or data["owner"] else []
    return first + [Asked(agency) for agency in others]


def crumbs(action: Action | None = None, plan: ActionPlan | None = None) -> list[tuple[str, str]]:
    """The way down to an action; its plan is on it for who reads the plan."""
    above = [("Actions", reverse("actions:mine"))]
    if plan:
        above.append((plan.title, plan.get_absolute_url()))
    if action:
        above.append((str(action), action.get_absolute_url()))
    return above
