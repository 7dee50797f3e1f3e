"""When and where a course is taught."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.common.models import PublicIdModel
from lscb.common.periods import FinancialYear, Quarter, local_date

from ..querysets import MessageQuerySet, SessionDayQuerySet, SessionQuerySet
from .programme import ChargePolicy, Course, Trainer


class SessionState(models.TextChoices):
    DRAFT = "draft", "Not yet public"
    OPEN = "open", "Open for booking"
    CLOSED = "closed", "Closed for booking"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class SessionMove(models.TextChoices):
    PUBLISHED = "published", "Published"
    CLOSED = "closed", "Booking closed"
    REOPENED = "reopened", "Booking opened again"
    HELD = "held", "Register completed"
    CANCELLED = "cancelled", "Cancelled"


SESSION_MOVES: dict[tuple[str, str], str] = {
    (SessionState.DRAFT, SessionMove.PUBLISHED): SessionState.OPEN,
    (SessionState.DRAFT, SessionMove.CANCELLED): SessionState.CANCELLED,
    (SessionState.OPEN, SessionMove.CLOSED): SessionState.CLOSED,
    (SessionState.OPEN, SessionMove.HELD): SessionState.HELD,
    (SessionState.OPEN, SessionMove.CANCELLED): SessionState.CANCELLED,
    (SessionState.CLOSED, SessionMove.REOPENED): SessionState.OPEN,
    (SessionState.CLOSED, SessionMove.HELD): SessionState.HELD,
    (SessionState.CLOSED, SessionMove.CANCELLED): SessionState.CANCELLED,
}
"""What may happen in which state, and the state it leads to. Whatever is not here is refused."""

PUBLIC = (SessionState.OPEN, SessionState.CLOSED, SessionState.HELD, SessionState.CANCELLED)
TO_COME = (SessionState.OPEN, SessionState.CLOSED)


class Session(PublicIdModel):
    """A course on one or more days. `starts_at` and `ends_at` are those of its first and last day.

    Locking this row gives the places of a session in order: nobody gets or gives one without it (`services.places`).
    `version` counts changes of what is told about it; who saves names the version that was read.
    """

    course = models.ForeignKey(Course, models.PROTECT, related_name="sessions")
    state = models.CharField(max_length=10, choices=SessionState, default=SessionState.DRAFT)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField("link to join", max_length=300, blank=True, help_text="Told to who has a place, only")
    trainers = models.ManyToManyField(Trainer, blank=True, related_name="sessions")
    capacity = models.PositiveSmallIntegerField()
    closes_at = models.DateTimeField("booking closes")
    charge_policy = models.ForeignKey(ChargePolicy, models.PROTECT, null=True, blank=True, related_name="sessions")
    practical = models.TextField("practical information", blank=True)
    cancelled_because = models.CharField(max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = SessionQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="session_ends_after_it_starts"),
            models.CheckConstraint(condition=Q(closes_at__lte=F("starts_at")), name="booking_closes_before_the_start"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="session_has_a_place"),
            models.CheckConstraint(condition=Q(state__in=SessionState.values), name="session_state_is_known"),
            models.CheckConstraint(condition=~Q(place="") | ~Q(link=""), name="session_is_somewhere"),
            models.CheckConstraint(
                condition=Q(state=SessionState.CANCELLED) | Q(cancelled_because=""),
                name="only_a_cancelled_session_says_why",
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="sessions_by_state_and_start")]

    def __str__(self) -> str:
        return f"{self.course.title}, {self.first_day.day} {self.first_day:%B %Y}"

    def get_absolute_url(self) -> str:
        return reverse("training:session", args=[self.pk])

    @property
    def first_day(self) -> dt.date:
        return local_date(self.starts_at)

    @property
    def last_day(self) -> dt.date:
        return local_date(self.ends_at)

    @property
    def quarter(self) -> Quarter:
        """That in which it began."""
        return Quarter.containing(self.first_day)

    @property
    def year(self) -> FinancialYear:
        return FinancialYear.containing(self.first_day)

    @property
    def is_to_come(self) -> bool:
        return self.state in TO_COME

    @property
    def is_held(self) -> bool:
        return self.state == SessionState.HELD

    def takes_bookings(self, now: dt.datetime) -> bool:
        return self.state == SessionState.OPEN and now < self.closes_at

    def allows(self, move: str) -> bool:
        return (self.state, move) in SESSION_MOVES


class SessionDay(models.Model):
    """One day of a session; moments, so that a session across the change of the clocks keeps its hours in London."""

    session = models.ForeignKey(Session, models.CASCADE, related_name="days")
    number = models.PositiveSmallIntegerField(help_text="1 for the first day")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    objects = SessionDayQuerySet.as_manager()

    class Meta:
        ordering = ["session", "number"]
        constraints = [
            models.UniqueConstraint(fields=["session", "number"], name="one_day_of_a_number"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="day_of_a_session_ends_later"),
        ]

    def __str__(self) -> str:
        return f"Day {self.number} of {self.session}"

    @property
    def day(self) -> dt.date:
        return local_date(self.starts_at)


class Message(models.Model):
    """What staff wrote to the people of a session."""

    session = models.ForeignKey(Session, models.PROTECT, related_name="messages")
    subject = models.CharField(max_length=120)
    text = models.TextField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    recipients = models.PositiveSmallIntegerField()

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["-sent_at"]

    def __str__(self) -> str:
        return self.subject
