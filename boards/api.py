"""The board's records, to read: groups, seats by position, meetings, contributions.

The same `visible_to` as the pages.
"""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission
from lscb.trail.services import viewed

from .meetings.access import READERS
from .models import AgendaItem, Contribution, Group, Meeting, Seat


class GroupSerializer(serializers.ModelSerializer[Group]):
    reports_to = serializers.CharField(source="parent.code", read_only=True, default=None)

    class Meta:
        model = Group
        fields = (
            *("code", "name", "short_name", "kind", "reports_to", "joint_with_adults_board"),
            *("remit", "chaired_by", "starts_on", "ends_on"),
        )


class SeatSerializer(serializers.ModelSerializer[Seat]):
    """By position: no person's name leaves by this door."""

    group = serializers.CharField(source="group.code", read_only=True)
    agency = serializers.CharField(source="agency.name", read_only=True, default=None)

    class Meta:
        model = Seat
        fields = ("group", "agency", "position", "kind", "starts_on", "ends_on")


class ContributionSerializer(serializers.ModelSerializer[Contribution]):
    year = serializers.CharField(read_only=True)
    given_by = serializers.CharField(read_only=True)

    class Meta:
        model = Contribution
        fields = (
            *("year", "given_by", "purpose", "agreed", "invoiced", "invoiced_on"),
            *("received", "received_on"),
        )


class MeetingSerializer(serializers.ModelSerializer[Meeting]):
    """When and where, as in the calendar of the portal."""

    group = serializers.CharField(source="group.code", read_only=True)
    minutes_approved_on = serializers.DateField(source="approved_in.day", read_only=True, default=None)

    class Meta:
        model = Meeting
        fields = (
            *("id", "group", "starts_at", "ends_at", "place", "link", "theme", "state"),
            "minutes_approved_on",
        )


class AgendaItemSerializer(serializers.ModelSerializer[AgendaItem]):
    class Meta:
        model = AgendaItem
        fields = ("order", "title", "presenter", "minutes", "decision")


class MeetingWithAgendaSerializer(MeetingSerializer):
    """One meeting with its agenda and decisions."""

    agenda = AgendaItemSerializer(many=True, read_only=True)

    class Meta(MeetingSerializer.Meta):
        fields: tuple[str, ...] = (*MeetingSerializer.Meta.fields, "agenda")  # type: ignore[assignment]


class Groups(ReadOnlyModelViewSet[Group]):
    scope = (Permission.READ_BOARD,)
    serializer_class = GroupSerializer
    queryset = Group.objects.none()
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Group]:
        return Group.objects.visible_to(person(self.request)).select_related("parent")


class Seats(ReadOnlyModelViewSet[Seat]):
    scope = (Permission.READ_BOARD,)
    serializer_class = SeatSerializer
    queryset = Seat.objects.none()

    def get_queryset(self) -> QuerySet[Seat]:
        return Seat.objects.visible_to(person(self.request)).select_related("group", "agency")


class Contributions(ReadOnlyModelViewSet[Contribution]):
    scope = (Permission.READ_BOARD,)
    right = Permission.READ_CONTRIBUTIONS
    serializer_class = ContributionSerializer
    queryset = Contribution.objects.none()

    def get_queryset(self) -> QuerySet[Contribution]:
        return Contribution.objects.visible_to(person(self.request)).select_related("agency")


class Meetings(ReadOnlyModelViewSet[Meeting]):
    """The meetings that the person may read; looking at one of a confidential group is on the trail."""

    scope = READERS
    queryset = Meeting.objects.none()

    def get_serializer_class(self) -> type[MeetingSerializer]:
        return MeetingWithAgendaSerializer if self.action == "retrieve" else MeetingSerializer

    def get_queryset(self) -> QuerySet[Meeting]:
        meetings = Meeting.objects.visible_to(person(self.request)).select_related("group", "approved_in")
        return meetings.prefetch_related("agenda") if self.action == "retrieve" else meetings

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        meeting = self.get_object()
        if meeting.is_confidential:
            viewed(meeting, by=request.user, named=meeting.safe_name)
        return Response(self.get_serializer(meeting).data)
