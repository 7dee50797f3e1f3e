"""Sessions: planned, published, their register taken."""

from __future__ import annotations

import datetime as dt
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import exceptions, serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, ForEverybody, Visible, verb, verb_of_all
from lscb.common.caching import Cacheable
from lscb.common.programs import Body, Moment, MomentFilter, NothingBody, Number, Text, YearText, many_of, told_at
from lscb.trail.filters import UpdatedSince

from ..models import Booking, ChargePolicy, Course, Session, SessionDay, SessionState, Trainer
from ..services import register, sessions
from ..services.booking import Details
from ..services.sessions import Hours
from .base import MANAGES, MAY_MANAGE
from .programme import CourseSerializer

MOST_DAYS = 4
"""Of a session, as on the page."""
MOST_WEEKS = 52


class DaySerializer(serializers.ModelSerializer[SessionDay]):
    class Meta:
        model = SessionDay
        fields = ("number", "starts_at", "ends_at")


class SessionSerializer(serializers.ModelSerializer[Session]):
    """Without the link to join, which is for who has a place."""

    course = CourseSerializer(read_only=True)
    days = DaySerializer(many=True, read_only=True)
    taken = serializers.IntegerField(read_only=True)
    waiting = serializers.IntegerField(source="in_line", read_only=True)

    class Meta:
        model = Session
        fields = (
            *("id", "course", "state", "starts_at", "ends_at", "days", "place"),
            *("capacity", "taken", "waiting", "closes_at", "practical"),
        )


class SessionWithVersionSerializer(SessionSerializer):
    class Meta(SessionSerializer.Meta):
        fields: tuple[str, ...] = ("version", *SessionSerializer.Meta.fields)  # type: ignore[assignment]


class SessionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=SessionState.choices)
    since = MomentFilter("starts_at", lookup_expr="gte", label="Begins at or after")
    until = MomentFilter("starts_at", lookup_expr="lte", label="Begins at or before")
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("starts_at",))


# ---- What may be sent -----------------------------------------------------------------------------------------------


class SessionDayBody(Body):
    starts_at = Moment()
    ends_at = Moment()


class _SessionFacts(Body):
    """When, where and for how many."""

    days = many_of(SessionDayBody, most=MOST_DAYS, required=False)
    capacity = Number(min_value=1, max_value=1000, required=False, help_text="Places")
    place = serializers.CharField(max_length=200, allow_blank=True, required=False, help_text="Or a link")
    link = serializers.URLField(max_length=300, allow_blank=True, required=False, help_text="Told to who has a place")
    closes_at = Moment(required=False, help_text="Of booking; at the end of the day before without it")
    charge_policy = Visible(queryset=ChargePolicy.objects.all(), allow_null=True, required=False)
    practical = serializers.CharField(max_length=2000, allow_blank=True, required=False)
    trainers = Visible(queryset=Trainer.objects.all(), many=True, required=False)

    def validate_days(self, value: list[dict[str, dt.datetime]]) -> list[Hours]:
        return [(day["starts_at"], day["ends_at"]) for day in value]


class PlanSessionBody(_SessionFacts):
    """On one day or several, at a place or by a link."""

    course = Visible(queryset=Course.objects.all())
    days = many_of(SessionDayBody, most=MOST_DAYS)
    capacity = Number(min_value=1, max_value=1000, help_text="Places")
    publish = serializers.BooleanField(default=False, help_text="Put it into the public programme at once")
    times = Number(
        min_value=1,
        max_value=MOST_WEEKS,
        default=1,
        help_text="On so many weeks; the first one is answered",
    )


class SessionReviseBody(_SessionFacts):
    """What is left out stays."""

    version = Number(help_text="The version that was read")


class CancelSessionBody(Body):
    reason = serializers.CharField(max_length=300)


class CopyYearBody(Body):
    year = YearText(help_text="Whose sessions are copied")
    to = YearText(help_text="A later year")


class CopiedSerializer(serializers.Serializer[Any]):
    """How many sessions were copied, as drafts."""

    copied = serializers.IntegerField()


class WriteBody(Body):
    subject = serializers.CharField(max_length=120)
    text = Text()
    waiting_too = serializers.BooleanField(default=False, help_text="To who waits for a place, too")


class PresenceBody(Body):
    booking = serializers.UUIDField(help_text="7d0f4b86-1f0b-4a5e-9f39-6a8a4c2b1c11")
    there = serializers.BooleanField()


class RegisterBody(Body):
    day = Number(default=1, help_text="Number of the day")
    marks = many_of(PresenceBody, most=1000, help_text="Who is left out stays as they are")


class WalkInBody(Body):
    """Somebody who did not book. Of both an agency and an organisation the agency counts."""

    day = Number(default=1, help_text="Number of the day")
    email = serializers.EmailField()
    name = serializers.CharField(max_length=120)
    job = serializers.CharField(max_length=120)
    agency = Visible(queryset=Agency.objects.all(), allow_null=True, default=None)
    organisation = serializers.CharField(max_length=150, allow_blank=True, default="")


# ---- The endpoints --------------------------------------------------------------------------------------------------

OF_THE_PAGE = {f"{part}_{number}": "days" for part in ("day", "ends") for number in range(1, MOST_DAYS + 1)}
OF_THE_PAGE |= {"closes_on": "closes_at"}
"""The page has a field for each part of a day; here the days are a list."""


