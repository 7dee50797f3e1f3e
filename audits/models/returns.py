"""A return: what one agency answers in one round, and what becomes of it (domain: "Section 11")."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.actions.models import ActionPlan
from lscb.common.models import FinancialYearField, PublicIdModel
from lscb.common.periods import end_of_day

from ..returns.querysets import (
    ContributorQuerySet,
    ReturnCounterQuerySet,
    ReturnEventQuerySet,
    ReturnQuerySet,
    SectionQuerySet,
    SignatureQuerySet,
    SubmissionQuerySet,
)
from .framework import Standard
from .round import Asks, Round


class ReturnState(models.TextChoices):
    NOT_STARTED = "not_started", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    AWAITING = "awaiting", "Awaiting sign-off"
    SUBMITTED = "submitted", "Submitted"
    QUERIED = "queried", "Queries raised"
    RESUBMITTED = "resubmitted", "Resubmitted"
    MODERATED = "moderated", "Moderated"
    FEEDBACK = "feedback", "Feedback issued"
    CLOSED = "closed", "Closed"
    NOT_REQUIRED = "not_required", "Not required"
    DEFERRED = "deferred", "Deferred"


class ReturnStep(models.TextChoices):
    """What can happen to a return."""

    ASKED = "asked", "Asked for"
    STARTED = "started", "Started"
    READY = "ready", "Ready to sign"
    TAKEN_BACK = "taken_back", "Taken back to change it"
    SUBMITTED = "submitted", "Submitted"
    QUERIED = "queried", "Queries raised"
    RESUBMITTED = "resubmitted", "Queries answered"
    MODERATED = "moderated", "Moderated"
    FEEDBACK = "feedback", "Feedback issued"
    CLOSED = "closed", "Closed"
    EXCUSED = "excused", "Not required"
    DEFERRED = "deferred", "Deferred"
    REQUIRED = "required", "Required after all"
    CHASED = "chased", "Reminded"


RETURN_MOVES: dict[tuple[str, str], str] = {
    (ReturnState.NOT_STARTED, ReturnStep.STARTED): ReturnState.IN_PROGRESS,
    (ReturnState.DEFERRED, ReturnStep.STARTED): ReturnState.IN_PROGRESS,
    (ReturnState.IN_PROGRESS, ReturnStep.READY): ReturnState.AWAITING,
    (ReturnState.AWAITING, ReturnStep.TAKEN_BACK): ReturnState.IN_PROGRESS,
    (ReturnState.IN_PROGRESS, ReturnStep.SUBMITTED): ReturnState.SUBMITTED,
    (ReturnState.AWAITING, ReturnStep.SUBMITTED): ReturnState.SUBMITTED,
    (ReturnState.SUBMITTED, ReturnStep.QUERIED): ReturnState.QUERIED,
    (ReturnState.RESUBMITTED, ReturnStep.QUERIED): ReturnState.QUERIED,
    (ReturnState.QUERIED, ReturnStep.QUERIED): ReturnState.QUERIED,
    (ReturnState.QUERIED, ReturnStep.RESUBMITTED): ReturnState.RESUBMITTED,
    (ReturnState.SUBMITTED, ReturnStep.MODERATED): ReturnState.MODERATED,
    (ReturnState.RESUBMITTED, ReturnStep.MODERATED): ReturnState.MODERATED,
    (ReturnState.MODERATED, ReturnStep.QUERIED): ReturnState.QUERIED,
    (ReturnState.MODERATED, ReturnStep.FEEDBACK): ReturnState.FEEDBACK,
    (ReturnState.FEEDBACK, ReturnStep.CLOSED): ReturnState.CLOSED,
    (ReturnState.NOT_STARTED, ReturnStep.EXCUSED): ReturnState.NOT_REQUIRED,
    (ReturnState.IN_PROGRESS, ReturnStep.EXCUSED): ReturnState.NOT_REQUIRED,
    (ReturnState.AWAITING, ReturnStep.EXCUSED): ReturnState.NOT_REQUIRED,
    (ReturnState.DEFERRED, ReturnStep.EXCUSED): ReturnState.NOT_REQUIRED,
    (ReturnState.NOT_STARTED, ReturnStep.DEFERRED): ReturnState.DEFERRED,
    (ReturnState.IN_PROGRESS, ReturnStep.DEFERRED): ReturnState.DEFERRED,
    (ReturnState.DEFERRED, ReturnStep.DEFERRED): ReturnState.DEFERRED,
    (ReturnState.NOT_REQUIRED, ReturnStep.REQUIRED): ReturnState.NOT_STARTED,
}
"""What may happen in which status, and the status it leads to. Whatever is not here is refused."""

WRITABLE = (ReturnState.NOT_STARTED, ReturnState.IN_PROGRESS, ReturnState.DEFERRED)
"""Answers are written in these alone; in the others they are signed or not asked for."""
OWED = (*WRITABLE, ReturnState.AWAITING)
SUBMITTED = (
    ReturnState.SUBMITTED,
    ReturnState.QUERIED,
    ReturnState.RESUBMITTED,
    ReturnState.MODERATED,
    ReturnState.FEEDBACK,
    ReturnState.CLOSED,
)
WITH_FEEDBACK = (ReturnState.FEEDBACK, ReturnState.CLOSED)


class ReturnCounter(models.Model):
    """The last number given in a year. Locking the row gives numbers in order and without gaps."""

    year = FinancialYearField(unique=True)
    last = models.PositiveIntegerField(default=0)

    objects = ReturnCounterQuerySet.as_manager()


class Return(PublicIdModel):
    """One return of an agency (a school is one, too). `due_on` moves with a deferral, `original_due` never.

    `asks_for` is what this agency is asked for: an update is not a full return and is counted apart.
    """

    round = models.ForeignKey(Round, models.PROTECT, related_name="returns")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="returns")
    year = FinancialYearField()
    number = models.PositiveIntegerField(help_text="Counts within its year, without gaps")
    asks_for = models.CharField(max_length=6, choices=Asks, default=Asks.FULL)
    asked_because = models.CharField(max_length=200, blank=True, help_text="Why it is asked out of turn")
    original_due = models.DateField()
    due_on = models.DateField()
    status = models.CharField(max_length=12, choices=ReturnState, default=ReturnState.NOT_STARTED)
    excuse = models.TextField("reason", blank=True, help_text="Why it is deferred or not required")
    submitted_at = models.DateTimeField(null=True, blank=True)
    feedback_at = models.DateTimeField(null=True, blank=True)
    plan = models.OneToOneField(ActionPlan, models.PROTECT, null=True, blank=True, related_name="from_return")

    objects = ReturnQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "agency"], name="one_return_per_agency_and_round"),
            models.UniqueConstraint(fields=["year", "number"], name="one_return_of_a_number_in_a_year"),
            models.CheckConstraint(condition=Q(status__in=ReturnState.values), name="return_status_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=SUBMITTED, submitted_at__isnull=False)
                | (~Q(status__in=SUBMITTED) & Q(submitted_at__isnull=True)),
                name="submitted_return_says_when",
            ),
            models.CheckConstraint(
                condition=Q(status__in=WITH_FEEDBACK, feedback_at__isnull=False)
                | (~Q(status__in=WITH_FEEDBACK) & Q(feedback_at__isnull=True)),
                name="return_with_feedback_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=[ReturnState.NOT_REQUIRED, ReturnState.DEFERRED]) | ~Q(excuse=""),
                name="return_is_excused_with_a_reason",
            ),
            models.CheckConstraint(condition=Q(asks_for__in=Asks.values), name="return_asks_for_something_known"),
        ]
        indexes = [models.Index(fields=["status", "due_on"], name="returns_by_status_and_due")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("audits:return", args=[self.pk])

    @property
    def reference(self) -> str:
        return f"RT/{self.year}/{self.number:03d}"

    @property
    def is_update(self) -> bool:
        return self.asks_for == Asks.UPDATE

    @property
    def is_writable(self) -> bool:
        return self.status in WRITABLE

    @property
    def is_owed(self) -> bool:
        return self.status in OWED

    @property
    def is_submitted(self) -> bool:
        return self.status in SUBMITTED

    @property
    def has_feedback(self) -> bool:
        return self.status in WITH_FEEDBACK

    @property
    def came_late(self) -> bool:
        """After the end of its day in London."""
        return self.submitted_at is not None and self.submitted_at >= end_of_day(self.due_on)

    def days_late(self, today: dt.date) -> int:
        """Days by which it is overdue on `today`; 0 when it came, or is not due yet."""
        return max(0, (today - self.due_on).days) if self.is_owed else 0

    def allows(self, happened: str) -> bool:
        return (self.status, happened) in RETURN_MOVES


class ReturnEvent(models.Model):
    """One thing that happened to a return. `by` is the person, `who` what others are told: a role or an agency."""

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="events")
    happened = models.CharField(max_length=12, choices=ReturnStep)
    at = models.DateTimeField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    who = models.CharField(max_length=150, blank=True)

    objects = ReturnEventQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.of_return}: {self.get_happened_display()}"


class Section(models.Model):
    """One standard of a return. Who fills it in says when it is completed."""

    of_return = models.ForeignKey(Return, models.CASCADE, related_name="sections")
    standard = models.ForeignKey(Standard, models.PROTECT, related_name="+")
    is_completed = models.BooleanField(default=False)

    objects = SectionQuerySet.as_manager()

    class Meta:
        ordering = ["standard__number"]
        constraints = [models.UniqueConstraint(fields=["of_return", "standard"], name="one_section_per_standard")]

    def __str__(self) -> str:
        return f"{self.of_return}, standard {self.standard.number}"


class Contributor(PublicIdModel):
    """Somebody who helps with one standard by an e-mail link, or signs by one. They need no account."""

    of_return = models.ForeignKey(Return, models.CASCADE, related_name="contributors")
    standard = models.ForeignKey(
        Standard, models.PROTECT, null=True, blank=True, related_name="+", help_text="Empty for who signs"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField()
    invited_at = models.DateTimeField()
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True, help_text="Taken back, or spent by signing")

    objects = ContributorQuerySet.as_manager()

    class Meta:
        ordering = ["invited_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["of_return", "standard", "email"],
                condition=Q(ended_at__isnull=True),
                name="one_open_invitation_to_a_standard",
            ),
            models.UniqueConstraint(
                fields=["of_return"],
                condition=Q(ended_at__isnull=True, standard__isnull=True),
                name="one_second_signatory_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.of_return}"


class Capacity(models.TextChoices):
    LEAD = "lead", "Lead of the agency"
    HEAD = "head", "Head teacher"
    GOVERNOR = "governor", "Safeguarding governor"


class Signature(models.Model):
    """A declaration by name and position. It goes when the return is taken back to change it."""

    of_return = models.ForeignKey(Return, models.CASCADE, related_name="signatures")
    capacity = models.CharField(max_length=8, choices=Capacity)
    name = models.CharField(max_length=120)
    position = models.CharField(max_length=150)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = SignatureQuerySet.as_manager()

    class Meta:
        ordering = ["signed_at"]
        constraints = [
            models.UniqueConstraint(fields=["of_return", "capacity"], name="one_signature_in_a_capacity"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(position=""), name="signature_has_name_and_position"),
        ]

    def __str__(self) -> str:
        return f"{self.name}, {self.position}"


class Submission(PublicIdModel):
    """What was sent, frozen: every answer as text, with who signed. The PDF is drawn from it and from nothing else.

    Number 1 is the return; later ones also hold the panel's queries and the answers to them.
    """

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="submissions")
    number = models.PositiveSmallIntegerField()
    sent_at = models.DateTimeField()
    content = models.JSONField()
    digest = models.CharField(max_length=64)

    objects = SubmissionQuerySet.as_manager()

    class Meta:
        ordering = ["of_return", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["of_return", "number"], name="one_submission_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.of_return}, sent {self.number}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What was submitted is never changed.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("What was submitted is never removed.")
