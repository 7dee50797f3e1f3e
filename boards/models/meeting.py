"""Meetings of a group, their agenda, who came, and what came out of them (domain: "Meetings")."""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.actions.models import Action
from lscb.common.models import PublicIdModel
from lscb.common.periods import LONDON, local_date
from lscb.files.models import Attachment

from ..meetings.querysets import AgendaItemQuerySet, AttendanceQuerySet, MeetingActionQuerySet, MeetingQuerySet
from .group import Group
from .plan import Theme
from .seat import Seat


class MeetingState(models.TextChoices):
    PLANNED = "planned", "Planned"
    PAPERS_OUT = "papers_out", "Papers out"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


class MeetingMove(models.TextChoices):
    """What can happen to a meeting."""

    MOVED = "moved", "Moved"
    PAPERS_SENT = "papers_sent", "Papers sent"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


MEETING_MOVES: dict[tuple[str, str], str] = {
    (MeetingState.PLANNED, MeetingMove.MOVED): MeetingState.PLANNED,
    (MeetingState.PLANNED, MeetingMove.PAPERS_SENT): MeetingState.PAPERS_OUT,
    (MeetingState.PLANNED, MeetingMove.HELD): MeetingState.HELD,
    (MeetingState.PLANNED, MeetingMove.CANCELLED): MeetingState.CANCELLED,
    (MeetingState.PAPERS_OUT, MeetingMove.MOVED): MeetingState.PAPERS_OUT,
    (MeetingState.PAPERS_OUT, MeetingMove.HELD): MeetingState.HELD,
    (MeetingState.PAPERS_OUT, MeetingMove.CANCELLED): MeetingState.CANCELLED,
}
"""What may happen in which state, and the state it leads to. Whatever is not here is refused: a meeting that was held
or cancelled stays so."""


class Meeting(PublicIdModel):
    """One meeting of a group. Its key is its identity in people's calendars, too; `invitation` counts its versions.

    `minutes` are Markdown. What two people may save at once carries a version, so that the second sees both texts.
    """

    group = models.ForeignKey(Group, models.PROTECT, related_name="meetings")
    starts_at = models.DateTimeField("starts")
    ends_at = models.DateTimeField("ends")
    place = models.CharField(max_length=200, blank=True)
    link = models.URLField("link to join", blank=True)
    theme = models.CharField(max_length=200, blank=True)
    serves = models.ManyToManyField(
        Theme, related_name="meetings", blank=True, verbose_name="themes of the business plan"
    )
    state = models.CharField(max_length=10, choices=MeetingState, default=MeetingState.PLANNED)
    cancelled_because = models.TextField(blank=True)
    case = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Key of the one case that it is about, if it is about one"
    )
    invitation = models.PositiveIntegerField(default=0, help_text="SEQUENCE of the calendar entry")

    agenda_version = models.PositiveIntegerField(default=0)
    attendance_version = models.PositiveIntegerField(default=0)
    minutes = models.TextField(blank=True)
    minutes_version = models.PositiveIntegerField(default=0)
    approved_in = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="approved", help_text="The meeting that agreed them"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_at", "group"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_starts"),
            models.CheckConstraint(condition=~Q(place="") | ~Q(link=""), name="meeting_has_a_place_or_a_link"),
            models.CheckConstraint(condition=Q(state__in=MeetingState.values), name="meeting_has_a_known_state"),
            models.CheckConstraint(
                condition=(Q(state=MeetingState.CANCELLED) & ~Q(cancelled_because=""))
                | (~Q(state=MeetingState.CANCELLED) & Q(cancelled_because="")),
                name="cancelled_meeting_says_why",
            ),
            models.CheckConstraint(
                condition=Q(minutes="") | Q(state=MeetingState.HELD), name="only_a_meeting_that_was_held_has_minutes"
            ),
            models.CheckConstraint(
                condition=Q(approved_in__isnull=True) | (~Q(minutes="") & ~Q(approved_in=F("id"))),
                name="minutes_are_approved_at_another_meeting",
            ),
            models.UniqueConstraint(
                fields=["group", "starts_at"],
                condition=~Q(state=MeetingState.CANCELLED),
                name="one_meeting_of_a_group_at_a_time",
            ),
        ]
        indexes = [models.Index(fields=["state", "starts_at"], name="meetings_by_state_and_time")]

    def __str__(self) -> str:
        return f"{self.group.short_name}, {self.day.day} {self.day:%B %Y}"

    def get_absolute_url(self) -> str:
        return reverse("boards:meeting", args=[self.pk])

    @property
    def day(self) -> dt.date:
        """The day in London."""
        return local_date(self.starts_at)

    @property
    def hours(self) -> str:
        """ "9.30 to 12.00", in London."""
        starts, ends = self.starts_at.astimezone(LONDON), self.ends_at.astimezone(LONDON)
        return f"{starts.hour}.{starts.minute:02d} to {ends.hour}.{ends.minute:02d}"

    @property
    def where(self) -> str:
        return self.place or "Online"

    @property
    def is_confidential(self) -> bool:
        return self.group.is_confidential

    @property
    def safe_name(self) -> str:
        """How the trail, a file or a mail may call it: never by its theme."""
        return "Meeting" if self.is_confidential else str(self)

    @property
    def is_to_come(self) -> bool:
        return (self.state, MeetingMove.HELD) in MEETING_MOVES

    @property
    def is_held(self) -> bool:
        return self.state == MeetingState.HELD

    @property
    def is_closed(self) -> bool:
        """Minutes that were approved stay as they are, and with them agenda, attendance and decisions."""
        return self.approved_in_id is not None or self.state == MeetingState.CANCELLED


