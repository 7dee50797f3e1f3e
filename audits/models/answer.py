"""An answer to one question of a return, and the files that show it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from lscb.files.models import Attachment

from ..returns.querysets import EvidenceQuerySet, ReturnAnswerQuerySet
from .framework import Option, Question
from .returns import Return


class Answer(models.Model):
    """The row is there from the day the return is asked for; unanswered is neither a grade nor not applicable.

    `version` counts saves, `saved_from` is the page that saved last: that page may save again, another that was drawn
    from an earlier version is told. `to_confirm` marks an answer of last time that nobody has said is still true.
    """

    of_return = models.ForeignKey(Return, models.PROTECT, related_name="answers")
    question = models.ForeignKey(Question, models.PROTECT, related_name="answers")
    option = models.ForeignKey(Option, models.PROTECT, null=True, blank=True, related_name="+", verbose_name="grade")
    not_applicable = models.BooleanField(default=False)
    why_not = models.TextField("why it does not apply", blank=True)
    evidence = models.TextField(blank=True)
    improvement = models.TextField("what will be improved", blank=True)
    improve_by = models.DateField("improved by", null=True, blank=True)
    carried_from = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    to_confirm = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=0)
    saved_from = models.CharField(max_length=32, blank=True)
    saved_at = models.DateTimeField(null=True, blank=True)
    saved_by_name = models.CharField(max_length=120, blank=True)

    objects = ReturnAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["question__standard__number", "question__number"]
        constraints = [
            models.UniqueConstraint(fields=["of_return", "question"], name="one_answer_per_question"),
            models.CheckConstraint(
                condition=Q(not_applicable=False) | Q(option__isnull=True), name="not_applicable_has_no_grade"
            ),
            models.CheckConstraint(
                condition=Q(to_confirm=False) | Q(carried_from__isnull=False),
                name="only_a_carried_answer_is_to_confirm",
            ),
        ]

    def __str__(self) -> str:
        return f"Answer {self.pk}"

    @property
    def is_answered(self) -> bool:
        """A grade, or a reason why the question does not apply."""
        return self.option_id is not None or (self.not_applicable and bool(self.why_not))

    @property
    def needs_improvement(self) -> bool:
        """Whether the grade asks what will be improved."""
        return self.option is not None and self.option.needs_action


class Evidence(models.Model):
    """A file that shows what an answer says."""

    answer = models.ForeignKey(Answer, models.PROTECT, related_name="files")
    attachment = models.OneToOneField(Attachment, models.PROTECT, related_name="+")

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"

    def __str__(self) -> str:
        return f"Evidence of {self.answer}"
