"""Background jobs as rows with a life, and the outbox of e-mails. The row is the truth, the queue only a doorbell."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import User
from lscb.accounts.permissions import Permission
from lscb.common.storage import private_storage, random_name

from .querysets import ENDED, LIVE, EmailQuerySet, JobQuerySet, RestoredCopyQuerySet


class JobState(models.TextChoices):
    QUEUED = "queued", "waiting"
    RUNNING = "running", "running"
    DONE = "done", "done"
    FAILED = "failed", "failed"
    CANCELLED = "cancelled", "cancelled"


MOVES: dict[str, frozenset[str]] = {
    JobState.QUEUED: frozenset({JobState.RUNNING, JobState.CANCELLED}),
    JobState.RUNNING: frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED, JobState.QUEUED}),
    JobState.DONE: frozenset(),
    JobState.FAILED: frozenset({JobState.QUEUED}),
    JobState.CANCELLED: frozenset({JobState.QUEUED}),
}
"""Which state may follow which. Running goes back to queued when its worker died or stumbled."""


class Job(models.Model):
    """Long work. A worker holds it by `claim`, shows that it lives by `heartbeat_at`, and ends it by `finished_at`.

    `arguments` are plain JSON and name records by their keys; they never hold personal data.
    `permission` says who besides the requester may see the job and fetch its result.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=150)
    task = models.CharField(max_length=120)
    arguments = models.JSONField(default=dict)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="jobs")
    permission = models.CharField(max_length=60, blank=True)
    unique_key = models.CharField(max_length=120, blank=True, help_text="While such a job lives there is no second")

    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    claim = models.UUIDField(null=True, blank=True)
    progress_done = models.PositiveIntegerField(default=0)
    progress_total = models.PositiveIntegerField(default=0, help_text="0 while nobody knows")
    step = models.CharField(max_length=150, blank=True)
    queued_at = models.DateTimeField(default=timezone.now)
    rung_at = models.DateTimeField(null=True, blank=True, help_text="When a worker was last told of it")
    started_at = models.DateTimeField(null=True, blank=True)
    heartbeat_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(null=True, blank=True, help_text="When the requester looked at how it ended")

    failure = models.CharField(max_length=500, blank=True, help_text="A sentence for people, without internals")
    result_url = models.CharField(max_length=300, blank=True)
    result_label = models.CharField(max_length=80, default="See what came out", help_text="What leads to result_url")
    result = models.FileField(storage=private_storage, upload_to=random_name, blank=True)
    result_name = models.CharField(max_length=150, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at"]
        indexes = [
            models.Index(fields=["state", "heartbeat_at"], name="job_state_and_heartbeat"),
            models.Index(fields=["requested_by", "-queued_at"], name="jobs_of_one_person"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=JobState.values), name="job_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="running", claim__isnull=False, heartbeat_at__isnull=False, started_at__isnull=False)
                | (~Q(state="running") & Q(claim__isnull=True)),
                name="running_job_has_claim_and_heartbeat",
            ),
            models.CheckConstraint(
                condition=Q(state__in=ENDED, finished_at__isnull=False) | Q(state__in=LIVE, finished_at__isnull=True),
                name="ended_job_says_when",
            ),
            models.CheckConstraint(
                condition=(Q(state="failed") & ~Q(failure="")) | (~Q(state="failed") & Q(failure="")),
                name="failed_job_says_why",
            ),
            models.CheckConstraint(condition=Q(progress_done__lte=F("progress_total")), name="job_progress_in_total"),
            models.CheckConstraint(
                condition=Q(result="", result_name="") | (~Q(result="") & ~Q(result_name="")),
                name="job_result_has_a_name",
            ),
            models.UniqueConstraint(
                fields=["unique_key"],
                condition=Q(state__in=LIVE) & ~Q(unique_key=""),
                name="one_live_job_per_key",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("jobs:job_detail", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    @property
    def percent(self) -> int | None:
        """Whole percent done, rounded down; None while nobody knows how much there is to do."""
        return self.progress_done * 100 // self.progress_total if self.progress_total else None

    @property
    def may_be_retried(self) -> bool:
        return JobState.QUEUED in MOVES[self.state] and not self.is_live

    @property
    def may_be_cancelled(self) -> bool:
        return JobState.CANCELLED in MOVES[self.state]

    def is_run_by(self, user: User) -> bool:
        """Who may cancel it and start it again: whoever asked for it, and who keeps jobs running."""
        return self.requested_by_id == user.pk or user.may(Permission.READ_JOBS)

    def result_is_for(self, user: User) -> bool:
        """Keeping jobs running is no right to read what they made: the result is for who may read its matter."""
        if self.permission:
            return user.for_whole_board(Permission(self.permission))  # type: ignore[call-arg]
        return self.requested_by_id == user.pk


class EmailState(models.TextChoices):
    WAITING = "waiting", "waiting"
    SENDING = "sending", "being sent"
    SENT = "sent", "sent"
    FAILED = "failed", "given up"


EMAIL_MOVES: dict[str, frozenset[str]] = {
    EmailState.WAITING: frozenset({EmailState.SENDING, EmailState.FAILED}),
    EmailState.SENDING: frozenset({EmailState.SENT, EmailState.WAITING, EmailState.FAILED}),
    EmailState.SENT: frozenset(),
    EmailState.FAILED: frozenset(),
}


class Email(models.Model):
    """One e-mail to one person, written in the transaction of what it tells of and sent once, whatever happens.

    `unique_key` names the occasion ("reminder of action 12 on 2017-03-01"): a second one of that name is not written.
    The text is wiped when it is sent: it may hold a link that opens something. (The demonstration keeps it to show.)
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unique_key = models.CharField(max_length=200, unique=True)
    to = models.EmailField()
    subject = models.CharField(max_length=200)
    body = models.TextField()
    attachments = models.JSONField(default=list, help_text="[name, content type, text] each")
    queued_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=10, choices=EmailState, default=EmailState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(default=timezone.now)
    claim = models.UUIDField(null=True, blank=True)
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    failure = models.CharField(max_length=200, blank=True, help_text="Why the last try failed, without addresses")

    objects = EmailQuerySet.as_manager()

    class Meta:
        ordering = ["-queued_at"]
        verbose_name = "e-mail"
        indexes = [models.Index(fields=["state", "next_try_at"], name="email_state_and_next_try")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=EmailState.values), name="email_state_is_known"),
            models.CheckConstraint(
                condition=Q(state="sending", claim__isnull=False, claimed_at__isnull=False)
                | (~Q(state="sending") & Q(claim__isnull=True, claimed_at__isnull=True)),
                name="email_being_sent_has_a_claim",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | (~Q(state="sent") & Q(sent_at__isnull=True)),
                name="sent_email_says_when",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class RestoredCopy(models.Model):
    """This database was restored from a backup: one row. It is a copy until somebody says that it is the portal now.

    A copy sends no e-mail and reminds nobody: the portal that it was taken of may be at work beside it.
    """

    only = models.BooleanField(primary_key=True, default=True)
    backup_made_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    taken_over_at = models.DateTimeField(null=True, blank=True, help_text="When somebody said that this is the portal")

    objects = RestoredCopyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "restored copy"
        constraints = [
            models.CheckConstraint(condition=Q(only=True), name="one_restored_copy"),
            models.CheckConstraint(
                condition=Q(taken_over_at__isnull=True) | Q(taken_over_at__gte=F("restored_at")),
                name="copy_takes_over_after_it_is_restored",
            ),
        ]

    def __str__(self) -> str:
        return f"Restored from the backup of {self.backup_made_at:%-d %B %Y}"
