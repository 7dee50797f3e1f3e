"""The challenge log: formal questions by the board, a group or an agency to agencies (domain: "Challenge log").

What the public reads is apart in two ways: it is worded in fields of its own, and it is a frozen copy
(`PublishedChallenge`) that later edits of the record do not touch.
"""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.actions.models import ActionPlan
from lscb.common.models import FinancialYearField, PublicIdModel, QuarterField
from lscb.common.periods import Quarter
from lscb.common.words import say
from lscb.files.models import Attachment

from ..challenges.querysets import (
    ChallengeCounterQuerySet,
    ChallengeEventQuerySet,
    ChallengeQuerySet,
    ChallengeResponseQuerySet,
    PublicationQuerySet,
    PublishedChallengeQuerySet,
)
from .group import Group
from .meeting import Meeting
from .plan import Priority, Theme


class ChallengeStatus(models.TextChoices):
    OPEN = "open", "Open"
    ANSWERED = "answered", "Response received"
    ACCEPTED = "accepted", "Accepted"
    ESCALATED = "escalated", "Escalated"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed without change"


class Happened(models.TextChoices):
    """What can happen to a challenge."""

    RAISED = "raised", "Challenge raised"
    CHANGED = "changed", "Wording changed"
    MOVED = "moved", "Due date moved"
    ANSWERED = "answered", "Response received"
    ACCEPTED = "accepted", "Response accepted"
    ASKED_AGAIN = "asked_again", "Asked again"
    REMINDED = "reminded", "Reminder sent"
    ESCALATED = "escalated", "Escalated"
    RESOLVED = "resolved", "Resolved"
    CLOSED = "closed", "Closed without change"
    WORDED = "worded", "Public wording written"
    PUBLISHED = "published", "Published"


CHALLENGE_MOVES: dict[tuple[str, str], str] = {
    (ChallengeStatus.OPEN, Happened.ANSWERED): ChallengeStatus.ANSWERED,
    (ChallengeStatus.OPEN, Happened.ESCALATED): ChallengeStatus.ESCALATED,
    (ChallengeStatus.OPEN, Happened.CLOSED): ChallengeStatus.CLOSED,
    (ChallengeStatus.ANSWERED, Happened.ANSWERED): ChallengeStatus.ANSWERED,
    (ChallengeStatus.ANSWERED, Happened.ACCEPTED): ChallengeStatus.ACCEPTED,
    (ChallengeStatus.ANSWERED, Happened.ASKED_AGAIN): ChallengeStatus.OPEN,
    (ChallengeStatus.ANSWERED, Happened.ESCALATED): ChallengeStatus.ESCALATED,
    (ChallengeStatus.ANSWERED, Happened.CLOSED): ChallengeStatus.CLOSED,
    (ChallengeStatus.ACCEPTED, Happened.ASKED_AGAIN): ChallengeStatus.OPEN,
    (ChallengeStatus.ACCEPTED, Happened.RESOLVED): ChallengeStatus.RESOLVED,
    (ChallengeStatus.ACCEPTED, Happened.CLOSED): ChallengeStatus.CLOSED,
    (ChallengeStatus.ESCALATED, Happened.ANSWERED): ChallengeStatus.ANSWERED,
    (ChallengeStatus.ESCALATED, Happened.ESCALATED): ChallengeStatus.ESCALATED,
    (ChallengeStatus.ESCALATED, Happened.RESOLVED): ChallengeStatus.RESOLVED,
    (ChallengeStatus.ESCALATED, Happened.CLOSED): ChallengeStatus.CLOSED,
}
"""What may happen in which status, and the status it leads to. Whatever is not here is refused. Resolved and closed
are the end: a question that comes up again is a new challenge."""

LIVE = (ChallengeStatus.OPEN, ChallengeStatus.ANSWERED, ChallengeStatus.ACCEPTED, ChallengeStatus.ESCALATED)
ENDED = (ChallengeStatus.RESOLVED, ChallengeStatus.CLOSED)
UNANSWERED = (ChallengeStatus.OPEN, ChallengeStatus.ESCALATED)
TAKES_ANSWERS = tuple(status for status, happened in CHALLENGE_MOVES if happened == Happened.ANSWERED)


class Escalation(models.IntegerChoices):
    """To whom a challenge has gone up."""

    NONE = 0, "Not escalated"
    EXECUTIVE = 1, "Executive group"
    CHAIR = 2, "Independent chair"
    CHIEF_OFFICERS = 3, "Chief officers of the agencies"


