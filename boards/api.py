"""The board's records for programs: groups, seats by position, the business plan, meetings, contributions.

The same `visible_to`, the same services as the pages.
"""

from __future__ import annotations

from typing import Any

import django_filters
from django.core.exceptions import PermissionDenied
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
from lscb.common.errors import RuleBroken
from lscb.common.programs import Body, Day, Money, Number, Text, YearFilter, YearText

from . import services
from .models import (
    Contribution,
    Group,
    GroupKind,
    Holder,
    Priority,
    Purpose,
    Seat,
    SeatKind,
    Theme,
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


class PrioritySerializer(serializers.ModelSerializer[Priority]):
    first_year = serializers.CharField(read_only=True)
    last_year = serializers.CharField(read_only=True)

    class Meta:
        model = Priority
        fields = ("id", "first_year", "last_year", "number", "text")


class ThemeSerializer(serializers.ModelSerializer[Theme]):
    year = serializers.CharField(read_only=True)

    class Meta:
        model = Theme
        fields = ("id", "year", "number", "text", "priorities")


# ---- Filters --------------------------------------------------------------------------------------------------------


class GroupFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(choices=GroupKind.choices)
    order = django_filters.OrderingFilter(fields=("name", "code"))


class SeatFilter(django_filters.FilterSet):
    group = django_filters.CharFilter("group__code", label="Code of the group")
    agency = django_filters.ModelChoiceFilter(queryset=Agency.objects.all())


class ThemeFilter(django_filters.FilterSet):
    year = YearFilter()


class ContributionFilter(django_filters.FilterSet):
    year = YearFilter()
    purpose = django_filters.ChoiceFilter(choices=Purpose.choices)
    order = django_filters.OrderingFilter(fields=("year", "agreed"))


# ---- What may be sent -----------------------------------------------------------------------------------------------


class GroupBody(Body):
    """Who reads its meetings is chosen on the page."""

    name = serializers.CharField(max_length=150)
    short_name = serializers.CharField(max_length=50, help_text="As people say it")
    kind = serializers.ChoiceField(choices=GroupKind.choices)
    parent = Visible(  # type: ignore[assignment]  # the field of that name
        "code", queryset=Group.objects.all(), allow_null=True, default=None, help_text="Code of the one it reports to"
    )
    joint_with_adults_board = serializers.BooleanField(default=False)
    remit = Text(required=False)
    chaired_by = serializers.CharField(max_length=150, allow_blank=True, default="", help_text="A position")
    ends_on = Day(allow_null=True, default=None, help_text="Last day of a group that was set up for a time")


class SetUpBody(GroupBody):
    starts_on = Day(allow_null=True, default=None)


class LastDayBody(Body):
    last_day = Day()


class GroupCloseBody(LastDayBody):
    reason = Text()


class SeatBody(Body):
    group = Visible("code", queryset=Group.objects.all(), help_text="Code of the group")
    position = serializers.CharField(max_length=150)
    kind = serializers.ChoiceField(choices=SeatKind.choices, default=SeatKind.MEMBER)
    agency = Visible(queryset=Agency.objects.all(), allow_null=True, default=None)
    starts_on = Day(default=timezone.localdate)


class FillBody(Body):
    """By name. Who has an account is chosen on the page."""

    name = serializers.CharField(max_length=120)
    is_deputy = serializers.BooleanField(default=False)
    starts_on = Day(default=timezone.localdate)


class VacateBody(LastDayBody):
    is_deputy = serializers.BooleanField(default=False, help_text="The deputy leaves, not the holder")


class _SetInAYear(Body):
    number = Number(min_value=1, max_value=20)
    text = Text()


class PriorityBody(_SetInAYear):
    """The same number in the same years is worded anew."""

    first_year = YearText()
    last_year = YearText()


class ThemeBody(_SetInAYear):
    """The same number in the same year is worded anew."""

    year = YearText()
    priorities = Visible(queryset=Priority.objects.all(), many=True, default=list)


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


# ---- The endpoints --------------------------------------------------------------------------------------------------


MANAGES = holds(Permission.MANAGE_BOARD)


def _changes(user: User, group: Group) -> bool:
    """Who manages the groups; a program no group whose meetings it could never read, such as that of child deaths."""
    return user.may(Permission.MANAGE_BOARD) and user.may(group.meetings_read_with)


def _changes_seat(user: User, seat: Seat) -> bool:
    return _changes(user, seat.group)


class Groups(ReadOnlyModelViewSet[Group], Creates):
    scope = (Permission.READ_BOARD,)
    serializer_class = GroupSerializer
    filterset_class = GroupFilter
    queryset = Group.objects.none()
    lookup_field = "code"
    noun = "group"
    creates, may_create = SetUpBody, (Permission.MANAGE_BOARD,)

    def get_queryset(self) -> QuerySet[Group]:
        return Group.objects.visible_to(person(self.request)).select_related("parent")

    def do_create(self, data: dict[str, Any]) -> Group:
        return services.set_up_group(by=self.user, **data)

    @verb(GroupBody, _changes)
    def revise(self, request: Request, code: str) -> Response:
        """Give it another name, place, remit or chair. Its code stays."""
        return self.do(services.change_group)

    @verb(GroupCloseBody, _changes)
    def close(self, request: Request, code: str) -> Response:
        """It ends after a day, and its seats with it."""
        return self.do(services.close_group)


class Seats(ReadOnlyModelViewSet[Seat], Creates):
    scope = (Permission.READ_BOARD,)
    serializer_class = SeatSerializer
    filterset_class = SeatFilter
    queryset = Seat.objects.none()
    noun = "seat"
    creates, may_create = SeatBody, (Permission.MANAGE_BOARD,)

    def get_queryset(self) -> QuerySet[Seat]:
        return Seat.objects.visible_to(person(self.request)).select_related("group", "agency")

    def do_create(self, data: dict[str, Any]) -> Seat:
        if not _changes(self.user, data["group"]):
            raise PermissionDenied
        return services.add_seat(by=self.user, **data)

    @verb(FillBody, _changes_seat)
    def fill(self, request: Request, pk: str) -> Response:
        """Somebody takes the seat, or stands in for who holds it. No name is given out here again."""
        return self.do(services.fill_seat)

    @verb(VacateBody, _changes_seat)
    def vacate(self, request: Request, pk: str) -> Response:
        """Who holds it, or the deputy, leaves the seat after a day."""
        seat, data = self.get_object(), self.checked()
        holders = Holder.objects.visible_to(self.user).filter(seat=seat, is_deputy=data["is_deputy"])
        holder = holders.holding(data["last_day"]).first()
        if holder is None:
            raise RuleBroken("Nobody is in place on that day.", field="last_day")
        call = {"holder": holder, "last_day": data["last_day"], "by": self.user}
        return self.change(seat, lambda: services.end_holding(**call))

    @verb(LastDayBody, _changes_seat)
    def end(self, request: Request, pk: str) -> Response:
        """The seat is no more after a day."""
        return self.do(services.end_seat)


class Priorities(ReadOnlyModelViewSet[Priority], Creates):
    scope = (Permission.READ_BOARD,)
    serializer_class = PrioritySerializer
    queryset = Priority.objects.none()
    creates, may_create = PriorityBody, (Permission.MANAGE_BOARD,)

    def get_queryset(self) -> QuerySet[Priority]:
        return Priority.objects.visible_to(person(self.request))

    def do_create(self, data: dict[str, Any]) -> Priority:
        return services.set_priority(by=self.user, **data)


class Themes(ReadOnlyModelViewSet[Theme], Creates):
    """Of the business plan of a year."""

    scope = (Permission.READ_BOARD,)
    serializer_class = ThemeSerializer
    filterset_class = ThemeFilter
    queryset = Theme.objects.none()
    creates, may_create = ThemeBody, (Permission.MANAGE_BOARD,)

    def get_queryset(self) -> QuerySet[Theme]:
        return Theme.objects.visible_to(person(self.request)).prefetch_related("priorities")

    def do_create(self, data: dict[str, Any]) -> Theme:
        return services.set_theme(by=self.user, **data)


class Contributions(ReadOnlyModelViewSet[Contribution], Creates):
    scope = (Permission.READ_BOARD,)
    right = Permission.READ_CONTRIBUTIONS
    serializer_class = ContributionSerializer
    filterset_class = ContributionFilter
    queryset = Contribution.objects.none()
    noun = "contribution"
    creates, may_create = AgreeBody, (Permission.MANAGE_BOARD,)

    def get_queryset(self) -> QuerySet[Contribution]:
        return Contribution.objects.visible_to(person(self.request)).select_related("agency")

    def do_create(self, data: dict[str, Any]) -> Contribution:
        return services.agree_contribution(by=self.user, **data)

    @verb(ContributionReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Agree on another amount."""
        return self.do(services.change_contribution)

    @verb(AmountBody, MANAGES)
    def invoice(self, request: Request, pk: str) -> Response:
        """The invoice went out."""
        return self.do(services.record_invoice)

    @verb(AmountBody, MANAGES)
    def payment(self, request: Request, pk: str) -> Response:
        """A payment came in."""
        return self.do(services.record_payment)
