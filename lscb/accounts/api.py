"""Agencies for machines: read only."""

from __future__ import annotations

from typing import ClassVar

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from .access import person
from .models import Agency, AgencyName, Sector
from .permissions import Permission


class AgencyNameSerializer(serializers.ModelSerializer[AgencyName]):
    class Meta:
        model = AgencyName
        fields = ("name", "short_name", "starts_on", "ends_on")


class AgencySerializer(serializers.ModelSerializer[Agency]):
    areas = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)  # type: ignore[var-annotated]
    names = AgencyNameSerializer(many=True, read_only=True)

    class Meta:
        model = Agency
        fields = ("id", "name", "short_name", "sector", "parent", "areas", "active_from", "active_to", "names")


class AgencyFilter(django_filters.FilterSet):
    sector = django_filters.ChoiceFilter(choices=Sector.choices)
    order = django_filters.OrderingFilter(fields=("name", "active_from"))


class Agencies(ReadOnlyModelViewSet[Agency]):
    scope: ClassVar = (Permission.READ_BOARD, Permission.MANAGE_AGENCIES, Permission.MANAGE_ACCOUNTS)
    serializer_class = AgencySerializer
    filterset_class = AgencyFilter
    queryset = Agency.objects.none()

    def get_queryset(self) -> QuerySet[Agency]:
        return Agency.objects.visible_to(person(self.request)).prefetch_related("areas", "names")
