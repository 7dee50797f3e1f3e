"""Training for programs: the programme for everybody who books, bookings as the pages show them, and what staff do."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import django_filters
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import exceptions, serializers
from rest_framework.mixins import ListModelMixin
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from boards.models import Theme
from lscb.accounts.access import person
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Feeds, ForEverybody, Visible, holds, verb
from lscb.common.caching import Cacheable
from lscb.common.programs import Body, Moment, MomentFilter, NothingBody, Number, Text, many_of, told_at
from lscb.trail.filters import UpdatedSince

from .models import (
    Booking,
    BookingState,
    ChargePolicy,
    Course,
    Length,
    Programme,
    Session,
    SessionDay,
    SessionState,
    Trainer,
)
from .services import booking as services
from .services import programme as kept
from .services import register, sessions
from .services.booking import Details
from .services.sessions import Hours

MOST_DAYS = 4
"""Of a session, as on the page."""


class ProgrammeSerializer(serializers.ModelSerializer[Programme]):
    class Meta:
        model = Programme
        fields = ("id", "version", "name", "summary", "order")


class TrainerSerializer(serializers.ModelSerializer[Trainer]):
    class Meta:
        model = Trainer
        fields = ("id", "version", "name", "organisation", "email", "is_active")


class ChargePolicySerializer(serializers.ModelSerializer[ChargePolicy]):
    class Meta:
        model = ChargePolicy
        fields = ("id", "name", "days", "window", "charges_absence")


class CourseSerializer(serializers.ModelSerializer[Course]):
    programme = serializers.CharField(source="programme.name", read_only=True)

    class Meta:
        model = Course
        fields = ("id", "programme", "title", "aims", "level", "audience", "length", "needs_approval")


class KeptCourseSerializer(serializers.ModelSerializer[Course]):
    """As staff keep it: programme, charges and themes by their keys."""

    class Meta:
        model = Course
        fields = (
            *("id", "version", "programme", "title", "aims", "level", "audience", "length", "needs_approval"),
            *("certificate_after_evaluation", "charge_policy", "themes"),
        )


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


class CourseFilter(django_filters.FilterSet):
    programme = django_filters.ModelChoiceFilter(queryset=Programme.objects.all())
    order = django_filters.OrderingFilter(fields=("title",))


class SessionFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=SessionState.choices)
    since = MomentFilter("starts_at", lookup_expr="gte", label="Begins at or after")
    until = MomentFilter("starts_at", lookup_expr="lte", label="Begins at or before")
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("starts_at",))


class BookingFilter(django_filters.FilterSet):
    session = django_filters.UUIDFilter("session", label="Key of the session")
    state = django_filters.ChoiceFilter(choices=BookingState.choices)
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("booked_at",))


# ---- What may be sent -----------------------------------------------------------------------------------------------


class ProgrammeBody(Body):
    name = serializers.CharField(max_length=120)
    summary = Text(required=False)
    order = Number(max_value=999, default=0, help_text="Its place among the others")


class ProgrammeReviseBody(ProgrammeBody):
    version = Number(help_text="The version that was read")


class TrainerBody(Body):
    name = serializers.CharField(max_length=120)
    organisation = serializers.CharField(max_length=150, allow_blank=True, default="")
    email = serializers.EmailField(allow_blank=True, default="")
    is_active = serializers.BooleanField(default=True, help_text="Still teaches")


class TrainerReviseBody(TrainerBody):
    version = Number(help_text="The version that was read")


class CourseBody(Body):
    programme = Visible(queryset=Programme.objects.all())
    title = serializers.CharField(max_length=150)
    length = serializers.ChoiceField(choices=Length.choices)
    aims = Text(required=False)
    level = serializers.CharField(max_length=40, allow_blank=True, default="", help_text="For example, Level 3")
    audience = serializers.CharField(max_length=200, allow_blank=True, default="")
    charge_policy = Visible(queryset=ChargePolicy.objects.all(), allow_null=True, default=None)
    needs_approval = serializers.BooleanField(default=False, help_text="A manager approves each booking")
    certificate_after_evaluation = serializers.BooleanField(default=False)
    themes = Visible(
        queryset=Theme.objects.all(), many=True, default=list, help_text="Of the business plan that it serves"
    )


class CourseReviseBody(CourseBody):
    version = Number(help_text="The version that was read")


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


class SessionReviseBody(_SessionFacts):
    """What is left out stays."""

    version = Number(help_text="The version that was read")


class CancelSessionBody(Body):
    reason = serializers.CharField(max_length=300)


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

MANAGES = holds(Permission.MANAGE_TRAINING)
MAY_MANAGE = (Permission.MANAGE_TRAINING,)


class Programmes(ReadOnlyModelViewSet[Programme], Creates):
    scope = (Permission.BOOK_TRAINING,)
    serializer_class = ProgrammeSerializer
    queryset = Programme.objects.none()
    noun = "programme"
    creates, may_create = ProgrammeBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Programme]:
        found: QuerySet[Programme] = Programme.objects.all().visible_to(person(self.request))
        return found

    def do_create(self, data: dict[str, Any]) -> Programme:
        return kept.set_programme(by=self.user, **data)

    @verb(ProgrammeReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another name, words or place among the others."""
        return self.do(kept.set_programme)


class Trainers(ReadOnlyModelViewSet[Trainer], Creates):
    """For who runs the programme."""

    scope = MAY_MANAGE
    serializer_class = TrainerSerializer
    queryset = Trainer.objects.none()
    noun = "trainer"
    creates, may_create = TrainerBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Trainer]:
        found: QuerySet[Trainer] = Trainer.objects.all().visible_to(person(self.request))
        return found

    def do_create(self, data: dict[str, Any]) -> Trainer:
        return kept.set_trainer(by=self.user, **data)

    @verb(TrainerReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another name, organisation or address, or teaches no more."""
        return self.do(kept.set_trainer)


class ChargePolicies(ReadOnlyModelViewSet[ChargePolicy]):
    """For who runs the programme. They are changed on their page."""

    scope = MAY_MANAGE
    serializer_class = ChargePolicySerializer
    queryset = ChargePolicy.objects.none()

    def get_queryset(self) -> QuerySet[ChargePolicy]:
        found: QuerySet[ChargePolicy] = ChargePolicy.objects.all().visible_to(person(self.request))
        return found


class Courses(ReadOnlyModelViewSet[Course], Creates):
    scope = (Permission.BOOK_TRAINING,)
    serializer_class = KeptCourseSerializer
    filterset_class = CourseFilter
    queryset = Course.objects.none()
    noun = "course"
    creates, may_create = CourseBody, MAY_MANAGE

    def get_queryset(self) -> QuerySet[Course]:
        found: QuerySet[Course] = Course.objects.all().visible_to(person(self.request))
        return found.prefetch_related("themes")

    def do_create(self, data: dict[str, Any]) -> Course:
        return kept.add_course(by=self.user, **data)

    @verb(CourseReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """What it is, for whom, and what it costs not to come."""
        return self.do(kept.change_course)


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
            return sessions.plan_session(by=self.user, **data)

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


class PublicSessions(ForEverybody, Cacheable, ListModelMixin, GenericViewSet[Session]):
    """The training programme."""

    serializer_class = SessionSerializer
    filterset_class = SessionFilter
    queryset = Session.objects.none()

    def get_queryset(self) -> QuerySet[Session]:
        return Session.objects.public().with_places().select_related("course__programme").prefetch_related("days")
