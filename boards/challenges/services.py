"""Writes of the challenge log. `by` is the person who does it, or None for the portal itself.

The board's team runs the log; the lead of a challenged agency answers. What happened is a row of `ChallengeEvent`
with its day, and an event on the trail.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction

from lscb.accounts.models import Actor, Agency
from lscb.accounts.permissions import Permission
from lscb.actions import services as actions
from lscb.actions.models import Action
from lscb.actions.services import Asked
from lscb.common.errors import RuleBroken, check_version
from lscb.common.periods import FinancialYear
from lscb.common.templatetags.portal import day
from lscb.files.models import Attachment
from lscb.files.services import store_attachment
from lscb.trail.services import changes_between, record

from ..models import (
    CHALLENGE_MOVES,
    Challenge,
    ChallengeCounter,
    ChallengeEvent,
    ChallengeResponse,
    Escalation,
    Group,
    Happened,
    Meeting,
    Priority,
    Theme,
)
from ..models.challenge import UNANSWERED
from .telling import tell_that_it_waits

FACTS = ("raised_on", "title", "issue", "asked", "group", "meeting", "met_on", "theme", "priority")
"""What `change_challenge` changes besides who raised it, whom it was put to, and how it ended."""
ENDING = ("outcome", "impact")
PUBLIC_WORDING = ("public_title", "public_issue", "public_answer", "public_impact")

Raiser = Group | Agency | None
"""Who raised a challenge: a group, an agency, or None for the board itself."""


# ---- Raising and changing -------------------------------------------------------------------------------------------


@transaction.atomic
def raise_challenge(
    *,
    raised_on: dt.date,
    title: str,
    issue: str,
    asked: str,
    agencies: Iterable[Agency],
    due: dt.date,
    group: Group | None = None,
    meeting: str = "",
    met_on: dt.date | None = None,
    raised_by: Raiser = None,
    theme: Theme | None = None,
    priority: Priority | None = None,
    submission: UUID | None = None,
    tell: bool = True,
    by: Actor,
    today: dt.date,
) -> Challenge:
    """Log a challenge under the next number of its year and tell the leads of the agencies that one waits.

    `group` is the group in whose `meeting` it was raised (on `met_on`, or the day it was raised); None means by
    correspondence. A meeting of that group in the calendar of that day is the one it was raised at. A form that is
    sent twice has the same `submission` and makes one challenge. `tell` is False for
    challenges of the past, of which the agencies know.
    """
    _must_manage(by)
    challenge = Challenge(
        year=FinancialYear.containing(raised_on),
        submission=submission,
        raised_on=raised_on,
        title=title.strip(),
        issue=issue.strip(),
        asked=asked.strip(),
        original_due=due,
        due=due,
        group=group,
        meeting=meeting.strip() if group else "",
        met_on=(met_on or raised_on) if group else None,
        theme=theme,
        priority=priority,
    )
    _raised_by(challenge, raised_by)
    _find_meeting(challenge)
    asked_of = _check_agencies(agencies)
    _check(challenge, today)
    if due < raised_on:
        raise RuleBroken("The response cannot be due before the challenge was raised.", field="due")
    counter, _ = ChallengeCounter.objects.get_or_create(year=challenge.year)
    counter = ChallengeCounter.objects.select_for_update().get(pk=counter.pk)
    if submission and (twin := Challenge.objects.filter(submission=submission).first()):
        return twin
    counter.last = challenge.number = counter.last + 1
    counter.save(update_fields=["last"])
    challenge.save(force_insert=True)
    challenge.agencies.set(asked_of)
    if tell:
        tell_that_it_waits(challenge, asked_of, today)
    _note(challenge, Happened.RAISED, on=raised_on, text=_forum(challenge), by=by)
    record(verb="raised a challenge", by=by, target=challenge, changes={"agencies": (None, _names(asked_of))})
    return challenge


@transaction.atomic
def change_challenge(
    *,
    challenge: Challenge,
    version: int,
    raised_by: Raiser = None,
    agencies: Iterable[Agency],
    outcome: str = "",
    impact: str = "",
    by: Actor,
    today: dt.date,
    **facts: Any,
) -> Challenge:
    """Write a challenge anew. `version` is the one that was read before writing; `facts` are those of `FACTS`.

    Raises Overtaken when another version is on file by now: the second of two people loses nothing.
    """
    _must_manage(by)
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"{', '.join(sorted(unknown))} of a challenge is not changed here.")
    challenge = _current(challenge, version)
    before = _texts(challenge)
    asked_before = list(challenge.agencies.all())
    for name, value in {**facts, "outcome": outcome, "impact": impact}.items():
        setattr(challenge, name, value.strip() if isinstance(value, str) else value)
    if challenge.group is None:
        challenge.meeting, challenge.met_on = "", None
    challenge.met_on = challenge.met_on or (challenge.raised_on if challenge.group else None)
    _raised_by(challenge, raised_by)
    _find_meeting(challenge)
    asked_of = _check_agencies(agencies)
    _check(challenge, today)
    _check_answered(challenge, asked_of)
    changes = changes_between(before, _texts(challenge))
    if set(asked_of) != set(asked_before):
        changes["agencies"] = (_names(asked_before), _names(asked_of))
        challenge.agencies.set(asked_of)
        if challenge.is_live:
            tell_that_it_waits(challenge, set(asked_of) - set(asked_before), today)
    return _keep(challenge, changes, verb="changed the challenge", happened=Happened.CHANGED, by=by, today=today)


@transaction.atomic
def write_public_wording(
    *,
    challenge: Challenge,
    version: int,
    public_title: str,
    public_issue: str,
    public_answer: str = "",
    public_impact: str = "",
    by: Actor,
    today: dt.date,
) -> Challenge:
    """The words for the public, apart from the board's own. Nothing is public before it is published.

    Raises Overtaken as `change_challenge` does.
    """
    _must_manage(by)
    challenge = _current(challenge, version)
    before = {name: getattr(challenge, name) for name in PUBLIC_WORDING}
    after = dict(zip(PUBLIC_WORDING, (public_title, public_issue, public_answer, public_impact), strict=True))
    for name, text in after.items():
        setattr(challenge, name, text.strip())
    if not challenge.is_worded:
        missing = "public_issue" if challenge.public_title else "public_title"
        raise RuleBroken("Write at least the question and what was asked.", field=missing)
    changes = changes_between(before, {name: getattr(challenge, name) for name in PUBLIC_WORDING})
    verb = "wrote the public wording"
    return _keep(challenge, changes, verb=verb, happened=Happened.WORDED, by=by, today=today)


# ---- Asking and answering -------------------------------------------------------------------------------------------


@transaction.atomic
def respond(
    *,
    challenge: Challenge,
    agency: Agency,
    text: str,
    on: dt.date,
    uploads: Sequence[File[Any]] = (),
    submission: UUID | None = None,
    by: Actor,
    today: dt.date,
) -> ChallengeResponse:
    """The answer of a challenged agency, by its lead, or written down by the board's team when it came by letter.

    `uploads` are files that belong to it; who reads the response may take them out.
    A form that is sent twice has the same `submission` and makes one response.
    """
    challenge = _locked(challenge)
    if not may_answer_for(by, agency):
        raise PermissionDenied
    if submission and (twin := ChallengeResponse.objects.filter(submission=submission).first()):
        return twin
    if not challenge.agencies.filter(pk=agency.pk).exists():
        raise RuleBroken("This challenge was not put to that agency.", field="agency")
    if not text.strip():
        raise RuleBroken("Enter the response.", field="text")
    before = _move(challenge, Happened.ANSWERED, on=on, today=today)
    response = ChallengeResponse.objects.create(
        challenge=challenge,
        agency=agency,
        round=challenge.round,
        text=text.strip(),
        given_on=on,
        given_by=by,
        submission=submission,
    )
    for upload in uploads:
        response.files.add(_store(upload, agency, by))
    challenge.save(update_fields=["status"])
    _note(challenge, Happened.ANSWERED, on=on, agency=agency, by=by)
    record(verb="responded to a challenge", by=by, target=challenge, changes=before, reason=f"For {agency}")
    return response


@transaction.atomic
def accept_response(*, challenge: Challenge, on: dt.date, note: str = "", by: Actor, today: dt.date) -> Challenge:
    """The response is what was asked for. The challenge stays live until its impact for children is known."""
    return _decide(challenge, Happened.ACCEPTED, "accepted the response", on=on, text=note, by=by, today=today)


@transaction.atomic
def ask_again(*, challenge: Challenge, on: dt.date, due: dt.date, reason: str, by: Actor, today: dt.date) -> Challenge:
    """The response is not enough: say what is missing and by when. A new round begins."""
    return _ask(challenge, Happened.ASKED_AGAIN, "asked again", on=on, due=due, reason=reason, by=by, today=today)


@transaction.atomic
def escalate(
    *, challenge: Challenge, to: int, on: dt.date, due: dt.date, reason: str, by: Actor, today: dt.date
) -> Challenge:
    """Take the challenge up to somebody more senior than before (a level of `Escalation`). A new round begins."""
    _must_manage(by)
    if to <= _locked(challenge).escalation:
        raise RuleBroken("Choose somebody more senior than before.", field="to")
    _check_reason(reason)
    level = Escalation(to)
    words = f"To the {level.label[:1].lower()}{level.label[1:]}. {reason.strip()}"
    verb = "escalated a challenge"
    return _ask(challenge, Happened.ESCALATED, verb, on=on, due=due, reason=words, escalation=level, by=by, today=today)


@transaction.atomic
def move_due_date(
    *, challenge: Challenge, to: dt.date, on: dt.date, reason: str, by: Actor, today: dt.date
) -> Challenge:
    """Give the agencies until another day, with a reason. The first due date stays on record."""
    _must_manage(by)
    challenge = _locked(challenge)
    if challenge.status not in UNANSWERED:
        raise RuleBroken("Only a challenge that waits for an answer has a due date to move.")
    _check_day(challenge, on, today)
    _check_reason(reason)
    if to == challenge.due:
        raise RuleBroken("The response is due on that day already. Choose another.", field="to")
    if to < challenge.raised_on:
        raise RuleBroken("The response cannot be due before the challenge was raised.", field="to")
    before, challenge.due = challenge.due, to
    challenge.save(update_fields=["due"])
    text = f"From {day(before)} to {day(to)}: {reason.strip()}"
    _note(challenge, Happened.MOVED, on=on, text=text, by=by)
    record(verb="moved the due date", by=by, target=challenge, changes={"due": (before, to)}, reason=reason.strip())
    return challenge


# ---- Ending ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def resolve(
    *,
    challenge: Challenge,
    version: int,
    impact: str,
    outcome: str,
    on: dt.date,
    meeting: str = "",
    by: Actor,
    today: dt.date,
) -> Challenge:
    """The question is settled. What changed for children must be told: it is what the log is for.

    Raises Overtaken when the texts were changed since `version` was read.
    """
    _must_manage(by)
    current = _current(challenge, version)
    if not impact.strip():
        raise RuleBroken("Say what changed for children. A challenge is not resolved without it.", field="impact")
    texts = {"outcome": outcome.strip(), "impact": impact.strip()}
    return _end(current, Happened.RESOLVED, "resolved a challenge", texts, on, meeting, "", by, today)


@transaction.atomic
def close_without_change(
    *, challenge: Challenge, reason: str, on: dt.date, meeting: str = "", by: Actor, today: dt.date
) -> Challenge:
    """The board stops asking although nothing changed, and says why."""
    _must_manage(by)
    _check_reason(reason)
    current = _locked(challenge)
    return _end(current, Happened.CLOSED, "closed without change", {}, on, meeting, reason.strip(), by, today)


@transaction.atomic
def plan_from_challenge(
    *, challenge: Challenge, what: str, due: dt.date, asked: Sequence[Asked], on: dt.date, by: Actor, **kwargs: Any
) -> Action:
    """An action that follows from a challenge, in an action plan of its own that the challenge's group watches."""
    _must_manage(by)
    challenge = _locked(challenge)
    if challenge.plan is None:
        code = challenge.group.code if challenge.group else ""
        title = f"Challenge {challenge.reference}"
        challenge.plan = actions.open_plan(title=title, opened_on=on, group=code, by=by)
        challenge.save(update_fields=["plan"])
    action = actions.add_action(plan=challenge.plan, what=what, due=due, asked=asked, on=on, by=by, **kwargs)
    record(verb="added an action", by=by, target=challenge)
    return action


