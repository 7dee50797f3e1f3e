"""What belongs to a review: letters, reports and other papers, and the meetings that spoke of it."""

from __future__ import annotations

from django.db import models

from boards.models import Meeting
from lscb.files.models import Attachment

from ..querysets import OfReviewQuerySet, ReviewMeetingQuerySet
from .review import CaseReview


class PaperKind(models.TextChoices):
    LETTER_IN = "letter_in", "Letter or e-mail received"
    LETTER_OUT = "letter_out", "Letter or e-mail sent"
    TERMS = "terms", "Terms of reference"
    AGENCY_REPORT = "agency_report", "Agency report"
    REPORT = "report", "Overview report"
    OTHER = "other", "Other paper"


class ReviewPaper(models.Model):
    """A letter or paper on its day, with its file when there is one. Correspondence may be a note of a call."""

    review = models.ForeignKey(CaseReview, models.PROTECT, related_name="papers")
    kind = models.CharField(max_length=15, choices=PaperKind)
    on = models.DateField()
    whom = models.CharField("from or to whom", max_length=150, blank=True, help_text="A role or an agency")
    about = models.TextField()
    file = models.OneToOneField(Attachment, models.PROTECT, null=True, blank=True, related_name="review_paper")

    objects = OfReviewQuerySet.as_manager()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(about=""), name="a_paper_says_what_it_is_about"),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class ReviewMeeting(models.Model):
    """A meeting that spoke of the review. One that spoke of nothing else is shut for who is kept out of the review."""

    review = models.ForeignKey(CaseReview, models.PROTECT, related_name="meeting_links")
    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="review_links")

    objects = ReviewMeetingQuerySet.as_manager()

    class Meta:
        ordering = ["-meeting__starts_at"]
        constraints = [models.UniqueConstraint(fields=["review", "meeting"], name="a_meeting_is_linked_once")]

    def __str__(self) -> str:
        return f"{self.review} at {self.meeting}"
