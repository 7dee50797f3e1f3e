"""The annual report: one row per edition, and the board's own words for each chapter."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from lscb.accounts.models import User
from lscb.common.lists import XLSX_TYPE
from lscb.common.models import FinancialYearField, PublicIdModel, both_or_neither
from lscb.common.storage import private_storage, random_name
from lscb.common.word_documents import DOCX_TYPE
from lscb.jobs.models import Job, JobState

from .querysets import (
    FROZEN,
    AnnualReportQuerySet,
    ChapterPlaceQuerySet,
    CorrectionQuerySet,
    PublicationQuerySet,
    ReportCommentQuerySet,
    ReportFileQuerySet,
    ReportWordsQuerySet,
)


class State(models.TextChoices):
    DRAFT = "draft", "Draft"
    BUILDING = "building", "Building"
    READY = "ready", "Ready to approve"
    APPROVED = "approved", "Approved"
    FAILED = "failed", "Not built"


MOVES: dict[str, frozenset[str]] = {
    State.DRAFT: frozenset({State.BUILDING}),
    State.BUILDING: frozenset({State.READY, State.FAILED}),
    State.READY: frozenset({State.BUILDING, State.APPROVED}),
    State.FAILED: frozenset({State.BUILDING}),
    State.APPROVED: frozenset(),
}
"""Failed is never stored: a report that is building fails with its job, however that came about (`AnnualReport.life`).
So none stays “building” for ever, and starting the job again from its own page is enough."""


class AnnualReport(PublicIdModel):
    """One edition of the report of a year.

    An edition may be built again until it is approved; then its content is frozen, and what moves later comes as the
    next edition. `content` holds everything that is printed (see `content.py`), so page and PDF can be drawn from it
    at any time and always say the same. Approving also prints the PDF once more with the approval on its cover;
    `printed_at` is when that was done, and from then on the file is frozen too.
    """

    year = FinancialYearField()
    number = models.PositiveSmallIntegerField(help_text="The edition, counted from 1 in each year")
    as_at = models.DateField(help_text="The figures are those known on this day")
    state = models.CharField(max_length=10, choices=State, default=State.DRAFT, help_text="Read it by `life`")
    content = models.JSONField(default=dict)
    content_digest = models.CharField(max_length=64, blank=True)
    pdf = models.FileField(storage=private_storage, upload_to=random_name, blank=True)
    pdf_digest = models.CharField(max_length=64, blank=True)
    pages = models.PositiveSmallIntegerField(default=0)
    job = models.OneToOneField(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    built_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ready_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    printed_at = models.DateTimeField(null=True, blank=True)

    objects = AnnualReportQuerySet.as_manager()

    class Meta:
        ordering = ["-year", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["year", "number"], name="one_report_per_year_and_edition"),
            models.UniqueConstraint(fields=["year"], condition=~Q(state="approved"), name="one_open_edition_per_year"),
            both_or_neither("approved_at", "approved_by", name="report_approved_when_and_by"),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "building", "ready", "approved"]), name="report_state_is_stored_one"
            ),
            models.CheckConstraint(
                condition=Q(state="approved", approved_at__isnull=False) | (~Q(state="approved") & Q(approved_at=None)),
                name="report_is_approved_when_somebody_approved_it",
            ),
            models.CheckConstraint(
                condition=Q(built_by=None) | Q(approved_by=None) | ~Q(approved_by=F("built_by")),
                name="report_is_approved_by_a_second_person",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["ready", "approved"])
                | (~Q(content_digest="") & ~Q(pdf_digest="") & ~Q(pdf="") & Q(pages__gt=0, ready_at__isnull=False)),
                name="finished_report_has_content_and_pdf_with_hashes",
            ),
            models.CheckConstraint(
                condition=Q(printed_at=None) | Q(state="approved"), name="only_an_approved_report_is_printed"
            ),
        ]

    def __str__(self) -> str:
        return f"Annual report {self.year}, edition {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("reports:report_detail", args=[self.pk])

    @property
    def life(self) -> State:
        """Where it stands: as stored, but failed when the job that builds it has ended without a report."""
        failed = self.job is None or self.job.state in (JobState.FAILED, JobState.CANCELLED)
        return State.FAILED if self.state == State.BUILDING and failed else State(self.state)

    @property
    def is_being_printed(self) -> bool:
        """Approved, while its job prints the PDF with the approval on it."""
        return self.state == State.APPROVED and not self.is_frozen

    @property
    def is_frozen(self) -> bool:
        return self.printed_at is not None

    @property
    def is_finished(self) -> bool:
        """There is something to read: a preview and a PDF."""
        return self.state in (State.READY, State.APPROVED)

    @property
    def filename(self) -> str:
        """What the download is called: plain, and a draft says so."""
        return f"annual-report-{self.year}{'' if self.is_frozen else '-draft'}.pdf"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding and AnnualReport.objects.filter(pk=self.pk, printed_at__isnull=False).exists():
            raise TypeError(FROZEN)
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("An annual report is never removed.")


class Format(models.TextChoices):
    """Formats that are made once, with the approved PDF, and kept. Page and facts are drawn from the content."""

    DOCX = "docx", "Word document"
    XLSX = "xlsx", "Tables as a workbook"


class ReportFile(models.Model):
    """An approved edition in another format, made by the job that prints it. Added once, never changed."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="files")
    format = models.CharField(max_length=4, choices=Format)
    file = models.FileField(storage=private_storage, upload_to=random_name)
    digest = models.CharField(max_length=64)
    size = models.PositiveIntegerField(help_text="Bytes")

    objects = ReportFileQuerySet.as_manager()

    class Meta:
        ordering = ["report", "format"]
        constraints = [
            models.UniqueConstraint(fields=["report", "format"], name="one_file_of_a_format"),
            models.CheckConstraint(condition=Q(format__in=Format.values), name="file_has_a_known_format"),
        ]

    def __str__(self) -> str:
        return f"{self.report} as {self.get_format_display()}"

    @property
    def filename(self) -> str:
        return f"annual-report-{self.report.year}.{self.format}"

    @property
    def content_type(self) -> str:
        return {Format.DOCX: DOCX_TYPE, Format.XLSX: XLSX_TYPE}[Format(self.format)]


