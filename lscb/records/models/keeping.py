"""How long classes of records are kept, what is held back, and what was destroyed by two people.

A class is named by its `slug`: what it covers, its trigger and its first period are told by the app that owns the
records (`KEPT` in its `records.py`). A record is named by its class and its key.
"""

from __future__ import annotations

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.models import PublicIdModel, both_or_neither, ends_after_it_starts
from lscb.common.records import Then
from lscb.common.storage import private_storage, random_name
from lscb.common.templatetags.portal import day
from lscb.jobs.models import Job

from ..querysets import DestructionItemQuerySet, DestructionQuerySet, HoldQuerySet, KeptLongerQuerySet, RuleQuerySet


class RetentionRule(models.Model):
    """What the board decided for a class in place of the period that it comes with."""

    slug = models.SlugField(unique=True)
    months = models.PositiveSmallIntegerField()
    then = models.CharField(max_length=10, choices=Then)
    basis = models.TextField("lawful basis")
    because = models.TextField("why it was changed")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=1)

    objects = RuleQuerySet.as_manager()

    class Meta:
        ordering = ["slug"]
        constraints = [
            models.CheckConstraint(condition=Q(months__gt=0), name="records_are_kept_for_some_months"),
            models.CheckConstraint(condition=Q(then__in=Then.values), name="what_happens_then_is_known"),
            models.CheckConstraint(condition=~Q(because="") & ~Q(basis=""), name="rule_is_changed_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"Rule for {self.slug}"


class Hold(PublicIdModel):
    """A legal hold: nothing of the class, or not this one record, is destroyed while it is in force."""

    slug = models.SlugField()
    key = models.UUIDField(null=True, blank=True, help_text="Of the record; empty for the whole class")
    reference = models.CharField(max_length=100, blank=True)
    reason = models.TextField()
    starts_on = models.DateField()
    ends_on = models.DateField("last day", null=True, blank=True)
    placed_at = models.DateTimeField()
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = HoldQuerySet.as_manager()

    class Meta:
        ordering = ["-placed_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="hold_has_a_reason"),
            ends_after_it_starts("starts_on", "ends_on", name="hold_ends_after_it_starts"),
            both_or_neither("lifted_at", "lifted_by", name="hold_lifted_when_and_by"),
        ]
        indexes = [models.Index(fields=["slug", "key"], name="holds_of_a_record")]

    def __str__(self) -> str:
        return f"Hold on {self.reference or 'the whole class'}"

    def is_in_force(self, on: dt.date) -> bool:
        return self.lifted_at is None and self.starts_on <= on and (self.ends_on is None or on <= self.ends_on)


class KeptLonger(models.Model):
    """What a review of a record that was due came to: it is kept until a day, with the reason. The last one counts."""

    slug = models.SlugField()
    key = models.UUIDField()
    reference = models.CharField(max_length=100)
    until = models.DateField()
    reason = models.TextField()
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = KeptLongerQuerySet.as_manager()

    class Meta:
        ordering = ["-decided_at"]
        verbose_name_plural = "kept longer"
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="kept_longer_for_a_reason"),
            models.UniqueConstraint(fields=["slug", "key"], name="one_decision_to_keep_a_record_longer"),
        ]

    def __str__(self) -> str:
        return f"{self.reference}, kept until {day(self.until)}"


class Destruction(PublicIdModel):
    """A list that one person froze and another approved, and then the certificate of what was destroyed.

    `digest` is the SHA-256 of the list. The certificate names class, references, counts, hashes, who and when; nothing
    of what stood in the records.
    """

    slug = models.SlugField()
    as_at = models.DateField()
    digest = models.CharField(max_length=64)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    done_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    files = models.JSONField("SHA-256 of the files", default=list)
    certificate = models.FileField(storage=private_storage, upload_to=random_name, blank=True)

    objects = DestructionQuerySet.as_manager()

    class Meta:
        ordering = ["-proposed_at"]
        constraints = [
            both_or_neither("approved_at", "approved_by", name="destruction_approved_when_and_by"),
            both_or_neither("withdrawn_at", "withdrawn_by", name="destruction_withdrawn_when_and_by"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
                name="a_second_person_approves_a_destruction",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(withdrawn_at__isnull=True),
                name="destruction_is_approved_or_withdrawn",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, certificate="")
                | (Q(done_at__isnull=False, approved_at__isnull=False) & ~Q(certificate="")),
                name="destruction_that_is_done_has_its_certificate",
            ),
            models.UniqueConstraint(
                fields=["slug"],
                condition=Q(done_at__isnull=True, withdrawn_at__isnull=True),
                name="one_destruction_of_a_class_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Destruction of {self.slug.replace('-', ' ')}, as at {day(self.as_at)}"

    def get_absolute_url(self) -> str:
        return reverse("records:destruction", args=[self.pk])

    @property
    def waits_for_approval(self) -> bool:
        return self.approved_at is None and self.withdrawn_at is None


class DestructionItem(models.Model):
    """One record on the list. What was held, reopened or kept longer meanwhile is left out."""

    destruction = models.ForeignKey(Destruction, models.CASCADE, related_name="items")
    key = models.UUIDField()
    reference = models.CharField(max_length=100)
    trigger_on = models.DateField(null=True, blank=True, help_text="Empty where the day would tell too much")
    was_destroyed = models.BooleanField(default=False)

    objects = DestructionItemQuerySet.as_manager()

    class Meta:
        ordering = ["destruction", "reference"]
        constraints = [models.UniqueConstraint(fields=["destruction", "key"], name="a_record_is_on_a_list_once")]
        indexes = [models.Index(fields=["key"], name="destroyed_records_by_key")]

    def __str__(self) -> str:
        return self.reference
