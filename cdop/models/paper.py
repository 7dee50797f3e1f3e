"""The anonymised paper of a case, and words that may stay in it although they look like an identifier."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from lscb.common.encryption import EncryptedTextField
from lscb.common.models import both_or_neither

from ..querysets import AllowedWordQuerySet, PaperQuerySet
from .case import Death

PARTS = {
    "summary": "What happened",
    "child": "The child",
    "family": "The family and environment",
    "parenting": "Parenting capacity",
    "services": "Services",
}


class PaperState(models.TextChoices):
    DRAFT = "draft", "Draft"
    PROPOSED = "proposed", "Waits for release"
    RELEASED = "released", "Released"


class PaperMove(models.TextChoices):
    WRITTEN = "written", "Written"
    PROPOSED = "proposed", "Proposed for release"
    RELEASED = "released", "Released"
    WITHDRAWN = "withdrawn", "Withdrawn"


PAPER_MOVES: dict[tuple[str, str], str] = {
    (PaperState.DRAFT, PaperMove.WRITTEN): PaperState.DRAFT,
    (PaperState.PROPOSED, PaperMove.WRITTEN): PaperState.DRAFT,
    (PaperState.RELEASED, PaperMove.WRITTEN): PaperState.DRAFT,
    (PaperState.DRAFT, PaperMove.PROPOSED): PaperState.PROPOSED,
    (PaperState.PROPOSED, PaperMove.RELEASED): PaperState.RELEASED,
    (PaperState.PROPOSED, PaperMove.WITHDRAWN): PaperState.DRAFT,
    (PaperState.RELEASED, PaperMove.WITHDRAWN): PaperState.DRAFT,
}
"""What may happen in which state, and the state it leads to. Writing anew takes a release back."""


class Paper(models.Model):
    """What the panel reads. Nobody releases what they proposed themselves."""

    death = models.OneToOneField(Death, models.CASCADE, primary_key=True, related_name="paper")
    state = models.CharField(max_length=10, choices=PaperState, default=PaperState.DRAFT)
    summary = EncryptedTextField(default="")
    child = EncryptedTextField(default="")
    family = EncryptedTextField(default="")
    parenting = EncryptedTextField(default="")
    services = EncryptedTextField(default="")
    version = models.PositiveIntegerField(default=0)
    proposed_at = models.DateTimeField(null=True, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PaperQuerySet.as_manager()

    class Meta:
        constraints = [
            both_or_neither("proposed_at", "proposed_by", name="paper_proposed_when_and_by"),
            both_or_neither("released_at", "released_by", name="paper_released_when_and_by"),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True)
                | (Q(proposed_by__isnull=False) & ~Q(released_by=F("proposed_by"))),
                name="paper_is_released_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=Q(state=PaperState.DRAFT, proposed_by__isnull=True, released_by__isnull=True)
                | Q(state=PaperState.PROPOSED, proposed_by__isnull=False, released_by__isnull=True)
                | Q(state=PaperState.RELEASED, proposed_by__isnull=False, released_by__isnull=False),
                name="paper_state_fits_who_proposed_and_released",
            ),
        ]

    def __str__(self) -> str:
        return "Anonymised paper"

    @property
    def texts(self) -> dict[str, str]:
        return {part: getattr(self, part) for part in PARTS}

    @property
    def is_released(self) -> bool:
        return self.state == PaperState.RELEASED


class AllowedWord(models.Model):
    """A word that looks like an identifier of this case and is none, such as the month of May. With its reason."""

    death = models.ForeignKey(Death, models.CASCADE, related_name="allowed_words")
    word = EncryptedTextField()
    reason = EncryptedTextField()
    allowed_at = models.DateTimeField()
    allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AllowedWordQuerySet.as_manager()

    class Meta:
        ordering = ["allowed_at", "pk"]

    def __str__(self) -> str:
        return "Word that may stay"
