"""Papers of a session as tagged PDFs: the certificate, and the sheet to sign in on."""

from __future__ import annotations

from collections.abc import Sequence

from django.template.loader import render_to_string

from lscb.common.pdf import print_pdf
from lscb.common.templatetags.portal import day
from lscb.common.words import naming

from .models import Booking, Session

SPARE_LINES = 6
"""Empty lines for who walks in."""


def certificate(booking: Booking) -> bytes:
    """Who attended which course on which days. Raises RuleBroken with a sentence when it cannot be printed."""
    session = booking.session
    words = {
        "title": f"Certificate of attendance: {session.course.title}",
        "name": booking.name,
        "job": booking.job,
        "works_for": booking.works_for,
        "session": session,
        "days": [day(one.starts_at) for one in session.days.all()],
        "length": session.course.get_length_display().lower(),
    }
    return _print("training/certificate.html", words, session, f"certificate {booking.pk}")


def sign_in_sheet(session: Session, bookings: Sequence[Booking]) -> bytes:
    """A line per person, a column to sign in per day, and empty lines for who walks in."""
    days = [day(one.starts_at) for one in session.days.all()]
    words = {
        "title": f"Sign-in sheet: {session.course.title}",
        "session": session,
        "days": days,
        "rows": [(one.name, f"{one.job}, {one.works_for}") for one in bookings],
        "spare": range(SPARE_LINES),
        "trainers": "; ".join(trainer.name for trainer in session.trainers.all()),
    }
    return _print("training/sign_in_sheet.html", words, session, f"sign-in sheet {session.pk}")


def _print(template: str, words: dict[str, object], session: Session, identifier: str) -> bytes:
    house = {"board": naming().board_name, "brand": naming().brand_colour, "created": session.first_day.isoformat()}
    html = render_to_string(template, house | words)
    return print_pdf(html, pictures=frozenset(), identifier=identifier).pdf
