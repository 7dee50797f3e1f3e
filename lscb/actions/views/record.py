"""The page of an action: what, who by when, how each part goes, and its story."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.views.generic import TemplateView

from lscb.accounts.access import Guarded
from lscb.accounts.models import Actor, User
from lscb.common.periods import local_date
from lscb.common.templatetags.portal import day
from lscb.trail.models import Event

from ..access import may_manage, may_sign_off, own_parts
from ..models import Action, ActionPlan, EvidenceFile, Kind, State
from ..rows import crumbs, progress_tag, rag_tag, state_tag
from .finding import find_action, look_at

Told = tuple[dt.date, int, dict[str, str]]
"""The day, the place among what happened on that day, and the entry of the timeline."""


class ActionPage(Guarded, TemplateView):
    template_name = "actions/action.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        action = find_action(self.user, self.kwargs["pk"])
        look_at(action.plan, self.request, self.user)
        reads_plan = ActionPlan.objects.visible_to(self.user).filter(pk=action.plan_id).exists()
        manages, own = may_manage(self.user, action.plan), own_parts(self.user, action)
        entries = action.entries.select_related("agency", "person").prefetch_related("files__attachment")
        return super().get_context_data(
            title=action.what,
            action=action,
            facts=[action.plan.title],
            state=state_tag(action),
            rag=rag_tag(action, timezone.localdate()),
            breadcrumbs=crumbs(plan=action.plan if reads_plan else None),
            rows=_facts(action, manages),
            parts=[{"entry": one, "progress": progress_tag(one), "mine": one in own} for one in entries],
            history=_story(action),
            moves=_offers(action, self.user, manages=manages, updates=manages or bool(own)),
            **kwargs,
        )


def _facts(action: Action, manages: bool) -> list[dict[str, Any]]:
    due = day(action.due)
    if action.has_moved:
        due += f"\nFirst due {day(action.original_due)}"
    move = {"url": reverse("actions:move", args=[action.pk]), "action": "Move"} if manages and action.is_live else {}
    rows = [
        {"key": "What children should notice", "value": action.intended_outcome},
        {"key": "Starts", "value": day(action.starts_on)},
        {"key": "Due", "value": due, **move},
    ]
    if action.replaced_by:
        replaced = {"url": action.replaced_by.get_absolute_url(), "action": "See it"}
        rows.append({"key": "Replaced by", "value": str(action.replaced_by), **replaced})
    check = _last_impact(action)
    if check:
        rows.append({"key": "Did it make a difference?", "value": f"{check.get_difference_display()}\n{check.words}"})
    return rows


def _last_impact(action: Action) -> Any:
    last = action.events.filter(kind=Kind.SIGNED_OFF).select_related("impact_check").last()
    return getattr(last, "impact_check", None) if last and action.state == State.SIGNED_OFF else None


def _story(action: Action) -> list[dict[str, str]]:
    """Events, notes, moved due dates, files, impact and changed words together, newest first."""
    told: list[Told] = [*_events(action), *_notes(action), *_moves(action), *_changes(action), *_files(action)]
    return [entry for *_, entry in sorted(told, key=lambda one: one[:2], reverse=True)]


def _events(action: Action) -> list[Told]:
    told: list[Told] = []
    for place, event in enumerate(action.events.select_related("by", "impact_check__by")):
        text = " ".join(part for part in (event.meeting and f"{event.meeting}.", event.reason) if part)
        told.append((event.on, place, _entry(event.get_kind_display(), text, event.by, event.on)))
        if check := getattr(event, "impact_check", None):
            title = f"Made a difference for children: {check.get_difference_display().lower()}"
            told.append((check.on, place, _entry(title, check.words, check.by, check.on)))
    return told


def _notes(action: Action) -> list[Told]:
    several = len(action.entries.all()) > 1
    told: list[Told] = []
    for place, note in enumerate(action.notes.select_related("by", "entry__agency")):
        whose = f" of {note.entry.who}" if note.entry and several else ""
        how = f": {note.get_progress_display().lower()}" if note.progress else ""
        told.append((note.on, 1000 + place, _entry(f"Progress{whose}{how}", note.text, note.by, note.on)))
    return told


def _moves(action: Action) -> list[Told]:
    told: list[Told] = []
    for place, move in enumerate(action.moves.select_related("by")):
        title = f"Due date moved from {day(move.moved_from)} to {day(move.moved_to)}"
        told.append((move.on, 2000 + place, _entry(title, move.reason, move.by, move.on)))
    return told


def _files(action: Action) -> list[Told]:
    files = EvidenceFile.objects.filter(entry__action=action).select_related("by", "attachment")
    return [(one.on, 3000, _entry("File of evidence added", str(one), one.by, one.on)) for one in files]


def _changes(action: Action) -> list[Told]:
    """What was worded anew, from the trail."""
    told: list[Told] = []
    for event in Event.objects.of(action).filter(verb="changed").order_by("number"):
        on = local_date(event.at)
        text = ", ".join(name.replace("_", " ") for name in event.changes).capitalize()
        told.append((on, 4000, {"title": "Changed", "text": text, "who": event.actor, "when": day(on)}))
    return told


def _entry(title: str, text: str, by: Actor, on: dt.date) -> dict[str, str]:
    return {"title": title, "text": text, "who": str(by) if by else "System", "when": day(on)}


def _offers(action: Action, user: User, *, manages: bool, updates: bool) -> list[dict[str, str]]:
    """What this person can do with the action as it stands: the main thing first."""
    signs, live = may_sign_off(user, action.plan), action.is_live
    unknown = action.state == State.SIGNED_OFF and _last_impact(action) is None
    offers = (
        ("sign_off", "Sign off", signs and action.state == State.PROPOSED),
        ("note", "Report progress", updates and live),
        ("propose", "Propose as complete", updates and action.state == State.OPEN),
        ("send_back", "Send back", signs and action.state == State.PROPOSED),
        ("sign_off", "Sign off", signs and action.state == State.OPEN),
        ("change", "Change", manages and live),
        ("supersede", "Replace by another", manages and live),
        ("withdraw", "Withdraw", manages and live),
        ("impact", "Say what difference it made", manages and unknown),
        ("reopen", "Re-open", signs and action.state in (State.SIGNED_OFF, State.WITHDRAWN)),
    )
    return [{"url": reverse(f"actions:{name}", args=[action.pk]), "label": label} for name, label, may in offers if may]
