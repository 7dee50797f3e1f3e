"""Reports of agencies (Form B): asked, chased, received."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.common.encryption import EncryptedJSONField
from lscb.common.models import PublicIdModel, both_or_neither

from ..querysets import AgencyReportQuerySet
from .case import Death


class ReportState(models.TextChoices):
    ASKED = "asked", "Asked"
    SENT = "sent", "Received"
    NOT_KNOWN = "not_known", "Child not known to the agency"
    NOT_NEEDED = "not_needed", "No longer needed"


ANSWERED = (ReportState.SENT, ReportState.NOT_KNOWN)


class AgencyReport(PublicIdModel):
    """What one agency is asked about one death, and its answers on the form version of the case.

    `answers` maps the code of a question to {"kind": answered, unknown or not_applicable; "text": ...}.
    """

    death = models.ForeignKey(Death, models.PROTECT, related_name="reports")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="child_death_reports")
    state = models.CharField(max_length=10, choices=ReportState, default=ReportState.ASKED)
    asked_on = models.DateField()
    due = models.DateField()
    chased_on = models.DateField("last chased", null=True, blank=True)
    chased_times = models.PositiveSmallIntegerField(default=0)
    answers = EncryptedJSONField(default=dict)
    version = models.PositiveIntegerField(default=1)
    sent_on = models.DateField(null=True, blank=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AgencyReportQuerySet.as_manager()

    class Meta:
        ordering = ["due", "agency__name"]
        constraints = [
            models.UniqueConstraint(fields=["death", "agency"], name="one_report_of_an_agency_on_a_death"),
            models.CheckConstraint(condition=Q(state__in=ReportState.values), name="agency_report_has_a_known_state"),
            models.CheckConstraint(condition=Q(due__gte=models.F("asked_on")), name="report_is_due_after_it_is_asked"),
            both_or_neither("sent_on", "sent_by", name="report_sent_when_and_by"),
            models.CheckConstraint(
                condition=Q(state__in=ANSWERED, sent_on__isnull=False)
                | (~Q(state__in=ANSWERED) & Q(sent_on__isnull=True)),
                name="answered_report_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"Report of {self.agency.short_name} on {self.death}"

    def get_absolute_url(self) -> str:
        return reverse("cdop:report", args=[self.pk])

    @property
    def is_owed(self) -> bool:
        return self.state == ReportState.ASKED
