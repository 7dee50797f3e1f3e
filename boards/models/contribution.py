from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.common.models import FinancialYearField, both_or_neither

from ..querysets import PAYMENT_TAKES, ContributionQuerySet


class Purpose(models.TextChoices):
    CORE = "core", "Core budget"
    LEARNING = "learning", "Learning and development"
    IN_KIND = "in_kind", "In kind"


class Contribution(models.Model):
    """What a partner gives in a year for a purpose, in pounds to the penny: agreed, then invoiced, then received.

    `agency`, or `contributor` for money that no one agency gives ("board partners together").
    """

    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="contributions")
    contributor = models.CharField(max_length=150, blank=True)
    year = FinancialYearField()
    purpose = models.CharField(max_length=10, choices=Purpose)
    agreed = models.DecimalField(max_digits=12, decimal_places=2)
    invoiced = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    invoiced_on = models.DateField(null=True, blank=True)
    received = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    received_on = models.DateField(null=True, blank=True, help_text="Day of the last payment")

    objects = ContributionQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "purpose", "-agreed"]
        constraints = [
            models.CheckConstraint(
                condition=Q(agency__isnull=False, contributor="") | (Q(agency__isnull=True) & ~Q(contributor="")),
                name="contribution_is_from_an_agency_or_named",
            ),
            models.UniqueConstraint(
                fields=["agency", "year", "purpose"], name="one_contribution_per_agency_and_purpose"
            ),
            models.UniqueConstraint(
                fields=["contributor", "year", "purpose"],
                condition=Q(agency__isnull=True),
                name="one_contribution_per_name_and_purpose",
            ),
            models.CheckConstraint(condition=Q(agreed__gte=0), name="contribution_is_not_negative"),
            models.CheckConstraint(
                condition=Q(invoiced__isnull=True) | Q(invoiced__gt=0), name="invoice_is_for_something"
            ),
            models.CheckConstraint(
                condition=Q(received__isnull=True)
                | Q(received__gt=0, received__lte=F("invoiced"), invoiced__isnull=False),
                name="no_more_received_than_invoiced",
            ),
            models.CheckConstraint(
                condition=~Q(purpose=Purpose.IN_KIND) | Q(invoiced__isnull=True), name="nothing_in_kind_is_invoiced"
            ),
            both_or_neither("invoiced", "invoiced_on", name="invoiced_how_much_and_when"),
            both_or_neither("received", "received_on", name="received_how_much_and_when"),
        ]

    def __str__(self) -> str:
        return f"{self.given_by}, {self.get_purpose_display().lower()} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("boards:contribution", args=[self.pk])

    @property
    def given_by(self) -> str:
        return self.agency.name if self.agency else self.contributor

    def is_late(self, today: dt.date) -> bool:
        """The same question as `ContributionQuerySet.late`, of one contribution."""
        if self.invoiced is None or self.invoiced_on is None or self.received == self.invoiced:
            return False
        return self.invoiced_on <= today - PAYMENT_TAKES
