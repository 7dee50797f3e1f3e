"""The board's records, to read: groups, seats by position, contributions. The same `visible_to` as the pages."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.permissions import Permission

from .models import Contribution, Group, Seat


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
