"""How actions are found, and which are an agency's. What follows from a child death is never found by words."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from lscb.accounts.models import Reader
from lscb.accounts.permissions import Permission
from lscb.common.records import GONE, Destroyed, Kept, Searched, Taken, Then
from lscb.files.destroying import destroy_attachments

from .models import (
    STOPS_BEING_OUTSTANDING,
    Action,
    ActionEntry,
    ActionEvent,
    ActionPlan,
    DueDateMove,
    EvidenceFile,
    ImpactCheck,
    Note,
    State,
)

FROM_CHILD_DEATHS = Permission.READ_CHILD_DEATHS


def _plans(user: Reader) -> QuerySet[ActionPlan]:
    return ActionPlan.objects.visible_to(user).exclude(permission=FROM_CHILD_DEATHS)


def _actions(user: Reader) -> QuerySet[Action]:
    return Action.objects.visible_to(user).exclude(plan__permission=FROM_CHILD_DEATHS).select_related("plan")


def _notes(user: Reader) -> QuerySet[Note]:
    seen = Note.objects.visible_to(user).exclude(action__plan__permission=FROM_CHILD_DEATHS)
    return seen.select_related("action__plan")


def _called(action: Action) -> str:
    return f"{action}, {action.plan}"


SEARCHED = (
    Searched("Action plans", _plans, words=("title",)),
    Searched("Actions", _actions, words=("what", "intended_outcome"), name=_called),
    Searched(
        "Notes of actions",
        _notes,
        words=("text",),
        name=lambda note: _called(note.action),
        url=lambda note: str(note.action.get_absolute_url()),
    ),
)

TAKEN = (
    Taken(lambda lead, agency: Action.objects.visible_to(lead), also={"plan_title": "plan__title"}),
    Taken(lambda lead, agency: ActionEntry.objects.visible_to(lead).filter(agency=agency)),
    Taken(lambda lead, agency: ActionEvent.objects.visible_to(lead)),
    Taken(lambda lead, agency: Note.objects.visible_to(lead).filter(Q(entry=None) | Q(entry__agency=agency))),
    Taken(lambda lead, agency: EvidenceFile.objects.visible_to(lead).filter(entry__agency=agency)),
    Taken(lambda lead, agency: DueDateMove.objects.visible_to(lead)),
    Taken(lambda lead, agency: ImpactCheck.objects.visible_to(lead), also={"action": "event__action"}),
)


def _ended() -> QuerySet[Any]:
    """Actions that are over, from the day that ended them; one that was re-opened is not over."""
    ending = ActionEvent.objects.filter(action=OuterRef("pk"), kind__in=STOPS_BEING_OUTSTANDING).order_by("-on", "-pk")
    over = Action.objects.filter(state__in=(State.SIGNED_OFF, State.SUPERSEDED, State.WITHDRAWN))
    over = over.exclude(plan__permission=FROM_CHILD_DEATHS).select_related("plan")
    return over.annotate(trigger_on=Subquery(ending.values("on")[:1]))


def destroy_actions(keys: Collection[UUID]) -> Destroyed:
    """What was to be done, notes and evidence go. That there was an action, and when it ended, stays in every count."""
    went = Destroyed()
    files = EvidenceFile.objects.filter(entry__action__in=keys)
    attached = list(files.values_list("attachment", flat=True))
    files.delete()
    destroy_attachments(attached, went)
    went.counts["notes"] += Note.objects.filter(action__in=keys).delete()[0]
    ActionEntry.objects.filter(action__in=keys).update(evidence="", person=None)
    ImpactCheck.objects.filter(event__action__in=keys).update(words=GONE)
    DueDateMove.objects.filter(action__in=keys).update(reason=GONE)
    ActionEvent.objects.filter(action__in=keys).exclude(reason="").update(reason=GONE)
    went.counts["actions"] += Action.objects.filter(pk__in=keys).update(what=GONE, intended_outcome="")
    return went


KEPT = (
    Kept(
        slug="actions",
        title="Actions",
        covers="Actions of every plan but that of child deaths, with their notes and evidence",
        trigger="the day it was signed off, withdrawn or superseded",
        months=84,
        then=Then.DESTROY,
        basis="Public task: Children Act 2004, section 14 (what was done about what was found).",
        triggered=_ended,
        destroy=destroy_actions,
        leaves_number=True,
        reference=lambda action: f"{action} of plan {action.plan_id}",
    ),
)
