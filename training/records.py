"""How training is found: sessions by their course, bookings by who booked; and which are an agency's."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID, uuid4

from django.db.models import Exists, Max, OuterRef, QuerySet
from django.db.models.functions import TruncDate

from lscb.common.periods import LONDON
from lscb.common.records import GONE_IN_SHORT, NOBODY, Destroyed, Kept, Searched, Taken, Then

from .models import Attendance, Booking, Charge, CommentState, Evaluation, Participant, Session
from .models.booking import PENDING

SEARCHED = (
    Searched(
        "Training",
        lambda user: Session.objects.visible_to(user).select_related("course"),
        words=("course__title", "course__aims", "place"),
    ),
    Searched(
        "Bookings",
        lambda user: Booking.objects.visible_to(user).select_related("session__course"),
        words=("name", "job", "organisation"),
    ),
)

_SESSION = {
    "course": "session__course__title",
    "session_starts_at": "session__starts_at",
    "session_place": "session__place",
}

TAKEN = (
    Taken(lambda lead, agency: Booking.objects.filter(agency=agency), also=_SESSION),
    Taken(
        lambda lead, agency: Attendance.objects.filter(booking__agency=agency),
        also={"day_starts_at": "day__starts_at"},
    ),
    Taken(lambda lead, agency: Charge.objects.filter(booking__agency=agency)),
)
"""An agency takes out who of its people booked what, although only they themselves see their bookings on a page."""


def _people() -> QuerySet[Any]:
    """People whose bookings are all over, from the day of the last session that they booked."""
    waiting = Booking.objects.filter(participant=OuterRef("pk"), state__in=PENDING)
    over = Participant.objects.filter(~Exists(waiting), bookings__isnull=False).exclude(email__endswith=NOBODY)
    return over.annotate(trigger_on=TruncDate(Max("bookings__session__ends_at"), tzinfo=LONDON))


def destroy_people(keys: Collection[UUID]) -> Destroyed:
    """Who booked goes, with what they need and what they wrote. Places, attendances and grades stay as numbers."""
    went = Destroyed()
    bookings = Booking.objects.filter(participant__in=keys)
    comments = Evaluation.objects.filter(booking__in=bookings).exclude(comment="")
    unmoderated = {"moderated_at": None, "moderated_by": None}
    went.counts["comments"] += comments.update(comment="", printed="", comment_state=CommentState.NONE, **unmoderated)
    went.counts["bookings"] += bookings.update(name=GONE_IN_SHORT, job="", manager_email="")
    for person in Participant.objects.filter(pk__in=keys):
        person.email, person.name, person.job, person.user = f"{uuid4().hex}{NOBODY}", GONE_IN_SHORT, "", None
        person.access_needs = person.dietary_needs = ""
        person.needs_asked_at = None
        person.save()
    went.counts["people"] += len(keys)
    return went


KEPT = (
    Kept(
        slug="training",
        title="People in training",
        covers="Who booked, attended and evaluated which session, with needs of access and diet",
        trigger="the last day of the last session that the person booked",
        months=72,
        then=Then.DESTROY,
        basis="Public task: Working Together (training of those who work with children); proof of attendance.",
        triggered=_people,
        destroy=destroy_people,
        leaves_number=True,
        reference=lambda person: f"Person {person.pk}",
    ),
)