class Publication(models.Model):
    """An approved edition that the public reads, from when to when. What is published is the frozen edition itself.

    Withdrawn with a reason when it must not be read any more; an edition is published once.
    """

    report = models.OneToOneField(AnnualReport, models.PROTECT, related_name="publication")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    withdrawn_because = models.TextField(blank=True)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at"]
        constraints = [
            both_or_neither("withdrawn_at", "withdrawn_by", name="publication_withdrawn_when_and_by"),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_because="")
                | (Q(withdrawn_at__isnull=False) & ~Q(withdrawn_because="")),
                name="publication_is_withdrawn_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"Publication of {self.report}"


class Correction(models.Model):
    """A notice that a printed figure has moved since (domain: "Annual report"). Stands beside the edition for ever.

    The edition itself stays as it was approved. `was` and `now` are printed forms.
    """

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="corrections")
    fact = models.CharField(max_length=150, help_text="Full name, chapter.fact")
    label = models.CharField(max_length=300)
    was = models.CharField(max_length=100)
    now = models.CharField(max_length=100)
    sentence = models.TextField(help_text="Why it moved, for the public")
    noted_at = models.DateTimeField()
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-noted_at"]
        constraints = [
            models.CheckConstraint(condition=~Q(was=F("now")), name="correction_changes_a_figure"),
            models.CheckConstraint(condition=~Q(sentence=""), name="correction_says_why"),
            models.UniqueConstraint(fields=["report", "fact", "now"], name="one_notice_of_a_figure"),
        ]

    def __str__(self) -> str:
        return f"Correction of {self.fact} in {self.report}"


class ReportComment(models.Model):
    """What a reader of an edition in review says about a chapter, and when that was settled."""

    report = models.ForeignKey(AnnualReport, models.PROTECT, related_name="comments")
    chapter = models.SlugField(max_length=40)
    text = models.TextField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    objects = ReportCommentQuerySet.as_manager()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            both_or_neither("settled_at", "settled_by", name="comment_settled_when_and_by"),
            models.CheckConstraint(condition=~Q(text=""), name="comment_says_something"),
        ]

    def __str__(self) -> str:
        return f"Comment on {self.chapter} of {self.report}"


class ChapterPlace(models.Model):
    """Where a chapter stands in the report of a year, or that it is left out. Without a row: where the code has it."""

    year = FinancialYearField()
    chapter = models.SlugField(max_length=40)
    place = models.PositiveSmallIntegerField()
    is_left_out = models.BooleanField(default=False)

    objects = ChapterPlaceQuerySet.as_manager()

    class Meta:
        ordering = ["year", "place"]
        constraints = [
            models.UniqueConstraint(fields=["year", "chapter"], name="one_place_of_a_chapter"),
            models.UniqueConstraint(fields=["year", "place"], name="one_chapter_in_a_place"),
        ]

    def __str__(self) -> str:
        return f"Place of {self.chapter} in the annual report {self.year}"


class ReportWords(models.Model):
    """The board's own words for one chapter of one year, in Markdown; facts are named in them, not typed.

    `version` counts the saves: who saves a version older than the one on file is told and loses nothing.
    """

    year = FinancialYearField()
    chapter = models.SlugField(max_length=40)
    markdown = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField()
    updated_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    taken_from = FinancialYearField(null=True, blank=True, help_text="Last year's words, not yet confirmed")

    objects = ReportWordsQuerySet.as_manager()

    class Meta:
        ordering = ["year", "chapter"]
        verbose_name_plural = "report words"
        constraints = [models.UniqueConstraint(fields=["year", "chapter"], name="one_text_per_year_and_chapter")]

    def __str__(self) -> str:
        return f"Words of the annual report {self.year}, {self.chapter}"
