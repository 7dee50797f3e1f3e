"""The board's records for programs: groups, seats by position, meetings, contributions.

The same `visible_to`, the same services as the pages.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.models import Agency, User
from lscb.accounts.permissions import Permission
from lscb.accounts.programs import Creates, Visible, holds, verb
from lscb.common.programs import Body, Day, Moment, MomentFilter, Money, Number, Text, YearFilter, YearText, many_of
from lscb.trail.filters import UpdatedSince
from lscb.trail.services import viewed

from . import services
from .meetings import services as meetings
from .meetings.access import READERS, RUNNERS, may_run
from .meetings.services import Said
from .models import (
    AgendaItem,
    Attendance,
    Contribution,
    Group,
    GroupKind,
    Mark,
    Meeting,
    MeetingState,
    Purpose,
    Seat,
)


class GroupSerializer(serializers.ModelSerializer[Group]):
    reports_to = serializers.CharField(source="parent.code", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Group
        fields = (
            *("code", "name", "short_name", "kind", "reports_to", "joint_with_adults_board"),
            *("remit", "chaired_by", "starts_on", "ends_on"),
        )


class SeatSerializer(serializers.ModelSerializer[Seat]):
    """By position: no person's name leaves by this door."""

    group = serializers.CharField(source="group.code", read_only=True)
    agency = serializers.CharField(source="agency.name", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Seat
        fields = ("id", "group", "agency", "position", "kind", "starts_on", "ends_on")


class ContributionSerializer(serializers.ModelSerializer[Contribution]):
    year = serializers.CharField(read_only=True)
    given_by = serializers.CharField(read_only=True)

    class Meta:
        model = Contribution
        fields = (
            *("id", "year", "given_by", "purpose", "agreed", "invoiced", "invoiced_on"),
            *("received", "received_on"),
        )


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    """When and where, as in the calendar of the portal."""

    group = serializers.CharField(source="group.code", read_only=True)
    minutes_approved_on = serializers.DateField(source="approved_in.day", read_only=True, default=None, allow_null=True)

    class Meta:
        model = Meeting
        fields = (
            *("id", "group", "starts_at", "ends_at", "place", "link", "theme", "state"),
            "minutes_approved_on",
        )


class AgendaItemSerializer(serializers.ModelSerializer[AgendaItem]):
    class Meta:
        model = AgendaItem
        fields = ("id", "order", "title", "presenter", "minutes", "decision")


class AttendanceSerializer(serializers.ModelSerializer[Attendance]):
    """By seat: no person's name leaves by this door."""

    class Meta:
        model = Attendance
        fields = ("seat", "mark")


class MeetingWithAgendaSerializer(MeetingSerializer):
    """One meeting with its agenda, its decisions and who came."""

    agenda = AgendaItemSerializer(many=True, read_only=True)
    attendance = AttendanceSerializer(many=True, read_only=True)

    class Meta(MeetingSerializer.Meta):
        fields: tuple[str, ...] = (  # type: ignore[assignment]
            *MeetingSerializer.Meta.fields,
            *("agenda", "attendance", "attendance_version", "minutes_version"),
        )


# ---- Filters --------------------------------------------------------------------------------------------------------


class GroupFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=GroupKind.choices)
    order = django_filters.OrderingFilter(fields=("name", "code"))


class SeatFilter(django_filters.FilterSet):
    group = django_filters.CharFilter("group__code", label="Code of the group")
    agency = django_filters.ModelChoiceFilter(queryset=Agency.objects.all())


class ContributionFilter(django_filters.FilterSet):
    year = YearFilter()
    purpose = django_filters.ChoiceFilter(choices=Purpose.choices)
    order = django_filters.OrderingFilter(fields=("year", "agreed"))


class MeetingFilter(django_filters.FilterSet):
    group = django_filters.CharFilter("group__code", label="Code of the group")
    state = django_filters.ChoiceFilter(choices=MeetingState.choices)
    since = MomentFilter("starts_at", lookup_expr="gte", label="Begins at or after")
    until = MomentFilter("starts_at", lookup_expr="lte", label="Begins at or before")
    updated_since = UpdatedSince()
    order = django_filters.OrderingFilter(fields=("starts_at",))


# ---- What may be sent -----------------------------------------------------------------------------------------------


class AgreeBody(Body):
    """From an agency, or from a contributor that is no one agency."""

    year = YearText()
    purpose = serializers.ChoiceField(choices=Purpose.choices)
    agreed = Money()
    agency = Visible(queryset=Agency.objects.all(), allow_null=True, default=None)
    contributor = serializers.CharField(max_length=150, allow_blank=True, default="")


class ContributionReviseBody(Body):
    agreed = Money()
    reason = Text()


class AmountBody(Body):
    amount = Money()
    on = Day(default=timezone.localdate)


class MeetingMoveBody(Body):
    starts_at = Moment()
    ends_at = Moment()
    place = serializers.CharField(max_length=200, allow_blank=True, default="")
    link = serializers.URLField(max_length=200, allow_blank=True, default="")
    theme = serializers.CharField(max_length=200, allow_blank=True, default="")


class PlanBody(MeetingMoveBody):
    group = Visible("code", queryset=Group.objects.all(), help_text="Code of the group")
    invite = serializers.BooleanField(default=False, help_text="Write to everybody who holds a seat on that day")


