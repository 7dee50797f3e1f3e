"""The case of a child death: what may be known without knowing who the child was."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.actions.models import Action
from lscb.common.models import PublicIdModel

from ..ages import AgeBand
from ..querysets import DeathActionQuerySet, DeathQuerySet


class DeathState(models.TextChoices):
    OPEN = "open", "Open"
    REVIEWED = "reviewed", "Reviewed"
    PASSED_ON = "passed_on", "Passed on to another area"
    JOINED = "joined", "Joined to another case"


class DeathMove(models.TextChoices):
    """What can happen to a case."""

    REVIEWED = "reviewed", "Review completed"
    PASSED_ON = "passed_on", "Passed on"
    JOINED = "joined", "Joined"


DEATH_MOVES: dict[tuple[str, str], str] = {
    (DeathState.OPEN, DeathMove.REVIEWED): DeathState.REVIEWED,
    (DeathState.OPEN, DeathMove.PASSED_ON): DeathState.PASSED_ON,
    (DeathState.OPEN, DeathMove.JOINED): DeathState.JOINED,
}
"""What may happen in which state, and the state it leads to. Whatever is not here is refused."""


class Via(models.TextChoices):
    FORM = "form", "Public form"
    OFFICER = "officer", "Entered by the officer"


class Death(PublicIdModel):
    """One notified death. Holds no identifier and no day of birth or death: only the band of age that follows.

    `notified_on` and `ended_on` are days of the panel's own work. A case that was `same_as` another one was never a
    death of its own and is in no count.
    """

    reference = models.CharField(max_length=20, unique=True)
    state = models.CharField(max_length=10, choices=DeathState, default=DeathState.OPEN)
    via = models.CharField(max_length=10, choices=Via)
    notified_on = models.DateField()
    age_band = models.CharField("age at death", max_length=10, choices=AgeBand)
    form_version = models.PositiveSmallIntegerField(help_text="First year of the version of the agency report")
    ended_on = models.DateField("reviewed or passed on", null=True, blank=True)
    ended_because = models.TextField(blank=True, help_text="To which area it was passed on, and why")
    same_as = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="twins")
    months_to_review = models.PositiveSmallIntegerField("months from death to review", null=True, blank=True)
    identity_destroyed_on = models.DateField("who the child was destroyed on", null=True, blank=True)
    held_back = models.BooleanField(
        default=False, help_text="A text of this case names somebody: only who may know the child reads its texts"
    )

    objects = DeathQuerySet.as_manager()

    class Meta:
        ordering = ["-notified_on", "reference"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=DeathState.values), name="death_has_a_known_state"),
            models.CheckConstraint(condition=Q(age_band__in=AgeBand.values), name="death_has_a_known_age_band"),
            models.CheckConstraint(
                condition=Q(state__in=[DeathState.REVIEWED, DeathState.PASSED_ON], ended_on__isnull=False)
                | Q(state__in=[DeathState.OPEN, DeathState.JOINED], ended_on__isnull=True),
                name="death_ended_when_reviewed_or_passed_on",
            ),
            models.CheckConstraint(
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=models.F("notified_on")),
                name="death_is_reviewed_after_it_is_notified",
            ),
            models.CheckConstraint(
                condition=Q(state=DeathState.JOINED, same_as__isnull=False)
                | (~Q(state=DeathState.JOINED) & Q(same_as__isnull=True)),
                name="only_a_joined_case_is_the_same_as_another",
            ),
            models.CheckConstraint(
                condition=Q(same_as__isnull=True) | ~Q(same_as=models.F("id")), name="case_is_not_joined_to_itself"
            ),
            models.CheckConstraint(
                condition=Q(state=DeathState.REVIEWED, months_to_review__isnull=False)
                | (~Q(state=DeathState.REVIEWED) & Q(months_to_review__isnull=True)),
                name="only_a_reviewed_death_has_its_months",
            ),
            models.CheckConstraint(
                condition=Q(identity_destroyed_on__isnull=True) | ~Q(state=DeathState.OPEN),
                name="who_a_child_was_is_known_while_the_case_is_open",
            ),
        ]
        indexes = [models.Index(fields=["notified_on", "ended_on"], name="deaths_by_their_days")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("cdop:death", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == DeathState.OPEN

    @property
    def is_neonatal(self) -> bool:
        return self.age_band == AgeBand.NEONATAL


class DeathAction(models.Model):
    """An action on the panel's confidential plan that follows from a review."""

    death = models.ForeignKey(Death, models.PROTECT, related_name="death_actions")
    action = models.OneToOneField(Action, models.CASCADE, related_name="death_action")
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeathActionQuerySet.as_manager()

    class Meta:
        ordering = ["action__number"]

    def __str__(self) -> str:
        return f"{self.action} of {self.death}"
