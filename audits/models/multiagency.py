"""Multi-agency audits: a few children's cases, looked at by every agency that knew them (domain: "Multi-agency
audits").

A case is a pseudonym; the key to the child stays outside the portal. Each agency makes one return per case. That an
agency made none is a finding in itself. What an agency graded and what the audit team then gave are kept side by side.
"""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from boards.models import Group, Theme
from lscb.accounts.models import Agency
from lscb.actions.models import Action, ActionPlan
from lscb.common.models import PublicIdModel, both_or_neither, ends_after_it_starts
from lscb.common.periods import FinancialYear, Month
from lscb.files.models import Attachment

from ..multiagency.querysets import (
    AuditAnswerQuerySet,
    AuditCaseQuerySet,
    AuditEventQuerySet,
    AuditFindingQuerySet,
    AuditGradeQuerySet,
    AuditQuerySet,
    AuditQuestionQuerySet,
    AuditRecommendationQuerySet,
    AuditReturnQuerySet,
    AuditToolQuerySet,
    AuditWorkshopQuerySet,
)

# ---- What is asked --------------------------------------------------------------------------------------------------


class AuditTool(PublicIdModel):
    """The questions put to every agency about a case, and the grades it may give. A tool in use never changes."""

    title = models.CharField(max_length=150, unique=True)

    objects = AuditToolQuerySet.as_manager()

    class Meta:
        ordering = ["title"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("audits:audit_tool", args=[self.pk])


class AuditQuestion(models.Model):
    tool = models.ForeignKey(AuditTool, models.CASCADE, related_name="questions")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()

    objects = AuditQuestionQuerySet.as_manager()

    class Meta:
        ordering = ["tool", "number"]
        constraints = [models.UniqueConstraint(fields=["tool", "number"], name="one_audit_question_of_a_number")]

    def __str__(self) -> str:
        return f"{self.number}. {self.text}"


class AuditGrade(models.Model):
    """A grade of the tool's scale; `rank` 1 is the best."""

    tool = models.ForeignKey(AuditTool, models.CASCADE, related_name="grades")
    rank = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=60)

    objects = AuditGradeQuerySet.as_manager()

    class Meta:
        ordering = ["tool", "rank"]
        constraints = [
            models.UniqueConstraint(fields=["tool", "rank"], name="one_audit_grade_of_a_rank"),
            models.UniqueConstraint(fields=["tool", "label"], name="one_audit_grade_of_a_name"),
        ]

    def __str__(self) -> str:
        return self.label


# ---- The audit ------------------------------------------------------------------------------------------------------


class AuditKind(models.TextChoices):
    JTAI = "jtai", "JTAI dry run"
    MET = "met", "Missing, exploited, trafficked (MET)"
    THEMATIC = "thematic", "Thematic"
    SINGLE_AGENCY = "single_agency", "Single agency"


class AuditStage(models.TextChoices):
    PLANNED = "planned", "Planned"
    FIELDWORK = "fieldwork", "Fieldwork"
    MODERATION = "moderation", "Moderation"
    REPORTED = "reported", "Findings reported"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Not carried out"


class AuditHappened(models.TextChoices):
    """What can happen to an audit."""

    PLANNED = "planned", "Planned"
    CHANGED = "changed", "Changed"
    BEGAN = "began", "Fieldwork began"
    ASKED = "asked", "Agencies asked"
    CHASED = "chased", "Agencies chased"
    RETURNS_CLOSED = "returns_closed", "Returns closed"
    REPORTED = "reported", "Findings reported"
    CLOSED = "closed", "Closed"
    CANCELLED = "cancelled", "Not carried out"


AUDIT_MOVES: dict[tuple[str, str], str] = {
    (AuditStage.PLANNED, AuditHappened.BEGAN): AuditStage.FIELDWORK,
    (AuditStage.PLANNED, AuditHappened.CANCELLED): AuditStage.CANCELLED,
    (AuditStage.FIELDWORK, AuditHappened.ASKED): AuditStage.FIELDWORK,
    (AuditStage.FIELDWORK, AuditHappened.CHASED): AuditStage.FIELDWORK,
    (AuditStage.FIELDWORK, AuditHappened.RETURNS_CLOSED): AuditStage.MODERATION,
    (AuditStage.FIELDWORK, AuditHappened.CANCELLED): AuditStage.CANCELLED,
    (AuditStage.MODERATION, AuditHappened.REPORTED): AuditStage.REPORTED,
    (AuditStage.REPORTED, AuditHappened.CLOSED): AuditStage.CLOSED,
}
"""What may happen at which stage, and the stage it leads to. Whatever is not here is refused."""

