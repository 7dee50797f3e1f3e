"""Action plans and what becomes of their actions (domain: "Actions").

A plan knows nothing of its owner: a case review, an audit, a business plan holds a one-to-one to its plan from a floor
above. The plan carries the permission that reading it needs, so that an action of a confidential plan cannot appear
in somebody's list by accident.

What happened to an action is a row of `ActionEvent` with its date: how many were outstanding on a day is read from
these, and has one answer for ever. `Action.state` is the last of them, kept for lists.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.accounts.permissions import Permission
from lscb.common.models import PublicIdModel
from lscb.files.models import Attachment

from .querysets import (
    ActionEntryQuerySet,
    ActionEventQuerySet,
    ActionPlanQuerySet,
    ActionQuerySet,
    DueDateMoveQuerySet,
    NoteQuerySet,
    QuarterlyReviewQuerySet,
)

MANAGED_WITH: dict[Permission, Permission] = {
    Permission.READ_ACTIONS: Permission.MANAGE_ACTIONS,
    Permission.READ_RETURNS: Permission.MANAGE_AUDITS,
    Permission.READ_CASE_REVIEWS: Permission.MANAGE_CASE_REVIEWS,
    Permission.READ_CHILD_DEATHS: Permission.MANAGE_CHILD_DEATHS,
}
"""What reading a plan needs, and what changing it needs. A plan is never managed by who may not read its source."""


class ActionPlan(PublicIdModel):
    """Actions that one group watches. `permission` is what reading it needs, within its group or agency.

    A plan of no group and no agency is the whole board's; everyone who holds its permission anywhere reads it.
    """

    title = models.CharField(max_length=200)
    group = models.SlugField(blank=True, help_text="Code of the group that watches it; groups live a floor above")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    permission = models.CharField(
        max_length=40, choices=[(p.value, p.sentence) for p in MANAGED_WITH], default=Permission.READ_ACTIONS
    )
    opened_on = models.DateField()
    case = models.UUIDField(
        null=True, blank=True, editable=False, help_text="Key of the case that people may be let into or kept out of"
    )

    objects = ActionPlanQuerySet.as_manager()

    class Meta:
        ordering = ["title"]
        constraints = [
            models.CheckConstraint(
                condition=Q(permission=Permission.READ_ACTIONS) | ~Q(group="") | Q(agency__isnull=False),
                name="confidential_plan_names_who_watches_it",
            ),
            models.CheckConstraint(
                condition=Q(permission__in=[p.value for p in MANAGED_WITH]), name="plan_is_read_with_a_known_permission"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("actions:plan", args=[self.pk])

    @property
    def is_confidential(self) -> bool:
        """Whether having an action in it does not yet let an agency read that action."""
        return self.permission != Permission.READ_ACTIONS

    @property
    def managed_with(self) -> Permission:
        return next(managing for reading, managing in MANAGED_WITH.items() if reading == self.permission)

    @property
    def watched_by(self) -> str:
        """Who watches it, in words: an agency, a group by its code, or the board."""
        if self.agency:
            return self.agency.name
        return self.group.replace("-", " ").capitalize() or "The board"


class State(models.TextChoices):
    OPEN = "open", "Open"
    PROPOSED = "proposed", "Proposed complete"
    SIGNED_OFF = "signed_off", "Signed off"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


class Kind(models.TextChoices):
    """What can happen to an action."""

    ADDED = "added", "Added"
    PROPOSED = "proposed", "Proposed complete"
    SENT_BACK = "sent_back", "Sent back"
    SIGNED_OFF = "signed_off", "Signed off"
    REOPENED = "reopened", "Re-opened"
    SUPERSEDED = "superseded", "Superseded"
    WITHDRAWN = "withdrawn", "Withdrawn"


MOVES: dict[tuple[str, str], str] = {
    (State.OPEN, Kind.PROPOSED): State.PROPOSED,
    (State.OPEN, Kind.SIGNED_OFF): State.SIGNED_OFF,
    (State.OPEN, Kind.SUPERSEDED): State.SUPERSEDED,
    (State.OPEN, Kind.WITHDRAWN): State.WITHDRAWN,
    (State.PROPOSED, Kind.SENT_BACK): State.OPEN,
    (State.PROPOSED, Kind.SIGNED_OFF): State.SIGNED_OFF,
    (State.PROPOSED, Kind.SUPERSEDED): State.SUPERSEDED,
    (State.PROPOSED, Kind.WITHDRAWN): State.WITHDRAWN,
    (State.SIGNED_OFF, Kind.REOPENED): State.OPEN,
    (State.WITHDRAWN, Kind.REOPENED): State.OPEN,
}
"""What may happen in which state, and the state it leads to. Whatever is not here is refused. A superseded action
stays superseded: the one that took its place is the live one."""

LIVE_STATES = (State.OPEN, State.PROPOSED)
NEEDS_REASON = (Kind.SENT_BACK, Kind.REOPENED, Kind.WITHDRAWN, Kind.SUPERSEDED)
BECOMES_OUTSTANDING = (Kind.ADDED, Kind.REOPENED)
STOPS_BEING_OUTSTANDING = (Kind.SIGNED_OFF, Kind.WITHDRAWN, Kind.SUPERSEDED)


class Action(PublicIdModel):
    """One thing to be done, with the outcome for children that it is meant to have.

    `original_due` never changes; `due` moves with a reason (`DueDateMove`). RAG is no field: it follows from the due
    date, the day, and whether the action is done.
    """

    plan = models.ForeignKey(ActionPlan, models.PROTECT, related_name="actions")
    number = models.PositiveIntegerField(help_text="Counts within its plan")
    what = models.TextField()
    intended_outcome = models.TextField(blank=True, help_text="What children should notice")
    starts_on = models.DateField()
    original_due = models.DateField()
    due = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replaces")

    objects = ActionQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "number"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "number"], name="one_action_of_a_number_in_a_plan"),
            models.CheckConstraint(condition=Q(original_due__gte=F("starts_on")), name="action_is_due_after_it_starts"),
            models.CheckConstraint(condition=Q(due__gte=F("starts_on")), name="action_moves_to_after_it_starts"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="action_has_a_known_state"),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | (Q(state=State.SUPERSEDED) & ~Q(replaced_by=F("id"))),
                name="only_a_superseded_action_is_replaced",
            ),
        ]
        indexes = [models.Index(fields=["state", "due"], name="actions_by_state_and_due")]

    def __str__(self) -> str:
        return f"Action {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("actions:action", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def is_done(self) -> bool:
        return self.state == State.SIGNED_OFF

    @property
    def has_moved(self) -> bool:
        return self.due != self.original_due


class ActionEntry(models.Model):
    """The part of one agency in an action, owned by a position. What has no agency (the board's team) names only it."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="entries")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="action_entries")
    owner = models.CharField(max_length=150, blank=True, help_text="A position, not a person's name")
    is_lead = models.BooleanField(default=False)
    evidence = models.TextField(blank=True)
    files = models.ManyToManyField(Attachment, related_name="evidence_of", blank=True)

    objects = ActionEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-is_lead", "pk"]
        verbose_name_plural = "action entries"
        constraints = [
            models.UniqueConstraint(fields=["action", "agency"], name="one_entry_per_agency_in_an_action"),
            models.UniqueConstraint(fields=["action"], condition=Q(is_lead=True), name="one_lead_per_action"),
            models.CheckConstraint(
                condition=Q(agency__isnull=False) | ~Q(owner=""), name="entry_names_an_agency_or_an_owner"
            ),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.agency.name if self.agency else "", self.owner) if part)