class ChallengeCounter(models.Model):
    """The last number given in a year. Locking the row gives numbers in order and without gaps."""

    year = FinancialYearField(unique=True)
    last = models.PositiveIntegerField(default=0)

    objects = ChallengeCounterQuerySet.as_manager()


class Challenge(PublicIdModel):
    """One challenge. Its forum is a meeting of `group`, or correspondence when there is no group.

    `held_at` is that meeting in the calendar, where it is there; `meeting` says in words which it was.
    It was raised by `raised_by_agency`, by `raised_by_group`, or by the board itself when there is neither.
    `round` counts how often it was asked: a response answers the round in which it came.
    `version` counts changes of the texts; who saves names the version that was read.
    """

    year = FinancialYearField()
    number = models.PositiveIntegerField(help_text="Counts within its year, without gaps")
    submission = models.UUIDField(null=True, unique=True, editable=False, help_text="Of the form that was sent")
    raised_on = models.DateField("date raised")
    group = models.ForeignKey(
        Group, models.PROTECT, null=True, blank=True, related_name="challenges", verbose_name="forum"
    )
    meeting = models.CharField(max_length=150, blank=True)
    met_on = models.DateField("date of the meeting", null=True, blank=True)
    held_at = models.ForeignKey(Meeting, models.PROTECT, null=True, blank=True, related_name="challenges")
    raised_by_agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="challenges_raised"
    )
    raised_by_group = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="challenges_raised")
    agencies = models.ManyToManyField(Agency, related_name="challenges", verbose_name="put to")
    theme = models.ForeignKey(Theme, models.PROTECT, null=True, blank=True, related_name="challenges")
    priority = models.ForeignKey(Priority, models.PROTECT, null=True, blank=True, related_name="challenges")
    title = models.CharField(max_length=200)
    issue = models.TextField("the issue")
    asked = models.TextField("asked for")
    original_due = models.DateField()
    due = models.DateField("response due")
    status = models.CharField(max_length=10, choices=ChallengeStatus, default=ChallengeStatus.OPEN)
    round = models.PositiveSmallIntegerField(default=1)
    escalation = models.PositiveSmallIntegerField(choices=Escalation, default=Escalation.NONE)
    outcome = models.TextField(blank=True)
    impact = models.TextField("impact for children", blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closed_at = models.CharField("closed at which meeting", max_length=200, blank=True)
    public_title = models.CharField(max_length=200, blank=True)
    public_issue = models.TextField("public: what we asked", blank=True)
    public_answer = models.TextField("public: what we were told", blank=True)
    public_impact = models.TextField("public: what changed for children", blank=True)
    plan = models.OneToOneField(ActionPlan, models.PROTECT, null=True, blank=True, related_name="challenge")
    version = models.PositiveIntegerField(default=1)

    objects = ChallengeQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_challenge_of_a_number_in_a_year"),
            models.CheckConstraint(
                condition=Q(group__isnull=False, met_on__isnull=False)
                | Q(group__isnull=True, met_on__isnull=True, meeting=""),
                name="challenge_forum_is_a_meeting_or_correspondence",
            ),
            models.CheckConstraint(
                condition=Q(held_at__isnull=True) | Q(group__isnull=False),
                name="challenge_by_correspondence_was_raised_at_no_meeting",
            ),
            models.CheckConstraint(
                condition=Q(raised_by_agency__isnull=True) | Q(raised_by_group__isnull=True),
                name="challenge_is_raised_by_one",
            ),
            models.CheckConstraint(
                condition=Q(original_due__gte=F("raised_on"), due__gte=F("raised_on")),
                name="challenge_is_due_after_it_is_raised",
            ),
            models.CheckConstraint(condition=Q(status__in=ChallengeStatus.values), name="challenge_status_is_known"),
            models.CheckConstraint(
                condition=Q(status__in=ENDED, closed_on__isnull=False, closed_on__gte=F("raised_on"))
                | Q(status__in=LIVE, closed_on__isnull=True, closed_at=""),
                name="challenge_that_ended_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=ChallengeStatus.RESOLVED) | ~Q(impact=""),
                name="resolved_challenge_tells_the_impact",
            ),
            models.CheckConstraint(
                condition=~Q(status=ChallengeStatus.ESCALATED) | Q(escalation__gt=0),
                name="escalated_challenge_says_to_whom",
            ),
        ]
        indexes = [models.Index(fields=["status", "due"], name="challenges_by_status_and_due")]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("boards:challenge", args=[self.pk])

    @property
    def reference(self) -> str:
        return f"CH/{self.year}/{self.number:03d}"

    @property
    def quarter(self) -> Quarter:
        return Quarter.containing(self.raised_on)

    @property
    def forum(self) -> str:
        """The group in whose meeting it was raised, or correspondence."""
        return self.group.short_name if self.group else "Correspondence"

    @property
    def raised_by(self) -> str:
        """A role, never a person."""
        return str(self.raised_by_agency or self.raised_by_group or say("The {board}"))

    @property
    def is_live(self) -> bool:
        return self.status in LIVE

    @property
    def takes_answers(self) -> bool:
        return self.status in TAKES_ANSWERS

    @property
    def has_moved(self) -> bool:
        return self.due != self.original_due

    @property
    def is_worded(self) -> bool:
        """Whether there are words for the public."""
        return bool(self.public_title and self.public_issue)

    def allows(self, happened: str) -> bool:
        return (self.status, happened) in CHALLENGE_MOVES