# ---- Parts ----------------------------------------------------------------------------------------------------------


def may_answer_for(by: Actor, agency: Agency) -> bool:
    """The lead of the agency, and who runs the log. The portal itself (None) may."""
    return (
        by is None
        or by.for_whole_board(Permission.MANAGE_CHALLENGES)
        or agency.pk in by.agencies_where(Permission.ANSWER_CHALLENGES)
    )


def _store(upload: File[Any], agency: Agency, by: Actor) -> Attachment:
    """Kept for the agency itself; everybody else who reads the response gets it through the response."""
    return store_attachment(upload=upload, by=by, permission=Permission.READ_OWN_CHALLENGES, agency=agency)


def _must_manage(by: Actor) -> None:
    if by is not None and not by.for_whole_board(Permission.MANAGE_CHALLENGES):
        raise PermissionDenied


def _locked(challenge: Challenge) -> Challenge:
    return Challenge.objects.select_for_update(of=("self",)).select_related("group", "plan").get(pk=challenge.pk)


def _current(challenge: Challenge, version: int) -> Challenge:
    """The record, locked, when nobody changed its texts since `version` was read."""
    current = _locked(challenge)
    check_version(current, version, what="this challenge")
    return current


def _raised_by(challenge: Challenge, raiser: Raiser) -> None:
    challenge.raised_by_group = raiser if isinstance(raiser, Group) else None
    challenge.raised_by_agency = raiser if isinstance(raiser, Agency) else None


