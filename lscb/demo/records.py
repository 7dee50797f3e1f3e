"""How the demonstration board keeps its records: a hold, a destruction by two people, an access request, a take-out."""

from __future__ import annotations

import datetime as dt

from boards.models import Challenge
from lscb.accounts import services as accounts
from lscb.accounts.models import Agency, User
from lscb.accounts.roles import LayMember
from lscb.common.periods import end_of_day
from lscb.jobs.models import Job
from lscb.jobs.services import mark_seen, work
from lscb.records.classes import record_class
from lscb.records.services import subject_access as access
from lscb.records.services.destroying import approve_destruction, do_destroy, propose_destruction
from lscb.records.services.keeping import place_hold
from lscb.records.services.taking_out import ask_for_take_out, do_take_out

D = dt.date
INVITED, DESTROYED_ON = D(2016, 4, 11), D(2017, 6, 12)
RECEIVED, ASKED_WHO, CAME, ANSWERED = D(2017, 3, 6), D(2017, 3, 8), D(2017, 3, 17), D(2017, 4, 12)


def load_records(*, manager: User, second: User, solent: Agency, reader: User, now: dt.datetime) -> None:
    _hold(manager)
    _destroy(manager, second)
    _answer(manager)
    _take_out(solent, reader, now)


def _hold(manager: User) -> None:
    """The oldest challenge that was closed is kept for an inquiry."""
    challenge = Challenge.objects.filter(closed_on__isnull=False).order_by("raised_on", "number")[0]
    place_hold(
        of=record_class("challenges"),
        key=challenge.pk,
        reason="A public inquiry asked to keep everything about this service.",
        starts_on=D(2017, 5, 2),
        by=manager,
        at=end_of_day(D(2017, 5, 2)),
    )


def _destroy(manager: User, second: User) -> None:
    """An invitation that nobody took up goes after its year."""
    accounts.invite(
        name="Lay member elect",
        email="lay.elect@demonstration.invalid",
        role=LayMember,
        by=manager,
        at=end_of_day(INVITED),
    )
    at = end_of_day(DESTROYED_ON)
    proposed = propose_destruction(of=record_class("invitations"), as_at=DESTROYED_ON, by=manager, at=at)
    approved = approve_destruction(
        destruction=proposed, digest=proposed.digest, by=second, at=at + dt.timedelta(days=1), ring_now=False
    )
    _do(approved.job, do_destroy, second)


def _answer(manager: User) -> None:
    """A former trainer asks what is held; the clock stands while they prove who they are; answered in time."""
    request = access.receive_request(
        who="A former trainer",
        contact="By post",
        asked_for="Everything that names me",
        received_on=RECEIVED,
        by=manager,
        today=RECEIVED,
    )
    access.pause_clock(request=request, waits_for="identity", on=ASKED_WHO, by=manager, today=ASKED_WHO)
    access.confirm_identity(request=request, on=CAME, by=manager, today=CAME)
    access.close_request(request=request, outcome="nothing", reason="", on=ANSWERED, by=manager, today=ANSWERED)


def _take_out(agency: Agency, reader: User, now: dt.datetime) -> None:
    asked = ask_for_take_out(
        agency=agency, reason="For the trust's own files of the year", by=reader, at=now, ring_now=False
    )
    _do(asked.job, do_take_out, reader)


def _do(job: Job | None, function: object, by: User) -> None:
    if job is None:
        raise ValueError("There is nothing to do.")
    done = work(job.pk, function)  # type: ignore[arg-type]
    if done.failure:
        raise ValueError(done.failure)
    mark_seen(job=done, by=by)