class CancelBody(Body):
    reason = Text()


class MarkBody(Body):
    seat = Number(help_text="Key of the seat")
    mark = serializers.ChoiceField(choices=Mark.choices)


class AttendanceBody(Body):
    version = Number(help_text="The attendance_version that was read")
    marks = many_of(MarkBody, most=500, help_text="A seat that is left out is not recorded")


class SaidBody(Body):
    item = Number(help_text="Key of the agenda item")
    notes = Text(required=False)
    decision = Text(required=False)


class MinutesBody(Body):
    version = Number(help_text="The minutes_version that was read")
    minutes = Text(help_text="Markdown", max_length=200_000)
    said = many_of(SaidBody, most=200, default=list)


# ---- The endpoints --------------------------------------------------------------------------------------------------


class Groups(ReadOnlyModelViewSet[Group]):
    scope = (Permission.READ_BOARD,)
    serializer_class = GroupSerializer
    filterset_class = GroupFilter
    queryset = Group.objects.none()
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Group]:
        return Group.objects.visible_to(person(self.request)).select_related("parent")


class Seats(ReadOnlyModelViewSet[Seat]):
    scope = (Permission.READ_BOARD,)
    serializer_class = SeatSerializer
    filterset_class = SeatFilter
    queryset = Seat.objects.none()

    def get_queryset(self) -> QuerySet[Seat]:
        return Seat.objects.visible_to(person(self.request)).select_related("group", "agency")


MANAGES = holds(Permission.MANAGE_BOARD)


class Contributions(ReadOnlyModelViewSet[Contribution], Creates):
    scope = (Permission.READ_BOARD,)
    right = Permission.READ_CONTRIBUTIONS
    serializer_class = ContributionSerializer
    filterset_class = ContributionFilter
    queryset = Contribution.objects.none()
    creates, may_create = AgreeBody, (Permission.MANAGE_BOARD,)

    def get_queryset(self) -> QuerySet[Contribution]:
        return Contribution.objects.visible_to(person(self.request)).select_related("agency")

    def do_create(self, data: dict[str, Any]) -> Contribution:
        return services.agree_contribution(by=self.user, **data)

    def _do(self, service: Callable[..., Any]) -> Response:
        contribution, data = self.get_object(), self.checked()
        return self.change(contribution, lambda: service(contribution=contribution, by=self.user, **data))

    @verb(ContributionReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Agree on another amount."""
        return self._do(services.change_contribution)

    @verb(AmountBody, MANAGES)
    def invoice(self, request: Request, pk: str) -> Response:
        """The invoice went out."""
        return self._do(services.record_invoice)

    @verb(AmountBody, MANAGES)
    def payment(self, request: Request, pk: str) -> Response:
        """A payment came in."""
        return self._do(services.record_payment)


def _runs(user: User, meeting: Meeting) -> bool:
    return may_run(user, meeting.group)


class Meetings(ReadOnlyModelViewSet[Meeting], Creates):
    """The meetings that the person may read; looking at one of a confidential group is on the trail."""

    scope = READERS
    filterset_class = MeetingFilter
    queryset = Meeting.objects.none()
    creates, may_create = PlanBody, RUNNERS

    def get_serializer_class(self) -> type[MeetingSerializer]:
        return MeetingSerializer if self.action == "list" else MeetingWithAgendaSerializer

    def get_queryset(self) -> QuerySet[Meeting]:
        found = Meeting.objects.visible_to(person(self.request)).select_related("group", "approved_in")
        return found if self.action == "list" else found.prefetch_related("agenda", "attendance")

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        meeting = self.get_object()
        if meeting.is_confidential:
            viewed(meeting, by=request.user, named=meeting.safe_name)
        return Response(self.get_serializer(meeting).data)

    def do_create(self, data: dict[str, Any]) -> Meeting:
        return meetings.plan_meeting(by=self.user, **data)

    def _do(self, service: Callable[..., Any], **shapes: Callable[[Any], Any]) -> Response:
        """`shapes` turn a field of the body into what the service takes."""
        meeting, data = self.get_object(), self.checked()
        data |= {name: shape(data[name]) for name, shape in shapes.items()}
        return self.change(meeting, lambda: service(meeting=meeting, by=self.user, **data))

    @verb(MeetingMoveBody, _runs)
    def move(self, request: Request, pk: str) -> Response:
        """Another time, place, link or theme. Who was invited hears of it."""
        return self._do(meetings.move_meeting)

    @verb(CancelBody, _runs)
    def cancel(self, request: Request, pk: str) -> Response:
        """It does not take place."""
        return self._do(meetings.cancel_meeting)

    @verb(AttendanceBody, _runs)
    def attendance(self, request: Request, pk: str) -> Response:
        """Who came, by seat. The first record says that it took place."""
        return self._do(meetings.record_attendance, marks=lambda rows: {one["seat"]: one["mark"] for one in rows})

    @verb(MinutesBody, _runs)
    def minutes(self, request: Request, pk: str) -> Response:
        """The minutes, and what was said and decided on each item."""
        return self._do(
            meetings.write_minutes,
            said=lambda rows: {one["item"]: Said(one["notes"], one["decision"]) for one in rows},
        )