def _find_meeting(challenge: Challenge) -> None:
    """The meeting in the calendar that the forum and its day speak of."""
    meetings = Meeting.objects.none()
    if challenge.group and challenge.met_on:
        meetings = Meeting.objects.held().filter(group=challenge.group).on(challenge.met_on)
    challenge.held_at = meetings.order_by("starts_at").first()


def _check(challenge: Challenge, today: dt.date) -> None:
    for name, words in (("title", "the question in one line"), ("issue", "the issue"), ("asked", "what is asked for")):
        if not getattr(challenge, name):
            raise RuleBroken(f"Enter {words}.", field=name)
    if challenge.raised_on > today:
        raise RuleBroken("The challenge cannot be raised in the future.", field="raised_on")
    if FinancialYear.containing(challenge.raised_on) != challenge.year:
        raise RuleBroken(
            f"{challenge} has a number of {challenge.year}: the day must be in that year.", field="raised_on"
        )
    if challenge.raised_on > challenge.due or challenge.raised_on > challenge.original_due:
        raise RuleBroken("The challenge cannot be raised after its response is due.", field="raised_on")
    if challenge.met_on and challenge.met_on > challenge.raised_on:
        raise RuleBroken("The meeting cannot be after the day the challenge was raised.", field="met_on")
    if challenge.theme and challenge.theme.year != challenge.year:
        raise RuleBroken(f"Choose a theme of {challenge.year}.", field="theme")
    if challenge.priority and not challenge.priority.first_year <= challenge.year <= challenge.priority.last_year:
        raise RuleBroken(f"Choose a priority that runs in {challenge.year}.", field="priority")
    first = challenge.events.order_by("on").exclude(happened=Happened.RAISED).first() if challenge.version > 1 else None
    if first and first.on < challenge.raised_on:
        raise RuleBroken(f"Something happened to this challenge on {day(first.on)} already.", field="raised_on")