class Sessions(ReadOnlyModelViewSet[Session], Creates):
    scope = (Permission.BOOK_TRAINING,)
    serializer_class = SessionWithVersionSerializer
    filterset_class = SessionFilter
    queryset = Session.objects.none()
    noun = "session"
    creates, may_create = PlanSessionBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Session]:
        visible = Session.objects.visible_to(person(self.request)).with_places()
        return visible.select_related("course__programme").prefetch_related("days")

    def do_create(self, data: dict[str, Any]) -> Session:
        with told_at(OF_THE_PAGE):
            return sessions.plan_weekly(by=self.user, **data)[0]

    @verb_of_all(CopyYearBody, MANAGES, url_path="copy-year", told_as=CopiedSerializer)
    def copy_year(self, request: Request) -> Response:
        """The sessions of a year as drafts of another, on the same weekdays. What is there already is left out."""
        data = self.checked()
        return self.tell(lambda: {"copied": len(sessions.copy_year(by=self.user, **data))})

    @verb(SessionReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another time, place or number of places. Who has a place is told; more places are offered at once."""
        session, data = self.get_object(), self.checked()
        days = [(day.starts_at, day.ends_at) for day in session.days.all()]
        stays: dict[str, Any] = {"days": days, "trainers": session.trainers.all()}
        call = {**stays, **data, "session": session, "by": self.user, "now": timezone.now()}
        with told_at(OF_THE_PAGE):
            return self.change(session, lambda: sessions.change_session(**call))

    @verb(NothingBody, MANAGES)
    def publish(self, request: Request, pk: str) -> Response:
        """Put a draft into the public programme."""
        return self.do(sessions.publish_session)

    @verb(NothingBody, MANAGES, url_path="close-booking")
    def close_booking(self, request: Request, pk: str) -> Response:
        """Take no more bookings. Who waits is still offered what gets free."""
        return self.do(sessions.close_booking)

    @verb(NothingBody, MANAGES, url_path="open-booking")
    def open_booking(self, request: Request, pk: str) -> Response:
        """Take bookings again."""
        return self.do(sessions.reopen_booking)

    @verb(CancelSessionBody, MANAGES)
    def cancel(self, request: Request, pk: str) -> Response:
        """It does not take place. Everybody who booked or waits is told, and nothing is charged."""
        return self.do(sessions.cancel_session, now=timezone.now())

    @verb(WriteBody, MANAGES)
    def write(self, request: Request, pk: str) -> Response:
        """Send an e-mail to everybody who has a place."""
        return self.do(sessions.write_to_participants, now=timezone.now())

    @verb(NothingBody, MANAGES, url_path="send-register")
    def send_register(self, request: Request, pk: str) -> Response:
        """Send the trainers the link by which they take the register."""
        return self.do(register.send_register, now=timezone.now())

    @verb(RegisterBody, MANAGES)
    def register(self, request: Request, pk: str) -> Response:
        """Who is there on a day, by booking. It opens three hours before the day begins."""
        session, data = self.get_object(), self.checked()
        on_it = Booking.objects.visible_to(self.user).filter(session=session, state__in=register.ON_REGISTER)
        people = {one.pk: one for one in on_it}
        if unknown := [str(mark["booking"]) for mark in data["marks"] if mark["booking"] not in people]:
            raise exceptions.ValidationError({"marks": [f"{key} is not on this register." for key in unknown]})
        seen = {people[mark["booking"]]: mark["there"] for mark in data["marks"]}
        call: dict[str, Any] = {
            "session": session,
            "day": _day(session, data["day"]),
            "present": [one for one, there in seen.items() if there],
            "seen": list(seen),
            "by": self.user,
            "now": timezone.now(),
        }
        return self.change(session, lambda: register.mark_register(**call))

    @verb(WalkInBody, MANAGES, url_path="walk-in")
    def walk_in(self, request: Request, pk: str) -> Response:
        """Somebody came without a place: there must be a free one."""
        session, data = self.get_object(), self.checked()
        agency = data["agency"]
        call: dict[str, Any] = {
            "session": session,
            "day": _day(session, data["day"]),
            "email": data["email"],
            "details": Details(data["name"], data["job"], agency, "" if agency else data["organisation"]),
            "by": self.user,
            "now": timezone.now(),
        }
        return self.change(session, lambda: register.walk_in(**call))

    @verb(NothingBody, MANAGES, url_path="complete-register")
    def complete_register(self, request: Request, pk: str) -> Response:
        """It is over: who is not ticked did not attend, which may be charged; who came is asked what it was worth."""
        return self.do(register.complete_register, now=timezone.now())


def _day(session: Session, number: int) -> SessionDay:
    day = next((one for one in session.days.all() if one.number == number), None)
    if day is None:
        raise exceptions.ValidationError({"day": ["This session has no such day."]})
    return day


class PublicSessions(ForEverybody, Cacheable, ListModelMixin, GenericViewSet[Session]):
    """The training programme."""

    serializer_class = SessionSerializer
    filterset_class = SessionFilter
    queryset = Session.objects.none()

    def get_queryset(self) -> QuerySet[Session]:
        return Session.objects.public().with_places().select_related("course__programme").prefetch_related("days")
