"""What is told of an action: notes, evidence, moved due dates, and later whether it made a difference."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lscb.files.models import Attachment

from ..querysets import DueDateMoveQuerySet, EvidenceFileQuerySet, ImpactCheckQuerySet, NoteQuerySet
from .action import Action, ActionEntry, ActionEvent, Progress


class Note(models.Model):
    """What was done by a day, as told by who does it."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="notes")
    entry = models.ForeignKey(
        ActionEntry, models.CASCADE, null=True, blank=True, related_name="notes", help_text="Whose part it tells of"
    )
    on = models.DateField()
    text = models.TextField()
    progress = models.CharField(max_length=10, choices=Progress, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(progress__in=["", *Progress.values]), name="note_has_a_known_progress"),
            models.CheckConstraint(
                condition=Q(progress="") | Q(entry__isnull=False), name="reported_progress_is_of_somebodys_part"
            ),
        ]

    def __str__(self) -> str:
        return f"Note of {self.on}"


class EvidenceFile(models.Model):
    """A file that shows what was done for one part of an action. Who reads the action may fetch it."""

    entry = models.ForeignKey(ActionEntry, models.CASCADE, related_name="files")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="evidence")
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = EvidenceFileQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return self.attachment.original_name


class DueDateMove(models.Model):
    """A due date that moved, and why."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="moves")
    moved_from = models.DateField()
    moved_to = models.DateField()
    reason = models.TextField()
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DueDateMoveQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(moved_from=F("moved_to")), name="due_date_moves_to_another_day"),
            models.CheckConstraint(condition=~Q(reason=""), name="due_date_moves_with_a_reason"),
        ]

    def __str__(self) -> str:
        return f"From {self.moved_from} to {self.moved_to}"


class Difference(models.TextChoices):
    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"


class ImpactCheck(models.Model):
    """Asked half a year after a sign-off: did it make a difference for children? One answer for each sign-off."""

    event = models.OneToOneField(ActionEvent, models.CASCADE, related_name="impact_check")
    difference = models.CharField(max_length=10, choices=Difference)
    words = models.TextField(help_text="What children notice, and how that is known")
    on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ImpactCheckQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(words=""), name="impact_is_told_in_words"),
            models.CheckConstraint(condition=Q(difference__in=Difference.values), name="impact_has_a_known_answer"),
        ]

    def __str__(self) -> str:
        return f"Impact on {self.on}: {self.get_difference_display().lower()}"
