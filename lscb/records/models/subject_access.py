"""A subject access request: who asks (encrypted), its clock, what was collected and what of it is withheld."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.permissions import Permission
from lscb.common.encryption import EncryptedJSONField, EncryptedTextField
from lscb.common.models import PublicIdModel, ends_after_it_starts

from ..access import KEEPERS
from ..clock import Interval, due_on
from ..querysets import AccessPauseQuerySet, AccessRequestQuerySet, CollectedQuerySet


class Outcome(models.TextChoices):
    ANSWERED = "answered", "Answered"
    NOTHING_HELD = "nothing", "Nothing is held"
    REFUSED = "refused", "Refused, with the reason"
    WITHDRAWN = "withdrawn", "Withdrawn by who asked"


class AccessRequest(PublicIdModel):
    """One request. Who asks and what they ask for lie encrypted, as does all that was collected.

    `permission` is what reading it takes, and says what is looked through: child deaths by those who may know the
    child, all other records by the team. Neither sees the requests of the other.
    """

    permission = models.CharField(max_length=60, default=Permission.MANAGE_RECORDS)
    number = models.PositiveIntegerField()
    who = EncryptedTextField("who asks")
    contact = EncryptedTextField("how to reach them", default="")
    asked_for = EncryptedTextField("what they ask for", default="")
    received_on = models.DateField()
    confirmed_on = models.DateField("identity confirmed on", null=True, blank=True)
    extended_on = models.DateField("extended by two months on", null=True, blank=True)
    extended_because = models.TextField(blank=True)
    closed_on = models.DateField(null=True, blank=True)
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    outcome_reason = models.TextField(blank=True)

    objects = AccessRequestQuerySet.as_manager()

    class Meta:
        ordering = ["permission", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["permission", "number"], name="one_access_request_of_a_number"),
            models.CheckConstraint(condition=Q(permission__in=KEEPERS), name="access_request_is_somebodys_to_answer"),
            models.CheckConstraint(
                condition=Q(extended_on__isnull=True, extended_because="")
                | (Q(extended_on__isnull=False) & ~Q(extended_because="")),
                name="access_request_is_extended_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True, outcome="")
                | Q(closed_on__isnull=False, outcome__in=Outcome.values),
                name="closed_access_request_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.ANSWERED) | Q(confirmed_on__isnull=False),
                name="nobody_is_answered_before_it_is_known_who_they_are",
            ),
        ]

    def __str__(self) -> str:
        return f"Access request {self.number}{' about child deaths' if self.is_of_child_deaths else ''}"

    def get_absolute_url(self) -> str:
        return reverse("records:access", args=[self.pk])

    @property
    def is_of_child_deaths(self) -> bool:
        return self.permission == Permission.READ_CHILD_DEATH_IDENTITY

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    def due(self, today: dt.date) -> dt.date:
        """The last day for the answer; read `pauses` along with a list."""
        pauses = [Interval(pause.starts_on, pause.ends_on) for pause in self.pauses.all()]
        return due_on(self.received_on, pauses, today, extended=self.extended_on is not None)


class PausedFor(models.TextChoices):
    IDENTITY = "identity", "Proof of identity"
    CLARIFICATION = "clarification", "A clarification of what is asked for"


class AccessPause(models.Model):
    """The clock stands from the day on which something was asked of the person to the day on which it came."""

    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="pauses")
    waits_for = models.CharField(max_length=15, choices=PausedFor)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = AccessPauseQuerySet.as_manager()

    class Meta:
        ordering = ["starts_on", "pk"]
        constraints = [
            ends_after_it_starts("starts_on", "ends_on", name="pause_of_a_request_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(waits_for__in=PausedFor.values), name="request_waits_for_something"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(ends_on__isnull=True), name="a_request_waits_once_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return self.get_waits_for_display()


class Collected(models.Model):
    """A text in which the person was found, copied as it was on that day.

    `case` is the child death that it is of: who reads it has seen who the child was. `hidden` are the passages that
    speak of others: they do not leave the board.
    """

    request = models.ForeignKey(AccessRequest, models.CASCADE, related_name="collected")
    table = models.CharField(max_length=60)
    key = models.CharField(max_length=40)
    field = models.CharField(max_length=60)
    case = models.UUIDField(null=True, editable=False)
    place = models.CharField("where it stands", max_length=200)
    text = EncryptedTextField()
    hidden = EncryptedJSONField(default=list)
    collected_at = models.DateTimeField()

    objects = CollectedQuerySet.as_manager()

    class Meta:
        ordering = ["place", "field", "pk"]
        verbose_name_plural = "collected"
        constraints = [
            models.UniqueConstraint(fields=["request", "table", "key", "field"], name="a_text_is_collected_once")
        ]

    def __str__(self) -> str:
        return f"Collected {self.pk}"
