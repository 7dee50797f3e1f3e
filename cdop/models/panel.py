"""The panel's meetings: which cases come to which meeting. The meeting itself is the board's (`boards.Meeting`)."""

from __future__ import annotations

from django.db import models

from boards.models import Meeting

from ..querysets import PanelCaseQuerySet, PanelQuerySet
from .case import Death


class Panel(models.Model):
    """What the panel's own work adds to a meeting of its group. A neonatal panel looks at deaths under 28 days only."""

    meeting = models.OneToOneField(Meeting, models.CASCADE, primary_key=True, related_name="panel")
    is_neonatal = models.BooleanField("neonatal panel", default=False)

    objects = PanelQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at"]

    def __str__(self) -> str:
        return "Neonatal panel" if self.is_neonatal else "Panel"


class PanelCase(models.Model):
    """A case on the list of a meeting. It may come back to a later one."""

    panel = models.ForeignKey(Panel, models.CASCADE, related_name="cases")
    death = models.ForeignKey(Death, models.PROTECT, related_name="panel_cases")
    order = models.PositiveSmallIntegerField()

    objects = PanelCaseQuerySet.as_manager()

    class Meta:
        ordering = ["panel", "order"]
        constraints = [
            models.UniqueConstraint(fields=["panel", "death"], name="a_case_comes_to_a_meeting_once"),
            models.UniqueConstraint(fields=["panel", "order"], name="one_case_at_a_place_of_a_meeting"),
        ]

    def __str__(self) -> str:
        return f"{self.death} at a meeting"