def _check_agencies(agencies: Iterable[Agency]) -> list[Agency]:
    asked_of = sorted(set(agencies), key=lambda agency: agency.name)
    if not asked_of:
        raise RuleBroken("Select at least one agency that is to answer.", field="agencies")
    return asked_of


def _check_answered(challenge: Challenge, asked_of: Collection[Agency]) -> None:
    answered = challenge.responses.exclude(agency__in=asked_of).select_related("agency").first()
    if answered:
        raise RuleBroken(f"{answered.agency} has answered already and stays.", field="agencies")


def _check_reason(reason: str, *, field: str = "reason") -> None:
    if not reason.strip():
        raise RuleBroken("Give a reason.", field=field)


def _check_day(challenge: Challenge, on: dt.date, today: dt.date) -> None:
    """Things happen in their order: not before what happened last, not in the future."""
    if on > today:
        raise RuleBroken("The day cannot be in the future.", field="on")
    aside = (Happened.CHANGED, Happened.WORDED, Happened.PUBLISHED, Happened.REMINDED)
    last = challenge.events.exclude(happened__in=aside).order_by("-on").values_list("on", flat=True).first()
    if last and on < last:
        raise RuleBroken(f"The day cannot be before what happened last, on {day(last)}.", field="on")


def _move(challenge: Challenge, happened: str, *, on: dt.date, today: dt.date) -> dict[str, tuple[Any, Any]]:
    """Give the challenge the status that follows, and what changed by that. Not saved."""
    target = CHALLENGE_MOVES.get((challenge.status, happened))
    if target is None:
        words = challenge.get_status_display().lower()
        raise RuleBroken(f"This cannot be done while the challenge is “{words}”. Look at its history.")
    _check_day(challenge, on, today)
    before, challenge.status = challenge.status, target
    return {} if before == target else {"status": (before, target)}


