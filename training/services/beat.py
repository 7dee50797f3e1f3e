"""What happens by itself as time goes by. Each step may run as often as it likes: what was done is not done again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from lscb.common.periods import local_date
from lscb.jobs.models import Email

from .. import letters
from ..models import Booking, BookingState, Moment, Session, SessionState
from ..models.booking import CAME
from ..querysets import start_of
from .booking import UNCONFIRMED_LASTS
from .places import locked, move, settle

REMIND_BEFORE = dt.timedelta(days=7)
REGISTER_BEFORE = dt.timedelta(days=2)
LATER_AFTER = dt.timedelta(days=91)
LATER_ASKED_FOR = dt.timedelta(days=14)
"""For as long after the three months somebody is still asked, should the clock have stood still."""


def go_on(now: dt.datetime) -> None:
    """End offers, drop what was never confirmed, remind, ask three months on. Each session in its own transaction."""
    for session in Session.objects.filter(bookings__in=Booking.objects.offers_over(now)).distinct():
        with transaction.atomic():
            settle(locked(session), now=now)
    _drop_unconfirmed(now)
    _remind(now)
    _send_registers(now)
    _ask_later(now)


def _drop_unconfirmed(now: dt.datetime) -> None:
    over = Booking.objects.filter(state=BookingState.UNCONFIRMED, booked_at__lte=now - UNCONFIRMED_LASTS)
    for booking in over.select_related("session"):
        with transaction.atomic():
            locked(booking.session)
            current = Booking.objects.get(pk=booking.pk)
            if current.state == BookingState.UNCONFIRMED:
                move(current, BookingState.LAPSED, at=now)
                current.save()


def _remind(now: dt.datetime) -> None:
    soon = Session.objects.to_come(now).filter(starts_at__lte=now + REMIND_BEFORE)
    bookings = Booking.objects.of_people().filter(session__in=soon, state=BookingState.CONFIRMED)
    for booking in _not_yet(bookings, "reminder"):
        with transaction.atomic():
            letters.reminded(booking, at=now)


def _send_registers(now: dt.datetime) -> None:
    """To each trainer with an e-mail address, two days before."""
    soon = Session.objects.to_come(now).filter(starts_at__lte=now + REGISTER_BEFORE, trainers__email__gt="")
    for session in soon.select_related("course").prefetch_related("days", "trainers").distinct():
        for trainer in session.trainers.all():
            sent = Email.objects.filter(unique_key__startswith=letters.register_key(session, trainer))
            if trainer.email and not sent.exists():
                with transaction.atomic():
                    letters.take_register(session, trainer, at=now)


def _ask_later(now: dt.datetime) -> None:
    """Sessions that ended at least three months ago, and not long before that."""
    latest = start_of(local_date(now) - LATER_AFTER + dt.timedelta(days=1))
    ended = Session.objects.filter(state=SessionState.HELD, ends_at__lt=latest, ends_at__gte=latest - LATER_ASKED_FOR)
    bookings = Booking.objects.of_people().filter(session__in=ended, state__in=CAME)
    for booking in _not_yet(bookings, f"evaluation {Moment.LATER}"):
        with transaction.atomic():
            letters.asked_to_evaluate(booking, Moment.LATER, at=now)


def _not_yet(bookings: object, occasion: str) -> list[Booking]:
    """Those that were not written to on this occasion. The key in the outbox says so, once and for all."""
    rows = {letters.key_of(booking, occasion): booking for booking in bookings}  # type: ignore[attr-defined]
    written = set(Email.objects.filter(unique_key__in=list(rows)).values_list("unique_key", flat=True))
    return [booking for key, booking in rows.items() if key not in written]