class ActionEvent(models.Model):
    """Something that happened to an action on a day. Rows are added and never changed."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=Kind)
    on = models.DateField()
    meeting = models.CharField(max_length=200, blank=True, help_text="Where it was agreed")
    reason = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ActionEventQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["action"], condition=Q(kind=Kind.ADDED), name="action_is_added_once"),
            models.CheckConstraint(
                condition=~Q(kind__in=NEEDS_REASON) | ~Q(reason=""), name="action_event_has_its_reason"
            ),
            models.CheckConstraint(
                condition=~Q(kind=Kind.SIGNED_OFF) | ~Q(meeting=""), name="sign_off_names_the_meeting"
            ),
        ]
        indexes = [models.Index(fields=["action", "on", "id"], name="events_of_an_action_by_day")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} on {self.on}"


class Note(models.Model):
    """What was done by a day, as told by who does it."""

    action = models.ForeignKey(Action, models.CASCADE, related_name="notes")
    on = models.DateField()
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = NoteQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]

    def __str__(self) -> str:
        return f"Note of {self.on}"


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


class QuarterlyReview(models.Model):
    """A group went through its plan on a day. The counts reach from the review before (or the plan's opening) to it.

    `added` counts new and re-opened actions, `withdrawn` also those superseded.
    """

    plan = models.ForeignKey(ActionPlan, models.CASCADE, related_name="reviews")
    held_on = models.DateField()
    forum = models.CharField(max_length=200)
    opening = models.PositiveIntegerField()
    added = models.PositiveIntegerField()
    reopened = models.PositiveIntegerField(default=0, help_text="Of those added")
    signed_off = models.PositiveIntegerField()
    withdrawn = models.PositiveIntegerField()
    closing = models.PositiveIntegerField()

    objects = QuarterlyReviewQuerySet.as_manager()

    class Meta:
        ordering = ["plan", "held_on"]
        constraints = [
            models.UniqueConstraint(fields=["plan", "held_on"], name="one_review_of_a_plan_on_a_day"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("added") - F("signed_off") - F("withdrawn")),
                name="opening_and_added_less_done_is_closing",
            ),
            models.CheckConstraint(condition=Q(reopened__lte=F("added")), name="reopened_are_among_the_added"),
        ]

    def __str__(self) -> str:
        return f"Review of {self.plan} on {self.held_on}"