def _decide(
    challenge: Challenge, happened: Happened, verb: str, *, on: dt.date, text: str, by: Actor, today: dt.date
) -> Challenge:
    _must_manage(by)
    challenge = _locked(challenge)
    changes = _move(challenge, happened, on=on, today=today)
    challenge.save(update_fields=["status"])
    _note(challenge, happened, on=on, text=text.strip(), by=by)
    record(verb=verb, by=by, target=challenge, changes=changes, reason=text.strip())
    return challenge


def _ask(
    challenge: Challenge,
    happened: Happened,
    verb: str,
    *,
    on: dt.date,
    due: dt.date,
    reason: str,
    escalation: int | None = None,
    by: Actor,
    today: dt.date,
) -> Challenge:
    """Begin a new round with a new due date, and tell the agencies that a question waits."""
    _must_manage(by)
    challenge = _locked(challenge)
    before = {"due": challenge.due, "escalation": challenge.escalation}
    changes = _move(challenge, happened, on=on, today=today)
    _check_reason(reason)
    if due < on:
        raise RuleBroken("The response cannot be due before it is asked for.", field="due")
    challenge.due, challenge.round = due, challenge.round + 1
    challenge.escalation = challenge.escalation if escalation is None else escalation
    challenge.save(update_fields=["status", "due", "round", "escalation"])
    changes |= changes_between(before, {"due": challenge.due, "escalation": challenge.escalation})
    tell_that_it_waits(challenge, challenge.agencies.all(), today)
    _note(challenge, happened, on=on, text=f"{reason.strip()} Response due {day(due)}.", by=by)
    record(verb=verb, by=by, target=challenge, changes=changes, reason=reason.strip())
    return challenge


def _end(
    challenge: Challenge,
    happened: Happened,
    verb: str,
    texts: Mapping[str, str],
    on: dt.date,
    meeting: str,
    reason: str,
    by: Actor,
    today: dt.date,
) -> Challenge:
    before = {name: getattr(challenge, name) for name in texts}
    changes = _move(challenge, happened, on=on, today=today) | changes_between(before, texts)
    for name, value in texts.items():
        setattr(challenge, name, value)
    challenge.closed_on, challenge.closed_at = on, meeting.strip()
    challenge.version += 1
    challenge.save(update_fields=["status", "closed_on", "closed_at", "version", *texts])
    where = f"At the {meeting.strip()}." if meeting.strip() else ""
    _note(challenge, happened, on=on, text=f"{where} {reason}".strip(), by=by)
    record(verb=verb, by=by, target=challenge, changes=changes, reason=reason)
    return challenge


def _keep(
    challenge: Challenge,
    changes: Mapping[str, tuple[Any, Any]],
    *,
    verb: str,
    happened: Happened,
    by: Actor,
    today: dt.date,
) -> Challenge:
    if not changes:
        return challenge
    challenge.version += 1
    challenge.save()
    words = ", ".join(str(getattr(Challenge._meta.get_field(name), "verbose_name", name)) for name in changes)
    text = "" if happened == Happened.WORDED else f"{words[:1].upper()}{words[1:]}."
    _note(challenge, happened, on=today, text=text, by=by)
    record(verb=verb, by=by, target=challenge, changes=changes)
    return challenge


def _texts(challenge: Challenge) -> dict[str, Any]:
    names = (*FACTS, *ENDING, "raised_by_agency", "raised_by_group")
    return {name: getattr(challenge, name) for name in names}


def _note(
    challenge: Challenge,
    happened: Happened,
    *,
    on: dt.date,
    text: str = "",
    agency: Agency | None = None,
    by: Actor,
) -> None:
    ChallengeEvent.objects.create(challenge=challenge, happened=happened, on=on, text=text, agency=agency, by=by)


def _names(agencies: Iterable[Agency]) -> str:
    return "; ".join(sorted(agency.name for agency in agencies))


def _forum(challenge: Challenge) -> str:
    if challenge.group is None:
        return "By correspondence."
    return f"{challenge.group.short_name}{f', {challenge.meeting}' if challenge.meeting else ''}."
