"""What the pages of training share."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.access import Guarded
from lscb.accounts.models import Agency, Reader
from lscb.accounts.permissions import Permission
from lscb.accounts.views.base import Change
from lscb.common.lists import ListPage, Tag
from lscb.trail.services import record

from .. import calendar
from ..models import Booking, BookingState, Session, SessionState

PROGRAMME = ("Training", "training:programme")
MANAGE = ("Sessions", "training:session_list")

TONES: dict[str, str] = {
    BookingState.CONFIRMED: "green",
    BookingState.ATTENDED: "green",
    BookingState.WALKED_IN: "green",
    BookingState.OFFERED: "amber",
    BookingState.REQUESTED: "blue",
    BookingState.WAITING: "blue",
    BookingState.UNCONFIRMED: "blue",
    BookingState.CANCELLED_LATE: "red",
    BookingState.DID_NOT_ATTEND: "red",
}
SESSION_TONES: dict[str, str] = {
    SessionState.OPEN: "green",
    SessionState.CLOSED: "amber",
    SessionState.CANCELLED: "red",
    SessionState.DRAFT: "blue",
}


STAFF_PAGES = (
    ("Programme", "programme"),
    ("Sessions", "session_list"),
    ("Bookings", "all_bookings"),
    ("Courses", "course_list"),
    ("Charges", "charge_list"),
    ("Comments", "comment_list"),
    ("The year’s figures", "report"),
    ("Copy a year", "copy_year"),
    ("Programmes", "programme_list"),
    ("Trainers", "trainer_list"),
    ("Charge policies", "policy_list"),
    ("Questions", "question_list"),
)


def staff_links() -> list[tuple[str, str]]:
    """What the board's team finds above every list of training."""
    return [(label, reverse(f"training:{route}")) for label, route in STAFF_PAGES]


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way down from the public programme."""
    return [(PROGRAMME[0], reverse(PROGRAMME[1])), *more]


def staff_crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return crumbs((MANAGE[0], reverse(MANAGE[1])), *more)


def booking_tag(booking: Booking) -> Tag:
    return Tag(booking.get_state_display().lower(), TONES.get(booking.state, "grey"))


def session_tag(session: Session) -> Tag:
    return Tag(session.get_state_display().lower(), SESSION_TONES.get(session.state, "grey"))


def agencies() -> QuerySet[Agency]:
    """Those that somebody may come from today."""
    return Agency.objects.active(timezone.localdate())


def when(session: Session) -> list[str]:
    """Each day with its hours, in words."""
    return [f"{day.day:%A} {day.day.day} {day.day:%B %Y}, {calendar.hours(day)}" for day in session.days.all()]


def places_words(session: Any) -> Tag:
    """How many places are left, of a session `with_places`."""
    if session.state == SessionState.CANCELLED:
        return Tag("cancelled", "red")
    if not session.is_to_come or session.closes_at <= timezone.now():
        return Tag("booking closed", "grey")
    left = session.capacity - session.taken
    if left <= 0:
        return Tag("full, waiting list", "amber")
    return Tag("1 place left" if left == 1 else f"{left} places left", "green")


def find_session(user: Reader, pk: Any) -> Session:
    """A session that this person may see, with its days; 404 for everybody else."""
    visible = Session.objects.visible_to(user).with_places().select_related("course__programme", "charge_policy")
    return get_object_or_404(visible.prefetch_related("days", "trainers"), pk=pk)


def reader(request: HttpRequest) -> Reader:
    """Who reads: a person, or nobody who is known."""
    return getattr(request, "user", AnonymousUser())


class ManagesTraining(Guarded):
    """A page of the board's team. For everybody else there is none."""

    scope = (Permission.MANAGE_TRAINING,)


class StaffChange(ManagesTraining, Change):
    """A form of the board's team."""

    @property
    def now(self) -> dt.datetime:
        return timezone.now()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": staff_crumbs()} | kwargs)


class StaffList(ManagesTraining, ListPage):
    """A list of the board's team, whose exports are on the trail."""

    template_name = "training/staff_list.html"

    def record_export(self, format: str, count: int) -> None:
        with transaction.atomic():
            reason = f"{self.title}: {count} rows as {format.upper()}"
            record(verb="exported a list", by=self.user, reason=reason)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**{"breadcrumbs": crumbs(), "staff_links": staff_links()} | kwargs)
