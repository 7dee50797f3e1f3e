"""An action of a plan: who is asked, what happened to it, and the table of what may happen in which state."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import Agency
from lscb.common.models import PublicIdModel
from lscb.common.rag import Rag

from ..querysets import ActionEntryQuerySet, ActionEventQuerySet, ActionQuerySet
from .plan import ActionPlan


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


class Progress(models.TextChoices):
    """How who is asked says that their part is going."""

    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    OFF_TRACK = "off_track", "Off track"
    DONE = "done", "Done"

    @property
    def rag(self) -> Rag:
        return {Progress.AT_RISK: Rag.AMBER, Progress.OFF_TRACK: Rag.RED}.get(self, Rag.GREEN)


class Action(PublicIdModel):
    """One thing to be done, with the outcome for children that it is meant to have.

    `original_due` never changes; `due` moves with a reason (`DueDateMove`). RAG is no field: it follows from the due
    date, the day, what is reported of each part, and whether the action is done. `version` counts changes of its words
    and of who is asked.
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
    version = models.PositiveIntegerField(default=1)

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
    """The part of one agency in an action, owned by a position. What has no agency (the board's team) names only it.

    Each agency tells of its own part: `progress` is what it reported last, `evidence` what shows it, beside its files.
    `version` counts changes of the evidence. `person` is who sees to it; without one it waits for the whole agency.
    """

    action = models.ForeignKey(Action, models.CASCADE, related_name="entries")
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="action_entries")
    owner = models.CharField(max_length=150, blank=True, help_text="A position, not a person's name")
    is_lead = models.BooleanField(default=False)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="action_entries"
    )
    progress = models.CharField(max_length=10, choices=Progress, blank=True)
    evidence = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

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
            models.CheckConstraint(condition=Q(progress__in=["", *Progress.values]), name="entry_has_a_known_progress"),
        ]

    def __str__(self) -> str:
        return ", ".join(part for part in (self.agency.name if self.agency else "", self.owner) if part)

    @property
    def who(self) -> str:
        """The agency, or the position in the board's team."""
        return self.agency.name if self.agency else self.owner


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
