"""What runs beside the review: coroner, police and others; and the rapid response to an unexpected death."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lscb.common.encryption import EncryptedDateField, EncryptedTextField
from lscb.common.models import ends_after_it_starts

from ..querysets import ParallelProcessQuerySet, RapidResponseQuerySet
from .case import Death


class ProcessKind(models.TextChoices):
    CORONER = "coroner", "Coroner"
    POLICE = "police", "Police or criminal proceedings"
    CASE_REVIEW = "case_review", "Case review"
    HOSPITAL = "hospital", "Hospital investigation or mortality review"
    OTHER = "other", "Another investigation"


class ParallelProcess(models.Model):
    """One process. A review does not close while one that must end first is open."""

    death = models.ForeignKey(Death, models.CASCADE, related_name="processes")
    kind = models.CharField(max_length=15, choices=ProcessKind)
    ends_first = models.BooleanField("must end before the review closes")
    noted_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    note = EncryptedTextField(default="")

    objects = ParallelProcessQuerySet.as_manager()

    class Meta:
        ordering = ["noted_on", "pk"]
        verbose_name_plural = "parallel processes"
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ProcessKind.values), name="process_has_a_known_kind"),
            ends_after_it_starts("noted_on", "ended_on", name="process_ends_after_it_is_noted"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class RapidResponse(models.Model):
    """How professionals came together after an unexpected death. Its days lie close to the death: encrypted."""

    death = models.OneToOneField(Death, models.CASCADE, primary_key=True, related_name="rapid_response")
    began_on = EncryptedDateField("first conversation of the professionals")
    visited_on = EncryptedDateField("joint visit to the home or scene", null=True)
    discussed_on = EncryptedDateField("case discussion", null=True)
    note = EncryptedTextField(default="")

    objects = RapidResponseQuerySet.as_manager()

    def __str__(self) -> str:
        return "Rapid response"
