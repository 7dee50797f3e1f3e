"""Collecting a quarter: opening, typing, sending, uploading, reminding, closing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from dataset.collecting.grid import FIELDS, NOTHING, Row, Typed, as_typed, fingerprint, rows_of
from dataset.collecting.owed import State, owed_by, states_of
from dataset.models import AgencyReturn, Collection, Entry, Upload
from lscb.accounts.models import Actor, Agency, Grant, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import roles_with
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.periods import Quarter, local_date
from lscb.common.templatetags.portal import day
from lscb.common.words import in_templates, naming
from lscb.files.services import store_attachment
from lscb.jobs.services import queue_email
from lscb.trail.services import record

from .defining import must_manage
from .importing import ImportRefused, ReadUpload, read_upload
from .recording import Recorded, record_figures

SENDING = roles_with(Permission.SUBMIT_FIGURES)
DAYS_BEFORE_DUE = 7
"""A reminder goes out so many days before the figures are due, one on the day after, and then one a week."""


# ---- Opening and closing ---------------------------------------------------------------------------------------------


@transaction.atomic
def open_collection(
    *, quarter: Quarter, due: dt.date, tell: bool = True, by: Actor, at: dt.datetime | None = None
) -> Collection:
    """Ask every agency for the figures it owes for a quarter that is over. `tell` writes to who may send them."""
    must_manage(by)
    at = at or timezone.now()
    if local_date(at) <= quarter.last_day:
        raise RuleBroken(f"{quarter.label} ends on {day(quarter.last_day)}. Open it after that day.", field="quarter")
    if due <= quarter.last_day:
        raise RuleBroken("The figures cannot be due before the quarter is over.", field="due")
    if Collection.objects.filter(quarter=quarter).exists():
        raise RuleBroken(f"The collection of {quarter.label} is open already.", field="quarter")
    owed = owed_by(quarter)
    if not owed:
        raise RuleBroken("No agency owes a figure for this quarter. Define indicators first.", field="quarter")
    collection = Collection.objects.create(quarter=quarter, due=due, opened_at=at, opened_by=by)
    AgencyReturn.objects.bulk_create(AgencyReturn(collection=collection, agency_id=agency) for agency in sorted(owed))
    if tell:
        for state in states_of(collection, local_date(at)):
            _write(state, "asked", "figures_asked", local_date(at))
    record(verb="opened the collection", by=by, target=collection, changes={"due": (None, due)})
    return collection


@transaction.atomic
def move_due_date(*, collection: Collection, due: dt.date, reason: str, by: Actor) -> Collection:
    """Give the agencies until another day, and say why."""
    collection = _locked(collection, by)
    if not reason.strip():
        raise RuleBroken("Say why the due date moves.", field="reason")
    if due <= collection.quarter.last_day:
        raise RuleBroken("The figures cannot be due before the quarter is over.", field="due")
    before, collection.due = collection.due, due
    collection.save(update_fields=["due"])
    record(verb="moved the due date", by=by, target=collection, changes={"due": (before, due)}, reason=reason.strip())
    return collection


@transaction.atomic
def close_collection(*, collection: Collection, by: User, at: dt.datetime | None = None) -> Collection:
    """End the chasing. What is missing is missing by name; what comes later still counts, as a late figure."""
    collection = _locked(collection, by)
    collection.closed_at, collection.closed_by = at or timezone.now(), by
    collection.save(update_fields=["closed_at", "closed_by"])
    missing = sum(state.missing for state in states_of(collection, collection.due))
    record(verb="closed the collection", by=by, target=collection, changes={"missing figures": (None, missing)})
    return collection


# ---- Reminding -------------------------------------------------------------------------------------------------------


@transaction.atomic
def remind(*, collection: Collection, agencies: Iterable[Agency], by: Actor, at: dt.datetime | None = None) -> int:
    """Write to who may send the figures of these agencies, where any are missing. Returns how many agencies."""
    at = at or timezone.now()
    collection = _locked(collection, by)
    chosen = {agency.pk for agency in agencies}
    states = [s for s in states_of(collection, local_date(at)) if s.agency.pk in chosen and not s.is_complete]
    if not states:
        raise RuleBroken("Tick an agency that has not sent everything yet.", field="agencies")
    for state in states:
        _remind(state, at)
    names = "; ".join(state.agency.name for state in states)
    record(verb="reminded agencies", by=by, target=collection, changes={"agencies": (None, names)})
    return len(states)


def remind_who_is_due(*, at: dt.datetime) -> int:
    """Once a day: a week before the figures are due, the day after, and every week from then on. Returns how many."""
    reminded = 0
    for collection in Collection.objects.open():
        late = (local_date(at) - collection.due).days
        if late == -DAYS_BEFORE_DUE or (late > 0 and late % 7 == 1):
            owing = [state.agency for state in states_of(collection, local_date(at)) if not state.is_complete]
            reminded += remind(collection=collection, agencies=owing, by=None, at=at) if owing else 0
    return reminded


def _remind(state: State, at: dt.datetime) -> None:
    one = state.of_return
    one.reminders, one.reminded_at = one.reminders + 1, at
    one.save(update_fields=["reminders", "reminded_at"])
    _write(state, f"reminded {local_date(at)}", "figures_missing", local_date(at))


def _write(state: State, occasion: str, template: str, today: dt.date) -> None:
    """One e-mail to each person who may send for the agency: that figures wait, and not one of them."""
    one = state.of_return
    grants = Grant.objects.in_force(today).filter(role__in=SENDING, agency=one.agency).select_related("user")
    quarter = one.collection.quarter
    words = {
        "quarter": quarter,
        "state": state,
        "due": one.collection.due,
        "link": settings.PORTAL_URL + reverse("dataset:grid", args=[str(quarter), one.agency_id]),
        **in_templates(),
    }
    for user in {grant.user for grant in grants if grant.user.is_active}:
        queue_email(
            unique_key=f"figures {quarter} of {one.agency_id} {occasion} for {user.pk}",
            to=user.email,
            subject=f"{naming().board_short_name}: figures of {quarter.label} wait for you",
            body=render_to_string(f"dataset/email/{template}.txt", words),
        )


# ---- The grid --------------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_typed(
    *, of_return: AgencyReturn, typed: Mapping[str, Typed], drawn: Mapping[str, str], by: Actor
) -> dict[str, Row]:
    """Keep the letters of the rows that somebody changed, right or wrong.

    `drawn` is the fingerprint of each row as the page showed it. A row that somebody else changed meanwhile is not
    overwritten: those come back as they are on file, by name (`overtaken` makes a refusal of them).
    """
    of_return = _locked_return(of_return, by)
    theirs: dict[str, Row] = {}
    for row in rows_of(of_return):
        mine = typed.get(row.name)
        if mine is None or fingerprint(mine) in (row.fingerprint, drawn.get(row.name)):
            continue
        if drawn.get(row.name) == row.fingerprint:
            _keep(of_return, row, mine, by)
        else:
            theirs[row.name] = row
    return theirs


def overtaken(theirs: Mapping[str, Row]) -> Overtaken:
    """The refusal for rows that somebody else changed. What was typed into all other rows is kept all the same."""
    titles = ", ".join(row.indicator.title for row in theirs.values())
    return Overtaken(
        f"Somebody else changed {titles} while you were typing. Both are shown here; nothing of yours is lost. "
        "Keep what is right, then check again.",
        current=theirs,
    )


def _keep(of_return: AgencyReturn, row: Row, typed: Typed, by: Actor) -> None:
    """Letters that are the figure itself need no keeping."""
    entries = Entry.objects.filter(of_return=of_return, indicator=row.indicator, period=row.period)
    if fingerprint(typed) == fingerprint(as_typed(row.indicator, row.figure)):
        entries.delete()
        return
    letters = {name: str(typed.get(name, "")).strip() for name in FIELDS}
    Entry.objects.update_or_create(
        of_return=of_return,
        indicator=row.indicator,
        period=row.period,
        defaults={"typed": NOTHING | letters, "typed_at": timezone.now(), "typed_by": by},
    )


@transaction.atomic
def send_figures(
    *, of_return: AgencyReturn, comments: Mapping[str, str] | None = None, by: Actor, at: dt.datetime | None = None
) -> Recorded:
    """Send everything that was typed: each figure is recorded, or becomes the next revision of the one that is there.

    `comments` by row name are what was written beside a jump. Empty rows stay owed. Refuses all of it while a row has
    a mistake.
    """
    at = at or timezone.now()
    of_return = _locked_return(of_return, by)
    rows = rows_of(of_return)
    told = {name: text.strip() for name, text in (comments or {}).items() if text.strip()}
    if told:
        explained = {row.name: {**row.typed, "comment": told.get(row.name, row.typed["comment"])} for row in rows}
        rows = rows_of(of_return, explained)
    recorded = _record(of_return, rows, by, at)
    of_return.entries.all().delete()
    return recorded


@transaction.atomic
def send_some(
    *,
    of_return: AgencyReturn,
    typed: Mapping[str, Typed],
    read: Mapping[str, int | None],
    by: Actor,
    at: dt.datetime | None = None,
) -> Recorded:
    """Send these rows at once, as a program does, and nothing else that waits in the grid. All of them or none.

    `read` are the revisions that were read before, by row name. Raises Overtaken where another is on file by now.
    """
    of_return = _locked_return(of_return, by)
    rows = [row for row in rows_of(of_return, typed) if row.name in typed]
    for row in rows:
        revision = row.figure.revision if row.figure else 0
        if read.get(row.name) not in (None, revision):
            told = f"Somebody else sent {row.indicator.title}, {row.period.label}, in the meantime."
            raise Overtaken(f"{told} Read it, then send again.", current=revision)
    recorded = _record(of_return, rows, by, at or timezone.now())
    for row in rows:
        of_return.entries.filter(indicator=row.indicator, period=row.period).delete()
    return recorded


def _record(of_return: AgencyReturn, rows: Iterable[Row], by: Actor, at: dt.datetime) -> Recorded:
    rows = list(rows)
    wrong = next((problem for row in rows for problem in row.problems), None)
    if wrong:
        raise RuleBroken(f"A figure has a mistake: {wrong.sentence} Put it right first.")
    figures = [row.new for row in rows if row.new]
    if not figures:
        raise RuleBroken("There is nothing to send yet. Fill in at least one figure.")
    recorded = record_figures(figures=figures, by=by, at=at)
    _note_sent(of_return, by, at)
    record(
        verb="sent figures", by=by, target=of_return.collection, changes={str(of_return.agency): (None, recorded.new)}
    )
    return recorded


def _note_sent(of_return: AgencyReturn, by: Actor, at: dt.datetime) -> None:
    of_return.sent_at, of_return.sender = at, by
    of_return.save(update_fields=["sent_at", "sender"])


# ---- Files -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def upload_figures(
    *, file: File, of_return: AgencyReturn | None = None, quarter: Quarter | None = None, by: User
) -> Upload:
    """Take a file in. Nothing is recorded before it was looked at and confirmed.

    With a return it is that agency's and of that quarter; without, it is the analyst's and may hold any figure.
    """
    if of_return is None:
        must_manage(by)
    else:
        must_send_for(by, of_return.agency)
        quarter = of_return.collection.quarter
    attachment = store_attachment(
        upload=file,
        by=by,
        permission=Permission.SUBMIT_FIGURES if of_return else Permission.MANAGE_DATASET,
        agency=of_return.agency if of_return else None,
    )
    upload = Upload.objects.create(
        attachment=attachment, of_return=of_return, quarter=quarter, uploaded_at=timezone.now(), uploaded_by=by
    )
    record(verb="uploaded a file of figures", by=by, target=upload)
    return upload


def look_into(upload: Upload, *, by: Actor, today: dt.date) -> ReadUpload:
    """What the file says, beside what is there now. Writes nothing."""
    with upload.attachment.file.open("rb") as file:
        content = file.read()
    agency = upload.of_return.agency if upload.of_return else None
    return read_upload(content=content, quarter=upload.quarter, agency=agency, by=by, today=today)


@transaction.atomic
def confirm_upload(*, upload: Upload, by: User, at: dt.datetime | None = None) -> Recorded:
    """Record what the file says, all of it or nothing. Confirming it again changes nothing."""
    at = at or timezone.now()
    upload = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("attachment", "of_return__agency", "of_return__collection")
        .get(pk=upload.pk)
    )
    if upload.of_return is None:
        must_manage(by)
    else:
        must_send_for(by, upload.of_return.agency)
    read = look_into(upload, by=by, today=local_date(at))
    if read.errors:
        raise ImportRefused(read.errors, read.understood)
    recorded = record_figures(figures=read.figures, by=by, at=at)
    if upload.confirmed_at is None:
        upload.confirmed_at, upload.confirmed_by = at, by
        upload.save(update_fields=["confirmed_at", "confirmed_by"])
    if upload.of_return:
        keys = [figure.indicator.pk for figure in read.figures]
        upload.of_return.entries.filter(indicator__in=keys).delete()
        _note_sent(upload.of_return, by, at)
    record(verb="confirmed a file of figures", by=by, target=upload, changes={"figures": (None, recorded.new)})
    return recorded


# ---- Rules -----------------------------------------------------------------------------------------------------------


def must_send_for(by: Actor, agency: Agency) -> None:
    """The analyst may send for every agency, an agency for itself."""
    if by is None or by.may(Permission.MANAGE_DATASET) or by.may(Permission.SUBMIT_FIGURES, agency):
        return
    raise PermissionDenied


def _locked(collection: Collection, by: Actor) -> Collection:
    must_manage(by)
    collection = Collection.objects.select_for_update(of=("self",)).get(pk=collection.pk)
    if not collection.is_open:
        raise RuleBroken("This collection is closed. What comes now is recorded as late, without chasing.")
    return collection


def _locked_return(of_return: AgencyReturn, by: Actor) -> AgencyReturn:
    must_send_for(by, of_return.agency)
    locked = AgencyReturn.objects.select_for_update(of=("self",)).select_related("agency", "collection")
    return locked.get(pk=of_return.pk)
