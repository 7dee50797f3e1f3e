"""A case review: referred, decided, run through its stages (domain: "Case reviews").

The code name stands on pages for those who may read the review and nowhere else: everything that leaves the page
(addresses, titles, e-mails, files, the trail) says the reference.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse

from boards.models import Group
from lscb.accounts.models import Agency
from lscb.actions.models import ActionPlan
from lscb.common.models import PublicIdModel
from lscb.common.words import worded

from ..querysets import CaseReviewQuerySet, CriterionConsideredQuerySet, StageEventQuerySet

if TYPE_CHECKING:
    from .learning import LearningTheme

PRACTICE_REVIEWS_FROM = dt.date(2018, 6, 29)
"""Child Safeguarding Practice Review and Relevant Agency (England) Regulations 2018 came into force."""
SERIOUS_CASE_REVIEWS_UNTIL = dt.date(2019, 9, 29)
"""By then safeguarding partners had taken over everywhere (Working Together: transitional guidance, 2018)."""


class ReviewKind(models.TextChoices):
    SERIOUS_CASE = "serious_case", "Serious case review"
    PARTNERSHIP = "partnership", "Partnership review"
    THEMATIC = "thematic", "Thematic review"
    MULTI_AGENCY = "multi_agency", "Multi-agency learning review"
    SINGLE_AGENCY = "single_agency", "Single-agency learning review"
    RAPID = "rapid", "Rapid review"
    PRACTICE = "practice", "Local child safeguarding practice review"


OF_THE_OLD_LAW = (ReviewKind.SERIOUS_CASE, ReviewKind.PARTNERSHIP)
OF_THE_NEW_LAW = (ReviewKind.RAPID, ReviewKind.PRACTICE)
STATUTORY = (ReviewKind.SERIOUS_CASE, ReviewKind.PRACTICE)
"""The one review that the law asks for, under its old and its new name. Each keeps the name of its time."""


class Criterion(models.TextChoices):
    """What the law asks before a review (LSCB Regulations 2006, reg. 5; Working Together 2018, chapter 4)."""

    ABUSE = "abuse", "Abuse or neglect of a child is known or suspected"
    DIED = "died", "The child has died"
    HARMED = "harmed", "The child has been seriously harmed"
    CONCERN = "concern", "There is cause for concern about how agencies worked together"
    IMPROVEMENTS = "improvements", "The case may show what has to improve"
    RECURRENT = "recurrent", "The case may show themes that come up again and again"


CRITERIA: dict[str, tuple[Criterion, ...]] = {
    kind: (Criterion.ABUSE, Criterion.DIED, Criterion.HARMED)
    + ((Criterion.IMPROVEMENTS, Criterion.RECURRENT) if kind in OF_THE_NEW_LAW else (Criterion.CONCERN,))
    for kind in ReviewKind.values
}
"""The criteria to consider for each kind."""


class Answer(models.TextChoices):
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    NOT_KNOWN = "not_known", "Not known"


class Stage(models.TextChoices):
    REFERRED = "referred", "Referred"
    CONSIDERED = "considered", "Considered"
    NOT_PROGRESSED = "not_progressed", "Not progressed"
    AGREED = "agreed", "Agreed"
    PANEL = "panel", "Panel in place"
    FIELDWORK = "fieldwork", "Fieldwork"
    DRAFTING = "drafting", "Drafting"
    RECEIVED = "received", "Report received"
    PRESENTED = "presented", worded("Presented to the {board}")
    PUBLISHED = "published", "Published"
    NOT_PUBLISHED = "not_published", "Not to be published"
    ACTION_PLAN = "action_plan", "Action plan running"
    CLOSED = "closed", "Closed"


STAGE_MOVES: dict[str, tuple[str, ...]] = {
    Stage.REFERRED: (Stage.CONSIDERED,),
    Stage.CONSIDERED: (Stage.AGREED, Stage.NOT_PROGRESSED),
    Stage.NOT_PROGRESSED: (),
    Stage.AGREED: (Stage.PANEL,),
    Stage.PANEL: (Stage.FIELDWORK,),
    Stage.FIELDWORK: (Stage.DRAFTING,),
    Stage.DRAFTING: (Stage.RECEIVED,),
    Stage.RECEIVED: (Stage.PRESENTED,),
    Stage.PRESENTED: (Stage.ACTION_PLAN, Stage.PUBLISHED, Stage.NOT_PUBLISHED),
    Stage.PUBLISHED: (Stage.ACTION_PLAN, Stage.CLOSED),
    Stage.NOT_PUBLISHED: (Stage.ACTION_PLAN, Stage.CLOSED),
    Stage.ACTION_PLAN: (Stage.PUBLISHED, Stage.NOT_PUBLISHED, Stage.CLOSED),
    Stage.CLOSED: (),
}
"""Where a review may go from each stage. Whatever is not here is refused. The action plan need not wait for the
publication, which proceedings may hold up for years."""

ENDED = (Stage.NOT_PROGRESSED, Stage.CLOSED)
NEEDS_REASON = (Stage.NOT_PROGRESSED, Stage.NOT_PUBLISHED)
SETTLES_PUBLICATION = (Stage.PUBLISHED, Stage.NOT_PUBLISHED)
BY_RELEASE_ONLY = Stage.PUBLISHED
WORDED = (
    ("public_name", "what it is about"),
    ("public_summary", "the summary"),
    ("public_learning", "the learning"),
)
"""What must be worded for the public before anything is published."""


class CaseReview(PublicIdModel):
    """One review. Its key is the key of the case: plan, files and meetings about it carry it.

    `group` commissions it and watches its plan. `version` counts changes of its texts.
    """

    number = models.PositiveIntegerField(unique=True)
    code_name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, choices=ReviewKind)
    group = models.ForeignKey(Group, models.PROTECT, related_name="case_reviews", verbose_name="commissioned by")
    referred_on = models.DateField()
    referred_by = models.CharField(max_length=150, help_text="A role or an agency, never a person's name")
    referral = models.TextField(help_text="Why a review is asked for; no name of a child or family")
    lead_reviewer = models.CharField(max_length=150, blank=True)
    agencies = models.ManyToManyField(Agency, related_name="case_reviews", verbose_name="agencies involved")
    themes: models.ManyToManyField[LearningTheme, Any] = models.ManyToManyField(
        "LearningTheme", related_name="reviews", blank=True
    )
    stage = models.CharField(max_length=15, choices=Stage, default=Stage.REFERRED)
    report_expected = models.DateField(null=True, blank=True)
    public_name = models.CharField(max_length=150, blank=True, help_text="What it is about, for the public")
    public_status = models.CharField(max_length=300, blank=True)
    public_summary = models.TextField(blank=True)
    public_learning = models.TextField(blank=True)
    plan = models.OneToOneField(ActionPlan, models.PROTECT, null=True, blank=True, related_name="case_review")
    asks_reason = models.BooleanField("asks who opens it for a reason", default=False)
    version = models.PositiveIntegerField(default=1)

    objects = CaseReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(Lower("code_name"), name="one_case_review_of_a_code_name"),
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="case_review_is_in_a_known_stage"),
            models.CheckConstraint(condition=Q(kind__in=ReviewKind.values), name="case_review_is_of_a_known_kind"),
            models.CheckConstraint(
                condition=~Q(kind__in=OF_THE_OLD_LAW) | Q(referred_on__lte=SERIOUS_CASE_REVIEWS_UNTIL),
                name="serious_case_reviews_ended_in_2019",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=OF_THE_NEW_LAW) | Q(referred_on__gte=PRACTICE_REVIEWS_FROM),
                name="practice_reviews_began_in_2018",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        return reverse("casereviews:review", args=[self.pk])

    @property
    def reference(self) -> str:
        """How everything but its own pages calls it."""
        return f"Case review {self.number}"

    @property
    def is_running(self) -> bool:
        return self.stage not in ENDED

    def may_become(self, stage: str) -> bool:
        return stage in STAGE_MOVES[self.stage]


class StageEvent(models.Model):
    """The review reached a stage on a day. `text` holds the reason or the note, for who may read the review."""

    review = models.ForeignKey(CaseReview, models.PROTECT, related_name="stages")
    stage = models.CharField(max_length=15, choices=Stage)
    on = models.DateField()
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = StageEventQuerySet.as_manager()

    class Meta:
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(stage__in=NEEDS_REASON) | ~Q(text=""), name="not_progressed_and_not_published_say_why"
            ),
            models.UniqueConstraint(
                fields=["review", "stage"], condition=~Q(stage=Stage.ACTION_PLAN), name="a_review_reaches_a_stage_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.review}: {self.get_stage_display()}"


class CriterionConsidered(models.Model):
    """What was found about one criterion when the referral was considered."""

    review = models.ForeignKey(CaseReview, models.CASCADE, related_name="criteria")
    criterion = models.CharField(max_length=15, choices=Criterion)
    answer = models.CharField(max_length=10, choices=Answer)

    objects = CriterionConsideredQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "criteria considered"
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="a_criterion_is_considered_once"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="a_criterion_has_a_known_answer"),
        ]

    def __str__(self) -> str:
        return f"{self.get_criterion_display()}: {self.get_answer_display()}"
