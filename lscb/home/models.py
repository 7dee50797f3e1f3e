"""What the portal keeps about itself: what its check of the data found, and how often something happened."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from .querysets import DataCheckQuerySet, TallyQuerySet


class DataCheck(models.Model):
    """One check of the data. `rooms` holds for each app the faults found, each with the record it speaks of."""

    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    number_of_faults = models.PositiveIntegerField()
    rooms = models.JSONField(default=dict, help_text="app: [{sentence, model, key}]")

    objects = DataCheckQuerySet.as_manager()

    class Meta:
        ordering = ["-finished_at"]
        indexes = [models.Index(fields=["-finished_at"], name="newest_check_of_the_data")]
        constraints = [
            models.CheckConstraint(
                condition=Q(finished_at__gte=F("started_at")), name="data_check_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"Check of {self.finished_at:%-d %B %Y}"


class Tally(models.Model):
    """How often something happened since the portal was set up, over all its processes. Names nobody."""

    metric = models.CharField(max_length=40)
    label = models.CharField(max_length=120)
    number = models.PositiveBigIntegerField(default=0)

    objects = TallyQuerySet.as_manager()

    class Meta:
        ordering = ["metric", "label"]
        verbose_name_plural = "tallies"
        constraints = [models.UniqueConstraint(fields=["metric", "label"], name="one_tally_of_a_thing")]

    def __str__(self) -> str:
        return f"{self.metric} {self.label}"
