"""What is owed for places that were given up late or not used: waived with a reason, or invoiced."""

from __future__ import annotations

import django_filters
from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from lscb.accounts.access import person
from lscb.accounts.programs import Writes, verb
from lscb.common.programs import Body, OnADay, Text

from ..models import Charge
from ..services import charging
from .base import MANAGES, MAY_MANAGE


class ChargeSerializer(serializers.ModelSerializer[Charge]):
    course = serializers.CharField(source="booking.session.course.title", read_only=True)
    works_for = serializers.CharField(source="booking.works_for", read_only=True)

    class Meta:
        model = Charge
        fields = (
            *("id", "booking", "course", "works_for", "amount", "arose_on", "reason"),
            *("invoiced_on", "invoice", "waived_on", "waived_because"),
        )


class ChargeFilter(django_filters.FilterSet):
    to_invoice = django_filters.BooleanFilter(method="open_ones", label="Neither invoiced nor waived")
    since = django_filters.DateFilter("arose_on", lookup_expr="gte")
    until = django_filters.DateFilter("arose_on", lookup_expr="lte")
    order = django_filters.OrderingFilter(fields=("arose_on", "amount"))

    def open_ones(self, charges: QuerySet[Charge], name: str, value: bool) -> QuerySet[Charge]:
        still = Charge.objects.to_invoice()
        return charges.filter(pk__in=still) if value else charges.exclude(pk__in=still)


class WaiveBody(Body):
    reason = Text(max_length=300)


class InvoiceBody(OnADay):
    """The number and the day of the invoice that finance sent."""

    invoice = serializers.CharField(max_length=40)


class Charges(ReadOnlyModelViewSet[Charge], Writes):
    """For who runs the programme."""

    scope = MAY_MANAGE
    serializer_class = ChargeSerializer
    filterset_class = ChargeFilter
    queryset = Charge.objects.none()
    noun = "charge"

    def get_queryset(self) -> QuerySet[Charge]:
        visible = Charge.objects.visible_to(person(self.request))
        return visible.select_related("booking__session__course", "booking__agency")

    @verb(WaiveBody, MANAGES)
    def waive(self, request: Request, pk: str) -> Response:
        """Let the agency off. It stays in the list as waived."""
        return self.do(charging.waive_charge, today=self.today)

    @verb(InvoiceBody, MANAGES)
    def invoice(self, request: Request, pk: str) -> Response:
        """Finance sent the invoice."""
        charge, data = self.get_object(), self.checked()
        call = {"charges": [charge], "by": self.user, "today": self.today, **data}
        return self.change(charge, lambda: charging.invoice_charges(**call))
