"""What the public reads of a review: a frozen version that one person proposed and a second released."""

from __future__ import annotations

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.common.models import PublicIdModel, both_or_neither

from ..querysets import PublishedReviewQuerySet
from .review import CaseReview


class PublishedReview(PublicIdModel):
    """A version: proposed with everything the public will read, then released, and from then on never changed.

    Everything printed is copied here as text. `learning` is Markdown; `themes` are lines.
    """

    review = models.ForeignKey(CaseReview, models.PROTECT, related_name="published")
    number = models.PositiveIntegerField(help_text="1 for the first version of a review")
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=150)
    summary = models.TextField()
    learning = models.TextField()
    themes = models.TextField(blank=True)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    released_at = models.DateTimeField(null=True, blank=True)
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")

    objects = PublishedReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-released_at", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["review", "number"], name="one_version_of_a_number_of_a_review"),
            models.UniqueConstraint(
                fields=["review"], condition=Q(released_at__isnull=True), name="one_version_of_a_review_waits"
            ),
            both_or_neither("released_at", "released_by", name="a_version_is_released_when_and_by"),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True) | ~Q(released_by=F("proposed_by")),
                name="a_second_person_releases_a_review",
            ),
        ]

    def __str__(self) -> str:
        return f"Version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("learning:review", args=[self.pk])

    @property
    def is_released(self) -> bool:
        return self.released_at is not None

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError("A version is released by the queryset, and never changed.")
        kwargs["force_insert"] = True
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("A version is taken back by the queryset, and only before it is released.")
