"""What becomes of an action: proposed, sent back, signed off, withdrawn, superseded, re-opened, looked back at."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from lscb.accounts.models import Actor
from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from ..access import may_manage, may_sign_off, may_tell_of, may_update, must
from ..models import LIVE_STATES, Action, ActionEntry, ActionPlan, ImpactCheck, Kind, Progress, State
from .rules import check_not_later, happen
from .telling import Upload, add_note, append_evidence, only_part


@transaction.atomic
def propose_complete(
    *,
    action: Action,
    evidence: str,
    on: dt.date,
    entry: ActionEntry | None = None,
    upload: Upload | None = None,
    by: Actor,
    today: dt.date | None = None,
) -> None:
    """Who was asked says that it is done, with the evidence. The group decides.

    `entry` is the part of who proposes: the only one, else that of the lead, unless it is given.
    """
    must(may_update(by, action))
    if not evidence.strip():
        raise RuleBroken("Say what shows that the action is done.", field="evidence")
    entry = entry or only_part(action, by) or action.entries.filter(is_lead=True).first()
    must(entry is None or may_tell_of(by, entry))
    happen([action], Kind.PROPOSED, on=on, by=by, today=today)
    done = Progress.DONE if entry else ""
    add_note(action=action, entry=entry, text=evidence, progress=done, upload=upload, on=on, by=by, today=today)
    if entry:
        append_evidence(entry, evidence, by)


@transaction.atomic
def send_back(*, action: Action, reason: str, on: dt.date, by: Actor, today: dt.date | None = None) -> None:
    """The group did not agree that it is done: the action is open again, and was outstanding all the time."""
    must(may_sign_off(by, action.plan))
    happen([action], Kind.SENT_BACK, on=on, by=by, reason=reason, today=today)


@transaction.atomic
def sign_off_actions(
    *,
    plan: ActionPlan,
    actions: Iterable[Action],
    on: dt.date,
    forum: str,
    by: Actor,
    today: dt.date | None = None,
) -> None:
    """All members present at `forum` agreed that these are achieved: they leave the live plan. All of them or none."""
    must(may_sign_off(by, plan))
    actions = list(actions)
    if any(action.plan_id != plan.pk for action in actions):
        raise RuleBroken("An action of another plan cannot be signed off here.")
    if not forum.strip():
        raise RuleBroken("Enter the meeting at which it was agreed.", field="forum")
    happen(actions, Kind.SIGNED_OFF, on=on, by=by, meeting=forum.strip(), today=today)


@transaction.atomic
def withdraw_action(*, action: Action, reason: str, on: dt.date, by: Actor, today: dt.date | None = None) -> None:
    """It will not be done, for a reason. It counts as withdrawn, never as done."""
    must(may_manage(by, action.plan))
    happen([action], Kind.WITHDRAWN, on=on, by=by, reason=reason, today=today)


@transaction.atomic
def supersede_action(
    *, action: Action, replacement: Action, reason: str, on: dt.date, by: Actor, today: dt.date | None = None
) -> None:
    """Another action took its place, in the same plan or another that `by` may change."""
    must(may_manage(by, action.plan) and may_manage(by, replacement.plan))
    if replacement == action or replacement.state not in LIVE_STATES:
        raise RuleBroken("Choose another action that is open to take its place.", field="replacement")
    happen([action], Kind.SUPERSEDED, on=on, by=by, reason=reason, today=today)
    Action.objects.filter(pk=action.pk).update(replaced_by=replacement)


@transaction.atomic
def reopen_action(*, action: Action, reason: str, on: dt.date, by: Actor, today: dt.date | None = None) -> None:
    """Not done after all, or needed after all. The days on which it was not outstanding stay in every count."""
    must(may_sign_off(by, action.plan))
    happen([action], Kind.REOPENED, on=on, by=by, reason=reason, today=today)


@transaction.atomic
def answer_impact(
    *, action: Action, difference: str, words: str, on: dt.date, by: Actor, today: dt.date | None = None
) -> ImpactCheck:
    """Whether what was signed off made a difference for children, once for each sign-off."""
    must(may_manage(by, action.plan))
    check_not_later(on, today)
    action = Action.objects.select_for_update(of=("self",)).select_related("plan").get(pk=action.pk)
    if action.state != State.SIGNED_OFF:
        raise RuleBroken("Only an action that is signed off can have made its difference.")
    if not words.strip():
        raise RuleBroken("Say what children notice, and how you know.", field="words")
    signed_off = action.events.filter(kind=Kind.SIGNED_OFF).latest("on", "pk")
    if on < signed_off.on:
        raise RuleBroken("The action was not signed off yet on that day. Enter a later day.", field="on")
    if ImpactCheck.objects.filter(event=signed_off).exists():
        raise RuleBroken("Somebody has answered this already. Their answer is in the history.")
    check = ImpactCheck.objects.create(event=signed_off, difference=difference, words=words.strip(), on=on, by=by)
    record(verb="said whether it made a difference", by=by, target=action, changes={"difference": (None, difference)})
    return check