class AgendaItem(models.Model):
    """One item: who presents it (by position), for how long, with which paper; then what was said and decided."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="agenda")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    presenter = models.CharField(max_length=150, blank=True, help_text="A position, not a person's name")
    minutes = models.PositiveSmallIntegerField("minutes planned", null=True, blank=True)
    paper = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="paper_of")
    notes = models.TextField(blank=True)
    decision = models.TextField(blank=True)

    objects = AgendaItemQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "order"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "order"], name="one_agenda_item_at_a_place"),
            models.CheckConstraint(condition=~Q(title=""), name="agenda_item_has_a_title"),
            models.CheckConstraint(condition=Q(minutes__isnull=True) | Q(minutes__gt=0), name="agenda_item_takes_time"),
        ]

    def __str__(self) -> str:
        return f"Item {self.order}"


class Mark(models.TextChoices):
    PRESENT = "present", "Present"
    DEPUTY = "deputy", "Deputy"
    APOLOGIES = "apologies", "Apologies"
    ABSENT = "absent", "Absent"


class Attendance(models.Model):
    """Whether a seat was filled at a meeting. A seat without a row was not recorded, which is not absent."""

    meeting = models.ForeignKey(Meeting, models.CASCADE, related_name="attendance")
    seat = models.ForeignKey(Seat, models.PROTECT, related_name="attendance")
    mark = models.CharField(max_length=10, choices=Mark)

    objects = AttendanceQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "seat"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "seat"], name="a_seat_attends_a_meeting_once"),
            models.CheckConstraint(condition=Q(mark__in=Mark.values), name="attendance_has_a_known_mark"),
        ]

    def __str__(self) -> str:
        return f"{self.seat}: {self.get_mark_display().lower()}"


class MeetingAction(models.Model):
    """An action that was raised in a meeting."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="meeting_actions")
    action = models.OneToOneField(Action, models.CASCADE, related_name="meeting_action")

    objects = MeetingActionQuerySet.as_manager()

    class Meta:
        ordering = ["meeting", "action__number"]

    def __str__(self) -> str:
        return f"{self.action} of {self.meeting}"
