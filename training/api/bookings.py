"""Bookings: one's own, and for who runs the programme everybody's."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Feeds, Visible, verb
from lscb.common.programs import Body, NothingBody
from lscb.trail.filters import UpdatedSince

from ..models import Booking, BookingState, Session
from ..services import booking as services
from ..services.booking import Details
from .base import MANAGES


class BookingSerializer(serializers.ModelSerializer[Booking]):
    course = serializers.CharField(source="session.course.title", read_only=True)
    starts_at = serializers.DateTimeField(source="session.starts_at", read_only=True)
    works_for = serializers.CharField(read_only=True)
    attended_days = serializers.SerializerMethodField()

    class Meta:
        model = Booking
        fields = (
            *("id", "session", "course", "starts_at", "state", "name", "job", "works_for", "booked_at"),
            *("offered_until", "ended_at", "attended_days"),
        )

    def get_attended_days(self, booking: Any) -> list[int]:
        """The numbers of the days on which somebody was there."""
        return sorted(row.day.number for row in booking.attendance.all())


class BookingFilter(django_filters.FilterSet):
    session = django_filters.UUIDFilter("session", label="Key of the session")
    state = django_filters.ChoiceFilter(choices=BookingState.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("booked_at",))


# ---- What may be sent -----------------------------------------------------------------------------------------------


class BookBody(Body):
    """For oneself. What is left out is taken from the last booking."""

    session = Visible(queryset=Session.objects.all())
    name = serializers.CharField(max_length=120, required=False)
    job = serializers.CharField(max_length=120, required=False)
    agency = Visible(queryset=Agency.objects.all(), allow_null=True, required=False)
    organisation = serializers.CharField(max_length=150, allow_blank=True, required=False)
    manager_email = serializers.EmailField(allow_blank=True, default="", help_text="Where the course wants approval")


def _everybody_who_sees_it(user: User, booking: Booking | None) -> bool:
    return True


# ---- The endpoints --------------------------------------------------------------------------------------------------

COLUMNS: dict[str, Callable[[Any], Any]] = {
    "Booking": lambda one: str(one.pk),
    "Session": lambda one: str(one.session_id),
    "Programme": lambda one: one.session.course.programme.name,
    "Course": lambda one: one.session.course.title,
    "Level": lambda one: one.session.course.level,
    "Begins": lambda one: one.session.starts_at,
    "Works for": lambda one: one.works_for,
    "State": lambda one: one.get_state_display(),
    "Booked at": lambda one: one.booked_at,
    "Ended at": lambda one: one.ended_at,
    "Days attended": lambda one: len(one.attendance.all()),
}
"""Without names: a feed counts, and who came is on the page of the session."""


class Bookings(ReadOnlyModelViewSet[Booking], Creates, Feeds):
    scope = (Permission.BOOK_TRAINING,)
    serializer_class = BookingSerializer
    filterset_class = BookingFilter
    queryset = Booking.objects.none()
    noun = "booking"
    creates, may_create = BookBody, (Permission.BOOK_TRAINING,)
    feed_name, feed_columns = "training", COLUMNS

    def get_queryset(self) -> QuerySet[Booking]:
        visible = Booking.objects.visible_to(person(self.request)).of_people()
        return visible.select_related("session__course__programme").prefetch_related("attendance__day")

    @transaction.atomic
    def do_create(self, data: dict[str, Any]) -> Booking:
        details = _details(self.user, data)
        participant = services.know_participant(email=self.user.email, details=details, user=self.user)
        return services.book_place(
            session=data["session"],
            participant=participant,
            details=details,
            manager_email=data["manager_email"],
            by=self.user,
            now=timezone.now(),
        )

    @verb(NothingBody, MANAGES)
    def approve(self, request: Request, pk: str) -> Response:
        """In the place of the manager, who said yes otherwise. There is a place, or a point in the line."""
        return self.do(services.approve_booking, now=timezone.now())

    @verb(NothingBody, MANAGES)
    def decline(self, request: Request, pk: str) -> Response:
        """In the place of the manager, who said no otherwise. Who asked is told."""
        return self.do(services.decline_booking, now=timezone.now())

    @verb(NothingBody, _everybody_who_sees_it)
    def accept(self, request: Request, pk: str) -> Response:
        """Take the place that is held."""
        return self.do(services.accept_offer, now=timezone.now())

    @verb(NothingBody, _everybody_who_sees_it)
    def cancel(self, request: Request, pk: str) -> Response:
        """Give up a place, an offer or a point in the line."""
        return self.do(services.cancel_booking, now=timezone.now())


def _details(user: User, data: dict[str, Any]) -> Details:
    """Who comes: what was sent, and for the rest what is known of them."""
    known = services.participant_of(user)
    work = ("agency", "organisation")
    told = (
        data if known is None or any(name in data for name in work) else {name: getattr(known, name) for name in work}
    )
    agency = told.get("agency")
    return Details(
        name=data.get("name") or (known.name if known else user.name),
        job=data.get("job") or (known.job if known else ""),
        agency=agency,
        organisation="" if agency else told.get("organisation") or "",
    )