class ChallengeResponse(models.Model):
    """What a challenged agency answered in a round. `given_by` is who wrote it down; the public is told the agency."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="responses")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="challenge_responses")
    round = models.PositiveSmallIntegerField()
    text = models.TextField()
    given_on = models.DateField()
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    submission = models.UUIDField(null=True, unique=True, editable=False)
    files = models.ManyToManyField(Attachment, related_name="challenge_responses", blank=True)

    objects = ChallengeResponseQuerySet.as_manager()

    class Meta:
        ordering = ["given_on", "pk"]

    def __str__(self) -> str:
        return f"Response to {self.challenge}"


class ChallengeEvent(models.Model):
    """One thing that happened to a challenge, on its day. `text` is a reason or a note, for who may read the record."""

    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="events")
    happened = models.CharField(max_length=12, choices=Happened)
    on = models.DateField()
    text = models.TextField(blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ChallengeEventQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(happened=Happened.ANSWERED, agency__isnull=False)
                | (~Q(happened=Happened.ANSWERED) & Q(agency__isnull=True)),
                name="an_answer_is_from_an_agency",
            ),
            models.UniqueConstraint(
                fields=["challenge"],
                condition=Q(happened__in=[Happened.RESOLVED, Happened.CLOSED]),
                name="challenge_ends_once",
            ),
            models.UniqueConstraint(
                fields=["challenge"], condition=Q(happened=Happened.RAISED), name="challenge_is_raised_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.challenge}: {self.get_happened_display()}"


# ---- What the public reads ------------------------------------------------------------------------------------------


class Kept(models.Model):
    """A row that is written once. On PostgreSQL a trigger holds it, too."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("What was published is never changed.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("What was published is never removed.")


class Publication(Kept, PublicIdModel):
    """One going public of challenges of a quarter. `digest` is of what was seen in the preview."""

    quarter = QuarterField()
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    digest = models.CharField(max_length=64)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at"]

    def __str__(self) -> str:
        return f"Challenges of {self.quarter.label}"

    def get_absolute_url(self) -> str:
        return reverse("boards:publication", args=[self.pk])


class PublishedChallenge(Kept):
    """A version of a challenge as the public reads it. Everything printed is copied here as text on its day."""

    publication = models.ForeignKey(Publication, models.PROTECT, related_name="challenges")
    challenge = models.ForeignKey(Challenge, models.PROTECT, related_name="published")
    number = models.PositiveIntegerField(help_text="1 for the first version of a challenge")
    published_at = models.DateTimeField()
    reference = models.CharField(max_length=30)
    year = FinancialYearField()
    in_year = models.PositiveIntegerField(help_text="The challenge's number in its year")
    raised_on = models.DateField()
    forum = models.CharField(max_length=400)
    raised_by = models.CharField(max_length=200)
    put_to = models.TextField()
    status = models.CharField(max_length=10, choices=ChallengeStatus)
    title = models.CharField(max_length=200)
    issue = models.TextField()
    answer = models.TextField(blank=True)
    impact = models.TextField(blank=True)

    objects = PublishedChallengeQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-in_year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["challenge", "number"], name="one_published_version_of_a_number"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("challenges:challenge", args=[str(self.year), self.in_year])

    @property
    def quarter(self) -> Quarter:
        return Quarter.containing(self.raised_on)
