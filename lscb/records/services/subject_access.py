"""Subject access: receive, confirm who it is, stop and go on with the clock, collect, withhold, hand over, close."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.template.loader import render_to_string

from cdop.services.identity import note_seen
from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.errors import RuleBroken
from lscb.common.pdf import print_pdf
from lscb.common.words import in_templates, naming
from lscb.records.access import KEEPERS, held_by
from lscb.records.finding import Found, Text, find_in_child_deaths, find_person
from lscb.records.models import AccessPause, AccessRequest, Collected, Outcome
from lscb.trail.services import record

WITHHELD = "[withheld]"
CLOSED = "This request is closed."


SEEN_BECAUSE = "To answer a subject access request"


def _must(by: User, permission: str) -> None:
    if permission not in held_by(by, KEEPERS):
        raise PermissionDenied


def _open(request: AccessRequest, by: User) -> AccessRequest:
    """The request, locked. Errors: RuleBroken when it is closed."""
    _must(by, request.permission)
    found = AccessRequest.objects.select_for_update().get(pk=request.pk)
    if not found.is_open:
        raise RuleBroken(CLOSED)
    return found


def _check_day(request: AccessRequest, day: dt.date, today: dt.date, field: str) -> None:
    if not request.received_on <= day <= today:
        raise RuleBroken("Choose a day from the day of receipt to today", field=field)


@transaction.atomic
def receive_request(
    *,
    who: str,
    contact: str,
    asked_for: str,
    received_on: dt.date,
    permission: str = Permission.MANAGE_RECORDS,
    by: User,
    today: dt.date,
) -> AccessRequest:
    """Somebody asks what is held about them. Child deaths are looked through in a request of their own, which is told
    to those who may know the child and to nobody else, whether anything is found or not."""
    _must(by, permission)
    if received_on > today:
        raise RuleBroken("The day of receipt must not lie ahead", field="received_on")
    last = AccessRequest.objects.filter(permission=permission).aggregate(last=Max("number"))["last"] or 0
    request = AccessRequest(permission=permission, number=last + 1, received_on=received_on)
    request.who, request.contact, request.asked_for = who.strip(), contact.strip(), asked_for.strip()
    try:
        with transaction.atomic():
            request.save(force_insert=True)
    except IntegrityError as error:
        raise RuleBroken("Another request came at the same moment. Send this one again.") from error
    record(verb="received an access request", by=by, target=request)
    return request


@transaction.atomic
def confirm_identity(*, request: AccessRequest, on: dt.date, by: User, today: dt.date) -> AccessRequest:
    """It is known who asks. A clock that stood for it goes on."""
    request = _open(request, by)
    _check_day(request, on, today, "on")
    request.confirmed_on = on
    request.save(update_fields=["confirmed_on"])
    request.pauses.running().filter(waits_for="identity", starts_on__lte=on).update(ends_on=on)
    record(verb="confirmed who asks", by=by, target=request, changes={"confirmed_on": (None, on)})
    return request


@transaction.atomic
def pause_clock(*, request: AccessRequest, waits_for: str, on: dt.date, by: User, today: dt.date) -> AccessPause:
    request = _open(request, by)
    _check_day(request, on, today, "on")
    if request.pauses.running().exists():
        raise RuleBroken("The clock stands already.")
    pause = AccessPause.objects.create(request=request, waits_for=waits_for, starts_on=on)
    record(verb="stopped the clock", by=by, target=request, reason=pause.get_waits_for_display())
    return pause


@transaction.atomic
def go_on(*, request: AccessRequest, on: dt.date, by: User, today: dt.date) -> AccessRequest:
    request = _open(request, by)
    pause = request.pauses.running().first()
    if pause is None:
        raise RuleBroken("The clock does not stand.")
    if not pause.starts_on <= on <= today:
        raise RuleBroken("Choose a day from the day on which it stopped to today", field="on")
    pause.ends_on = on
    pause.save(update_fields=["ends_on"])
    record(verb="went on with the clock", by=by, target=request)
    return request


@transaction.atomic
def extend(*, request: AccessRequest, because: str, on: dt.date, by: User, today: dt.date) -> AccessRequest:
    """By two months, once, while the first month runs (UK GDPR, article 12(3)); the person is told why."""
    request = _open(request, by)
    if request.extended_on:
        raise RuleBroken("The time was extended already: it may be once.")
    if not because.strip():
        raise RuleBroken("Say why, as it is told to who asks", field="because")
    _check_day(request, on, today, "on")
    if on > request.due(today):
        raise RuleBroken("The time was over on that day: it cannot be extended any more.", field="on")
    request.extended_on, request.extended_because = on, because.strip()
    request.save(update_fields=["extended_on", "extended_because"])
    record(verb="extended the time", by=by, target=request, reason=request.extended_because)
    return request


@transaction.atomic
def look_for_person(*, request: AccessRequest, terms: Sequence[str], by: User) -> Found:
    """Where the person is named. That somebody looked is on the trail; for whom is in the request alone."""
    request = _open(request, by)
    found = find_in_child_deaths(terms, by) if request.is_of_child_deaths else find_person(terms, by)
    _note_seen((text.case for text in found.texts), by)
    record(verb="looked for the person", by=by, target=request, changes={"texts found": (None, len(found.texts))})
    return found


@transaction.atomic
def collect(*, request: AccessRequest, texts: Iterable[Text], by: User, at: dt.datetime) -> int:
    """Copy texts into the request, each once. Returns how many are new."""
    request = _open(request, by)
    there = set(request.collected.values_list("table", "key", "field"))
    new = [
        Collected(
            request=request,
            table=text.table,
            key=text.key,
            field=text.field,
            case=text.case,
            place=text.place,
            text=text.text,
            collected_at=at,
        )
        for text in texts
        if (text.table, text.key, text.field) not in there
    ]
    Collected.objects.bulk_create(new)
    record(verb="collected texts", by=by, target=request, changes={"texts": (len(there), len(there) + len(new))})
    return len(new)


@transaction.atomic
def withhold(*, collected: Collected, passages: Sequence[str], by: User) -> Collected:
    """Passages that speak of others: each must stand in the text. None at all shows everything."""
    request = _open(collected.request, by)
    hidden = [passage.strip() for passage in passages if passage.strip()]
    for passage in hidden:
        if passage not in collected.text:
            raise RuleBroken(f"“{passage[:60]}” does not stand in the text like that", field="passages")
    collected.hidden = hidden
    collected.save(update_fields=["hidden"])
    record(verb="withheld passages", by=by, target=request, changes={"passages": (None, len(hidden))})
    return collected


@transaction.atomic
def open_text(*, collected: Collected, by: User) -> str:
    """The text as it leaves the board. Of a child death, that somebody read it goes onto the trail of the case."""
    _must(by, collected.request.permission)
    _note_seen([collected.case], by)
    return shown(collected)


def _note_seen(cases: Iterable[UUID | None], by: User) -> None:
    if of_children := {case for case in cases if case}:
        note_seen(cases=of_children, why=SEEN_BECAUSE, by=by)


@transaction.atomic
def leave_out(*, collected: Collected, by: User) -> None:
    """The text is not about the person after all."""
    request = _open(collected.request, by)
    collected.delete()
    record(verb="left a text out", by=by, target=request)


def shown(collected: Collected) -> str:
    """The text as it leaves the board; the longest passages go first, so that none is left in part."""
    text = collected.text
    for passage in sorted(collected.hidden, key=len, reverse=True):
        text = text.replace(passage, WITHHELD)
    return text


@transaction.atomic
def hand_over(*, request: AccessRequest, by: User, today: dt.date) -> bytes:
    """The answer as a ZIP with a PDF to read and the same as JSON.

    Errors: RuleBroken before it is known who asks, and while nothing is collected.
    """
    request = _open(request, by)
    if request.confirmed_on is None:
        raise RuleBroken("Confirm first who asks.")
    collected = list(request.collected.all())
    items = [{"place": one.place, "text": shown(one)} for one in collected]
    if not items:
        raise RuleBroken("Nothing is collected yet.")
    words = {"request": request, "items": items, "today": today}
    html = render_to_string(
        "records/access_print.html",
        words | in_templates() | {"board": naming().board_name, "brand": naming().brand_colour},
    )
    pdf = print_pdf(html, pictures=frozenset(), identifier=f"access {request.pk} {today}").pdf
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as answer:
        answer.writestr("what-we-hold.pdf", pdf)
        answer.writestr("what-we-hold.json", json.dumps(items, ensure_ascii=False, indent=1))
    _note_seen((one.case for one in collected), by)
    record(verb="made the answer", by=by, target=request, changes={"texts": (None, len(items))})
    return out.getvalue()


@transaction.atomic
def close_request(
    *, request: AccessRequest, outcome: str, reason: str, on: dt.date, by: User, today: dt.date
) -> AccessRequest:
    """What was collected goes with it: the answer was handed over, and nothing is kept twice."""
    request = _open(request, by)
    _check_day(request, on, today, "on")
    if outcome == Outcome.ANSWERED and request.confirmed_on is None:
        raise RuleBroken("Confirm first who asks.", field="outcome")
    if outcome == Outcome.REFUSED and not reason.strip():
        raise RuleBroken("Say why it is refused", field="reason")
    if pause := request.pauses.running().first():
        pause.ends_on = max(on, pause.starts_on)
        pause.save(update_fields=["ends_on"])
    request.closed_on, request.outcome, request.outcome_reason = on, outcome, reason.strip()
    request.save(update_fields=["closed_on", "outcome", "outcome_reason"])
    request.collected.all().delete()
    record(verb="closed an access request", by=by, target=request, changes={"outcome": (None, outcome)})
    return request