TOLD = (AuditStage.REPORTED, AuditStage.CLOSED)
"""Stages at which the findings are the groups' to read."""
CHANGEABLE = (AuditStage.PLANNED, AuditStage.FIELDWORK, AuditStage.MODERATION, AuditStage.REPORTED)


class Audit(PublicIdModel):
    """One audit. It stands on the schedule from `scheduled_from` (the first of a month) to `scheduled_to` (the last).

    `subject` says what it is about in a word or two: audits of one subject are compared. `lead_group` watches its
    action plan, `looking_on` reads it. `version` counts changes of the facts; who saves names the version read.
    `small_numbers_shown_*`: a named person let the annual report print counts of five children or fewer, and why.
    """

    title = models.CharField(max_length=150)
    kind = models.CharField(max_length=15, choices=AuditKind)
    subject = models.CharField(max_length=60, blank=True)
    lead_group = models.ForeignKey(Group, models.PROTECT, related_name="audits_led")
    looking_on = models.ForeignKey(Group, models.PROTECT, null=True, blank=True, related_name="audits_watched")
    themes = models.ManyToManyField(Theme, related_name="audits", blank=True)
    scheduled_from = models.DateField()
    scheduled_to = models.DateField()
    terms_of_reference = models.TextField(blank=True)
    team = models.TextField("audit team", blank=True, help_text="Positions, one on each line")
    period_from = models.DateField("period audited from", null=True, blank=True)
    period_to = models.DateField("period audited to", null=True, blank=True)
    fieldwork_from = models.DateField(null=True, blank=True)
    fieldwork_to = models.DateField(null=True, blank=True)
    tool = models.ForeignKey(AuditTool, models.PROTECT, null=True, blank=True, related_name="audits")
    summary = models.TextField("what the audit found", blank=True)
    stage = models.CharField(max_length=10, choices=AuditStage, default=AuditStage.PLANNED)
    plan = models.OneToOneField(ActionPlan, models.PROTECT, null=True, blank=True, related_name="audit")
    small_numbers_shown_on = models.DateField(null=True, blank=True)
    small_numbers_shown_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    small_numbers_because = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering = ["scheduled_from", "title"]
        constraints = [
            ends_after_it_starts("scheduled_from", "scheduled_to", name="audit_is_scheduled_forwards"),
            both_or_neither("period_from", "period_to", name="audited_period_has_both_ends"),
            ends_after_it_starts("period_from", "period_to", name="audited_period_runs_forwards"),
            both_or_neither("fieldwork_from", "fieldwork_to", name="fieldwork_has_both_ends"),
            ends_after_it_starts("fieldwork_from", "fieldwork_to", name="fieldwork_runs_forwards"),
            models.CheckConstraint(condition=Q(stage__in=AuditStage.values), name="audit_stage_is_known"),
            models.CheckConstraint(
                condition=Q(looking_on__isnull=True) | ~Q(looking_on=F("lead_group")),
                name="another_group_looks_on",
            ),
            models.CheckConstraint(
                condition=Q(
                    small_numbers_shown_on__isnull=True, small_numbers_shown_by__isnull=True, small_numbers_because=""
                )
                | (
                    Q(small_numbers_shown_on__isnull=False, small_numbers_shown_by__isnull=False)
                    & ~Q(small_numbers_because="")
                ),
                name="small_numbers_are_shown_by_somebody_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("audits:audit", args=[self.pk])

    @property
    def year(self) -> FinancialYear:
        """The year in which it begins."""
        return FinancialYear.containing(self.scheduled_from)

    @property
    def months(self) -> str:
        """ "April to July 2017" """
        first, last = Month.containing(self.scheduled_from), Month.containing(self.scheduled_to)
        if first == last:
            return first.label
        return f"{first.name if first.calendar_year == last.calendar_year else first.label} to {last.label}"

    @property
    def is_told(self) -> bool:
        return self.stage in TOLD

    @property
    def is_changeable(self) -> bool:
        return self.stage in CHANGEABLE

    @property
    def shows_small_numbers(self) -> bool:
        return self.small_numbers_shown_on is not None

    def allows(self, happened: str) -> bool:
        return (self.stage, happened) in AUDIT_MOVES


class AuditEvent(models.Model):
    """One thing that happened to an audit, on its day."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="events")
    happened = models.CharField(max_length=15, choices=AuditHappened)
    on = models.DateField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = AuditEventQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["audit", "happened"],
                condition=Q(
                    happened__in=[
                        AuditHappened.PLANNED,
                        AuditHappened.BEGAN,
                        AuditHappened.RETURNS_CLOSED,
                        AuditHappened.REPORTED,
                        AuditHappened.CLOSED,
                        AuditHappened.CANCELLED,
                    ]
                ),
                name="audit_reaches_a_stage_once",
            ),
            models.CheckConstraint(
                condition=~Q(happened=AuditHappened.CANCELLED) | ~Q(text=""),
                name="audit_not_carried_out_has_its_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audit}: {self.get_happened_display()}"


class AuditWorkshop(models.Model):
    """A day on which practitioners look at the cases, or hear what was found."""

    audit = models.ForeignKey(Audit, models.CASCADE, related_name="workshops")
    held_on = models.DateField()
    about = models.CharField(max_length=200)

    objects = AuditWorkshopQuerySet.as_manager()

    class Meta:
        ordering = ["audit", "held_on", "pk"]

    def __str__(self) -> str:
        return f"{self.about} on {self.held_on}"


# ---- Cases and returns ----------------------------------------------------------------------------------------------


class AgeBand(models.TextChoices):
    UNBORN = "unborn", "Before birth"
    UNDER_1 = "under_1", "Under 1"
    FROM_1 = "1_4", "1 to 4"
    FROM_5 = "5_9", "5 to 9"
    FROM_10 = "10_14", "10 to 14"
    FROM_15 = "15_17", "15 to 17"


class Risk(models.TextChoices):
    HIGH = "high", "High"
    MEDIUM = "medium", "Medium"
    LOWER = "lower", "Lower"


class PlanStatus(models.TextChoices):
    NONE = "none", "No plan"
    EARLY_HELP = "early_help", "Early help"
    IN_NEED = "in_need", "Child in need"
    DISABILITY = "disability", "Child in need, disability"
    PROTECTION = "protection", "Child protection"
    LOOKED_AFTER = "looked_after", "Looked after"


class CaseOutcome(models.TextChoices):
    """What became of the risk to the child."""

    REDUCED = "reduced", "Risk reduced"
    STATIC = "static", "Risk static"
    ONGOING = "ongoing", "Risk ongoing"


class AuditCase(PublicIdModel):
    """One child's case under a pseudonym. `grade` is the audit team's for the whole case."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="cases")
    number = models.PositiveSmallIntegerField()
    pseudonym = models.CharField(max_length=40)
    age_band = models.CharField(max_length=10, choices=AgeBand)
    risk = models.CharField("risk level", max_length=10, choices=Risk)
    plan_status = models.CharField(max_length=15, choices=PlanStatus)
    grade = models.ForeignKey(AuditGrade, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField("outcome for the child", max_length=10, choices=CaseOutcome, blank=True)
    outcome_note = models.TextField("what changed for the child", blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AuditCaseQuerySet.as_manager()

    class Meta:
        ordering = ["audit", "number"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="one_case_of_a_number_in_an_audit"),
            models.UniqueConstraint(fields=["audit", "pseudonym"], name="one_case_of_a_pseudonym_in_an_audit"),
        ]

    def __str__(self) -> str:
        return self.pseudonym

    def get_absolute_url(self) -> str:
        return reverse("audits:audit_case", args=[self.pk])


class ReturnStatus(models.TextChoices):
    DUE = "due", "Due"
    RECEIVED = "received", "Received"
    NO_INVOLVEMENT = "no_involvement", "No involvement"
    NO_RETURN = "no_return", "No return"


class ReturnHappened(models.TextChoices):
    SENT = "sent", "Return sent"
    NOT_INVOLVED = "not_involved", "No involvement"
    GIVEN_UP = "given_up", "No return"
    SENT_BACK = "sent_back", "Sent back"


AUDIT_RETURN_MOVES: dict[tuple[str, str], str] = {
    (ReturnStatus.DUE, ReturnHappened.SENT): ReturnStatus.RECEIVED,
    (ReturnStatus.DUE, ReturnHappened.NOT_INVOLVED): ReturnStatus.NO_INVOLVEMENT,
    (ReturnStatus.DUE, ReturnHappened.GIVEN_UP): ReturnStatus.NO_RETURN,
    (ReturnStatus.NO_RETURN, ReturnHappened.SENT): ReturnStatus.RECEIVED,
    (ReturnStatus.NO_RETURN, ReturnHappened.NOT_INVOLVED): ReturnStatus.NO_INVOLVEMENT,
    (ReturnStatus.RECEIVED, ReturnHappened.SENT_BACK): ReturnStatus.DUE,
    (ReturnStatus.NO_INVOLVEMENT, ReturnHappened.SENT_BACK): ReturnStatus.DUE,
}
"""What may happen to a return. One that comes after it was given up is taken: late is marked, never lost."""

ANSWERABLE = (ReturnStatus.DUE, ReturnStatus.NO_RETURN)


class AuditReturn(PublicIdModel):
    """What one agency says about one case. Until it is sent it is the agency's own draft.

    `own_grade` is the agency's and never changes once it is moderated; `moderated_grade` is the audit team's, with its
    reason. `version` counts the agency's saves.
    """

    case = models.ForeignKey(AuditCase, models.PROTECT, related_name="returns")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="audit_returns")
    asked_on = models.DateField()
    due = models.DateField()
    status = models.CharField(max_length=15, choices=ReturnStatus, default=ReturnStatus.DUE)
    received_on = models.DateField(null=True, blank=True)
    own_grade = models.ForeignKey(AuditGrade, models.PROTECT, null=True, blank=True, related_name="+")
    account = models.TextField("what the agency found", blank=True)
    files = models.ManyToManyField(Attachment, related_name="audit_returns", blank=True)
    sent_back_because = models.TextField("what was missing", blank=True)
    moderated_grade = models.ForeignKey(AuditGrade, models.PROTECT, null=True, blank=True, related_name="+")
    moderation_reason = models.TextField("reason for the moderated grade", blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AuditReturnQuerySet.as_manager()

    class Meta:
        ordering = ["case", "agency__name"]
        constraints = [
            models.UniqueConstraint(fields=["case", "agency"], name="one_return_of_an_agency_for_a_case"),
            models.CheckConstraint(condition=Q(due__gte=F("asked_on")), name="audit_return_is_due_after_it_is_asked"),
            models.CheckConstraint(
                condition=Q(status__in=[ReturnStatus.RECEIVED, ReturnStatus.NO_INVOLVEMENT], received_on__isnull=False)
                | Q(status__in=[ReturnStatus.DUE, ReturnStatus.NO_RETURN], received_on__isnull=True),
                name="audit_return_that_came_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(status=ReturnStatus.RECEIVED) | Q(own_grade__isnull=False),
                name="received_audit_return_has_its_own_grade",
            ),
            models.CheckConstraint(
                condition=Q(moderated_grade__isnull=True, moderation_reason="")
                | (Q(status=ReturnStatus.RECEIVED, moderated_grade__isnull=False) & ~Q(moderation_reason="")),
                name="moderated_grade_of_a_received_return_has_its_reason",
            ),
        ]
        indexes = [models.Index(fields=["status", "due"], name="audit_returns_by_due")]

    def __str__(self) -> str:
        return f"{self.case.pseudonym}, {self.agency}"

    def get_absolute_url(self) -> str:
        return reverse("audits:audit_return", args=[self.pk])

    @property
    def is_in(self) -> bool:
        return self.status == ReturnStatus.RECEIVED

    @property
    def takes_answers(self) -> bool:
        return self.status in ANSWERABLE

    @property
    def was_late(self) -> bool:
        return self.received_on is not None and self.received_on > self.due

    def is_late(self, today: dt.date) -> bool:
        return self.status == ReturnStatus.DUE and self.due < today


class AuditAnswer(models.Model):
    """The grade and the evidence of an agency for one question."""

    audit_return = models.ForeignKey(AuditReturn, models.CASCADE, related_name="answers")
    question = models.ForeignKey(AuditQuestion, models.PROTECT, related_name="+")
    grade = models.ForeignKey(AuditGrade, models.PROTECT, null=True, blank=True, related_name="+")
    evidence = models.TextField(blank=True)

    objects = AuditAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["audit_return", "question__number"]
        constraints = [
            models.UniqueConstraint(fields=["audit_return", "question"], name="one_answer_to_an_audit_question")
        ]

    def __str__(self) -> str:
        return f"Answer {self.question.number}"


# ---- What came of it ------------------------------------------------------------------------------------------------


class FindingKind(models.TextChoices):
    STRENGTH = "strength", "Strength"
    GAP = "gap", "Gap"


class AuditFinding(models.Model):
    """What the audit found. The annual report prints `public` and nothing else: no child can be known by it."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="findings")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=10, choices=FindingKind)
    theme = models.CharField(max_length=80)
    text = models.TextField()
    public = models.TextField("words for the annual report", blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = AuditFindingQuerySet.as_manager()

    class Meta:
        ordering = ["audit", "number"]
        constraints = [models.UniqueConstraint(fields=["audit", "number"], name="one_finding_of_a_number_in_an_audit")]

    def __str__(self) -> str:
        return f"Finding {self.number}"


class AuditRecommendation(models.Model):
    """What should change, and the actions in the audit's plan that it became."""

    audit = models.ForeignKey(Audit, models.PROTECT, related_name="recommendations")
    number = models.PositiveSmallIntegerField()
    text = models.TextField()
    actions = models.ManyToManyField(Action, related_name="audit_recommendations", blank=True)

    objects = AuditRecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["audit", "number"]
        constraints = [
            models.UniqueConstraint(fields=["audit", "number"], name="one_recommendation_of_a_number_in_an_audit")
        ]

    def __str__(self) -> str:
        return f"Recommendation {self.number}"
