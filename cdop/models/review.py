"""The review form (Form C), filled in at the panel and saved part by part."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lscb.common.encryption import EncryptedTextField

from ..querysets import OfDeathQuerySet, OfReviewQuerySet, ReviewQuerySet
from .case import Death
from .codes import (
    FACTORS,
    Category,
    Domain,
    Ethnicity,
    EventType,
    Expected,
    Influence,
    Modifiable,
    Place,
    Sex,
    When,
    YesNoUnknown,
    primary,
)

FACTS = ("sex", "ethnicity", "expected", "place", "event", "plan", "order", "asylum")
LEARNING = ("issues", "learning", "recommendations", "linked_review")


class Review(models.Model):
    """What the panel found. Codes may be empty while it is written, and none is when it closes.

    `facts_version`, `finding_version` and `learning_version` count the saves of each part, so that two people in
    different parts never collide. Texts are anonymised like the paper, and encrypted all the same.
    """

    death = models.OneToOneField(Death, models.CASCADE, primary_key=True, related_name="review")
    sex = models.CharField(max_length=15, choices=Sex, blank=True)
    ethnicity = models.CharField(max_length=15, choices=Ethnicity, blank=True)
    expected = models.CharField(max_length=15, choices=Expected, blank=True)
    place = models.CharField("place of death", max_length=15, choices=Place, blank=True)
    event = models.CharField("type of event", max_length=15, choices=EventType, blank=True)
    plan = models.CharField("child protection plan", max_length=15, choices=When, blank=True)
    order = models.CharField("statutory order", max_length=15, choices=When, blank=True)
    asylum = models.CharField("asylum seeker", max_length=15, choices=YesNoUnknown, blank=True)
    modifiable = models.CharField("modifiable factors", max_length=15, choices=Modifiable, blank=True)
    issues = EncryptedTextField(default="")
    learning = EncryptedTextField(default="")
    recommendations = EncryptedTextField(default="")
    linked_review = EncryptedTextField(default="")
    facts_version = models.PositiveIntegerField(default=0)
    finding_version = models.PositiveIntegerField(default=0)
    learning_version = models.PositiveIntegerField(default=0)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(modifiable__in=["", *Modifiable.values]), name="known_modifiability"),
            models.CheckConstraint(condition=Q(plan__in=["", *When.values]), name="known_status_of_plan"),
            models.CheckConstraint(condition=Q(order__in=["", *When.values]), name="known_status_of_order"),
        ]

    def __str__(self) -> str:
        return "Review"

    @property
    def primary_category(self) -> Category | None:
        return primary({one.category for one in self.categories.all()})


class ReviewCategory(models.Model):
    """A category that the panel ticked."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="categories")
    category = models.CharField(max_length=12, choices=Category)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "review categories"
        constraints = [
            models.UniqueConstraint(fields=["review", "category"], name="a_category_is_ticked_once"),
            models.CheckConstraint(condition=Q(category__in=Category.values), name="review_has_a_known_category"),
        ]

    def __str__(self) -> str:
        return self.get_category_display()


class DomainReview(models.Model):
    """One of the four domains, saved for itself."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="domains")
    domain = models.CharField(max_length=10, choices=Domain)
    text = EncryptedTextField(default="")
    version = models.PositiveIntegerField(default=1)

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["review", "domain"], name="a_domain_is_reviewed_once"),
            models.CheckConstraint(condition=Q(domain__in=Domain.values), name="review_of_a_known_domain"),
        ]

    def __str__(self) -> str:
        return self.get_domain_display()


class Factor(models.Model):
    """A factor and its influence, a code and not a number."""

    domain_review = models.ForeignKey(DomainReview, models.CASCADE, related_name="factors")
    factor = models.CharField(max_length=20, choices=[(code, label) for code, (_, label) in FACTORS.items()])
    influence = models.CharField(max_length=2, choices=Influence)

    objects = OfDeathQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["domain_review", "factor"], name="a_factor_is_coded_once"),
            models.CheckConstraint(condition=Q(influence__in=Influence.values), name="factor_has_a_known_influence"),
        ]

    def __str__(self) -> str:
        return f"{self.get_factor_display()}: {self.influence}"
