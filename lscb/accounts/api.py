"""Agencies for programs: the same `visible_to`, the same services as the pages."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.common.programs import Body, Day

from . import services
from .access import person
from .models import Agency, AgencyName, Area, Sector, Succession
from .permissions import Permission
from .programs import Creates, Visible, holds, verb


class AgencyNameSerializer(serializers.ModelSerializer[AgencyName]):
    class Meta:
        model = AgencyName
        fields = ("name", "short_name", "starts_on", "ends_on")


class SuccessionSerializer(serializers.ModelSerializer[Succession]):
    """What it became, and since when."""

    class Meta:
        model = Succession
        fields = ("successor", "on")


class AgencySerializer(serializers.ModelSerializer[Agency]):
    areas = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)  # type: ignore[var-annotated]
    names = AgencyNameSerializer(many=True, read_only=True)
    became = SuccessionSerializer(many=True, read_only=True)

    class Meta:
        model = Agency
        fields = (
            *("id", "name", "short_name", "sector", "parent", "areas", "active_from", "active_to", "names", "became"),
        )


class AgencyFilter(django_filters.FilterSet):
    sector = django_filters.ChoiceFilter(choices=Sector.choices)
    order = django_filters.OrderingFilter(fields=("name", "active_from"))


# ---- What may be sent -----------------------------------------------------------------------------------------------


def in_force(agencies: list[Agency], *, on: dt.date) -> list[Agency]:
    """Each once; none that has ended by that day or not begun."""
    known = set(Agency.objects.active(on).values_list("pk", flat=True))
    if over := [agency.name for agency in agencies if agency.pk not in known]:
        raise serializers.ValidationError([f"{name} is no partner on that day." for name in over])
    return list(dict.fromkeys(agencies))


class AgencyReviseBody(Body):
    """What is true of it whatever it is called."""

    sector = serializers.ChoiceField(choices=Sector.choices)
    parent = Visible(  # type: ignore[assignment]  # the field of that name
        queryset=Agency.objects.filter(parent=None),
        allow_null=True,
        default=None,
        help_text="Of a service that makes its own return",
    )
    areas = Visible("name", queryset=Area.objects.all(), many=True, default=list, help_text="Names of areas")

    def validate_parent(self, value: Agency | None) -> Agency | None:
        return in_force([value], on=timezone.localdate())[0] if value else None


class AgencyBody(AgencyReviseBody):
    name = serializers.CharField(max_length=150)
    short_name = serializers.CharField(max_length=40, help_text="For tables")
    active_from = Day(allow_null=True, default=None, help_text="Partner since")


class RenameBody(Body):
    name = serializers.CharField(max_length=150)
    short_name = serializers.CharField(max_length=40)
    on = Day(default=timezone.localdate, help_text="Called that since; today without it")


class EndAgencyBody(Body):
    on = Day(help_text="First day without it, on which those that follow it took over")
    successors = Visible(queryset=Agency.objects.all(), many=True, default=list, help_text="What it became")

    def validate_successors(self, value: list[Agency]) -> list[Agency]:
        return in_force(value, on=timezone.localdate())


# ---- The endpoint ---------------------------------------------------------------------------------------------------

MANAGES = holds(Permission.MANAGE_AGENCIES)


class Agencies(ReadOnlyModelViewSet[Agency], Creates):
    scope: ClassVar = (Permission.READ_BOARD, Permission.MANAGE_AGENCIES, Permission.MANAGE_ACCOUNTS)
    serializer_class = AgencySerializer
    filterset_class = AgencyFilter
    queryset = Agency.objects.none()
    noun = "agency"
    creates, may_create = AgencyBody, (Permission.MANAGE_AGENCIES,)

    def get_queryset(self) -> QuerySet[Agency]:
        return Agency.objects.visible_to(person(self.request)).prefetch_related("areas", "names", "became")

    def do_create(self, data: dict[str, Any]) -> Agency:
        return services.add_agency(by=self.user, **data)

    @verb(AgencyReviseBody, MANAGES)
    def revise(self, request: Request, pk: str) -> Response:
        """Another sector, place or areas. Its name changes from a day on, by `rename`."""
        return self.do(services.change_agency)

    @verb(RenameBody, MANAGES)
    def rename(self, request: Request, pk: str) -> Response:
        """A new name from a day on. What is about a day before it keeps the old one."""
        return self.do(services.rename_agency, today=self.today)

    @verb(EndAgencyBody, MANAGES)
    def end(self, request: Request, pk: str) -> Response:
        """It is no more, and what became of it."""
        agency, data = self.get_object(), self.checked()
        return self.change(agency, lambda: services.succeed_agency(predecessor=agency, by=self.user, **data))
