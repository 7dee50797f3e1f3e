"""The page of one booking: the same whether its person is signed in or came by the link in an e-mail.

Opening it changes nothing. A button sends `do`: accept the place on offer, or give up what one has.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from lscb.accounts.models import Link
from lscb.common.errors import RuleBroken

from ..calendar import deadline
from ..models import Booking, BookingState
from ..models.booking import PENDING
from ..services import booking as services
from ..services.charging import fee_for, is_late
from ..services.places import position
from ..services.register import has_certificate
from .base import booking_tag, when

ACCEPT, CANCEL = "accept", "cancel"
GIVES_UP = {
    BookingState.CONFIRMED: "Cancel my place",
    BookingState.OFFERED: "Decline the place",
    BookingState.WAITING: "Leave the waiting list",
    BookingState.REQUESTED: "Take back my booking",
}
GIVEN_UP = {
    BookingState.CANCELLED_IN_TIME: "Your place is cancelled.",
    BookingState.CANCELLED_LATE: "Your place is cancelled. It was late, which may be charged to your agency.",
    BookingState.LEFT: "You do not wait for this session any more.",
}
WORDS = {
    BookingState.UNCONFIRMED: "Use the link in the e-mail that we sent. Nothing is booked before.",
    BookingState.REQUESTED: "Your manager was sent an e-mail to approve it. You hear from us when they have decided.",
    BookingState.CONFIRMED: "You have a place. An entry for your calendar is in the e-mail that we sent.",
    BookingState.LAPSED: "This booking lapsed. You can book again on the page of the session.",
    BookingState.DECLINED: "Your manager declined this booking.",
    BookingState.CALLED_OFF: "The session does not take place.",
    BookingState.SUBSTITUTED: "You gave this place to a colleague.",
}


def context(booking: Booking, now: dt.datetime) -> dict[str, Any]:
    """What the page shows. `booking.session` has its days."""
    session = booking.session
    to_come = session.is_to_come and now < session.starts_at
    gives_up = GIVES_UP.get(BookingState(booking.state), "") if to_come else ""
    place = position(booking) if booking.state == BookingState.WAITING else 0
    facts = [
        ("When", "\n".join(when(session))),
        ("Where", session.place or "Online"),
        ("Link to join", session.link if booking.holds_place and session.link else ""),
        ("Good to know", session.practical),
        ("Booked for", f"{booking.name}, {booking.job}, {booking.works_for}"),
        ("Place in the line", f"Number {place} on the waiting list" if place else ""),
        (
            "Held for you until",
            deadline(booking.offered_until) if booking.is_on_offer(now) else "",
        ),
    ]
    return {
        "title": session.course.title,
        "booking": booking,
        "session": session,
        "state": booking_tag(booking),
        "sentence": _sentence(booking, place, now),
        "rows": [{"key": key, "value": value} for key, value in facts if value],
        "accepts": to_come and booking.is_on_offer(now),
        "gives_up": gives_up,
        "warning": _warning(booking, now) if gives_up else "",
        "passes_on": to_come and booking.state == BookingState.CONFIRMED,
        "certificate": has_certificate(booking),
    }


def _sentence(booking: Booking, place: int, now: dt.datetime) -> str:
    if place:
        return "All places are taken. You are sent an offer when it is your turn."
    if booking.state == BookingState.OFFERED:
        if booking.is_on_offer(now):
            return "A place got free and is held for you. Accept it, or it goes to the next person."
        return "The place was held for you until its time was over."
    return WORDS.get(BookingState(booking.state), "")


def _warning(booking: Booking, now: dt.datetime) -> str:
    """What giving up a place costs, if it costs something."""
    if booking.state != BookingState.CONFIRMED or not is_late(booking.session, now):
        return ""
    fee = fee_for(booking.session, booking.agency)
    return f"This is late: your agency is charged £{fee}." if fee else ""


def act(request: HttpRequest, booking: Booking, *, by: Any, link: Link | None = None, to_accepted: str) -> HttpResponse:
    """Do what the button says. Giving up spends the link; accepting does not, for one may still cancel."""
    try:
        if request.POST.get("do") == ACCEPT:
            services.accept_offer(booking=booking, by=by, now=timezone.now())
            messages.success(request, "The place is yours. An entry for your calendar is on its way by e-mail.")
            return redirect(to_accepted)
        if request.POST.get("do") == CANCEL and booking.state in PENDING:
            ended = services.cancel_booking(booking=booking, link=link, by=by, now=timezone.now())
            messages.success(request, GIVEN_UP[BookingState(ended.state)])
            return redirect(booking.session if link else booking)
    except RuleBroken as refusal:
        messages.error(request, refusal.sentence)
    return redirect(request.path)
