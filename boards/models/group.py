from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.permissions import Permission
from lscb.actions.models import MANAGED_WITH, ActionPlan
from lscb.common.models import ends_after_it_starts
from lscb.common.words import worded

from ..meetings.querysets import CONFIDENTIAL
from ..querysets import GroupQuerySet


class GroupKind(models.TextChoices):
    BOARD = "board", worded("Main {board}")
    EXECUTIVE = "executive", "Executive group"
    SUB_GROUP = "sub_group", "Sub group"
    ASSURANCE = "assurance", "Assurance group"
    TASK_AND_FINISH = "task_and_finish", "Task and finish group"
    ADVISORY = "advisory", "Advisory group"


class Group(models.Model):
    """The board itself or a group under it. Lower floors name it by its `code`, which never changes."""

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=150)
    short_name = models.CharField(max_length=60, help_text="As it stands in the structure chart")
    kind = models.CharField(max_length=20, choices=GroupKind)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="groups")
    joint_with_adults_board = models.BooleanField(default=False)
    remit = models.TextField(blank=True)
    chaired_by = models.CharField(max_length=150, blank=True, help_text="A position, not a person's name")
    starts_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True, help_text="Last day; open while it runs")
    confidential_permission = models.CharField(
        "who reads its meetings",
        max_length=40,
        choices=[(one.value, one.sentence) for one in CONFIDENTIAL],
        blank=True,
        help_text="What reading its meetings needs; empty for a group that is not confidential",
    )
    action_plan = models.OneToOneField(
        ActionPlan, models.PROTECT, null=True, blank=True, related_name="+", help_text="What its meetings ask for"
    )

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [
            ends_after_it_starts("starts_on", "ends_on", name="group_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(parent__isnull=True) | ~Q(parent=F("id")), name="group_is_not_its_own_parent"
            ),
            models.CheckConstraint(
                condition=(Q(kind=GroupKind.BOARD) & Q(parent__isnull=True))
                | (~Q(kind=GroupKind.BOARD) & Q(parent__isnull=False)),
                name="only_the_board_has_no_parent",
            ),
            models.UniqueConstraint(
                fields=["name"], condition=Q(ends_on__isnull=True), name="one_running_group_of_a_name"
            ),
            models.UniqueConstraint(
                fields=["kind"], condition=Q(kind=GroupKind.BOARD, ends_on__isnull=True), name="one_running_main_board"
            ),
            models.CheckConstraint(
                condition=Q(confidential_permission__in=["", *(one.value for one in CONFIDENTIAL)]),
                name="group_is_confidential_by_a_known_permission",
            ),
            models.CheckConstraint(
                condition=Q(confidential_permission="") | ~Q(kind=GroupKind.BOARD), name="the_board_is_not_confidential"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("boards:group", args=[self.code])

    def is_running(self, on: dt.date) -> bool:
        return (self.starts_on is None or self.starts_on <= on) and (self.ends_on is None or on <= self.ends_on)

    @property
    def is_confidential(self) -> bool:
        return self.confidential_permission != ""

    @property
    def meetings_read_with(self) -> Permission:
        """What reading a paper or an action of its meetings needs."""
        return next((one for one in CONFIDENTIAL if one == self.confidential_permission), Permission.READ_BOARD)

    @property
    def meetings_managed_with(self) -> Permission:
        """What changing its meetings needs: nobody runs meetings that they may not read."""
        return MANAGED_WITH[self.meetings_read_with] if self.is_confidential else Permission.MANAGE_BOARD

    @property
    def papers_of(self) -> str:
        """Whose papers and actions they are: its own code; empty for the main board, whose papers the board reads."""
        return "" if self.kind == GroupKind.BOARD else self.code
