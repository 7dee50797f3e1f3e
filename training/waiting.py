"""What of training waits for a person."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import User
from lscb.common.periods import local_date
from lscb.common.templatetags.portal import moment
from lscb.common.waiting import Waiting

from .calendar import deadline
from .models import Booking, BookingState, CommentState, Evaluation, Session
from .models.session import TO_COME
from .querysets import manages, start_of

SOON = dt.timedelta(days=14)
MOST = 10


def waiting_for(user: User, today: dt.date) -> list[Waiting]:
    """For who books: places on offer, and what comes soon. For the team: registers and comments."""
    waiting = [*_offers(user), *_soon(user, today)]
    if manages(user):
        waiting += [*_registers(user, today), *_comments(user)]
    return waiting


def _offers(user: User) -> Iterator[Waiting]:
    offered = Booking.objects.own(user).filter(state=BookingState.OFFERED, offered_until__gt=timezone.now())
    for booking in offered.select_related("session__course")[:MOST]:
        yield Waiting(
            title="Accept your place",
            url=booking.get_absolute_url(),
            sentence=f"{booking.session}: held for you until {deadline(booking.offered_until)}",
            tag="to accept",
            tone="amber",
            due=local_date(booking.offered_until) if booking.offered_until else None,
        )


def _soon(user: User, today: dt.date) -> Iterator[Waiting]:
    own = Booking.objects.own(user).filter(state=BookingState.CONFIRMED)
    soon = own.filter(session__starts_at__gte=start_of(today), session__starts_at__lt=start_of(today + SOON))
    for booking in soon.select_related("session__course").order_by("session__starts_at")[:MOST]:
        day = booking.session.first_day
        yield Waiting(
            title=booking.session.course.title,
            url=booking.get_absolute_url(),
            sentence=f"You have a place on {moment(booking.session.starts_at)}",
            tag=f"{day.day} {day:%B}",
            due=day,
        )


def _registers(user: User, today: dt.date) -> Iterator[Waiting]:
    over = Session.objects.visible_to(user).filter(state__in=TO_COME, ends_at__lt=start_of(today))
    for session in over.select_related("course").order_by("ends_at")[:MOST]:
        yield Waiting(
            title="Complete the register",
            url=reverse("training:register", args=[session.pk]),
            sentence=str(session),
            tag="to complete",
            tone="amber",
            due=session.last_day,
        )


def _comments(user: User) -> Iterator[Waiting]:
    number = Evaluation.objects.visible_to(user).filter(comment_state=CommentState.UNREAD).count()
    if number:
        words = "1 comment waits" if number == 1 else f"{number} comments wait"
        url = f"{reverse('training:comment_list')}?comment_state={CommentState.UNREAD}"
        yield Waiting("Read comments on training", url, f"{words} to be cleared for printing", "to read")
