"""Writes of the annual report: words, building, approving. Building and printing are done by jobs."""

from __future__ import annotations

import datetime as dt
import hashlib
from functools import partial

from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import Actor, User
from lscb.accounts.permissions import Permission
from lscb.common.errors import Overtaken, RuleBroken
from lscb.common.pdf import Printed, print_pdf
from lscb.common.periods import FinancialYear, local_date
from lscb.jobs.models import Job
from lscb.jobs.services import Progress, enqueue
from lscb.trail.services import record

from . import chapters as the_report
from . import content as contents
from .gathering import gather
from .models import MOVES, AnnualReport, ReportWords, State
from .printing import Approval, document

BUILD_TASK = "lscb.reports.tasks.build"
PRINT_TASK = "lscb.reports.tasks.print_approved"
APPROVER = "independent chair"
LAYOUTS = 3
"""WeasyPrint lays the pages out once more for each round of page references: contents, then running heads."""


# ---- Words ----------------------------------------------------------------------------------------------------------


def save_words(*, year: FinancialYear, chapter: str, markdown: str, version: int, by: Actor) -> ReportWords:
    """Save the board's own words for a chapter. `version` is the one that was read before writing, 0 for none.

    Raises Overtaken when another version is on file by now.
    """
    _require(by, Permission.BUILD_REPORT)
    if the_report.part(chapter) is None:
        raise RuleBroken("The report has no such chapter.")
    with transaction.atomic():
        words = ReportWords.objects.select_for_update().filter(year=year, chapter=chapter).first()
        if words is None:
            words = ReportWords(year=year, chapter=chapter, version=0)
        if words.version != version:
            raise _overtaken(words)
        before = words.markdown
        words.markdown = markdown.replace("\r\n", "\n").strip()
        words.version, words.updated_at, words.updated_by = version + 1, timezone.now(), by
        try:
            with transaction.atomic():
                words.save()
        except IntegrityError:
            raise _overtaken(ReportWords.objects.get(year=year, chapter=chapter)) from None
        record(verb="wrote", by=by, target=words, changes={"markdown": (before, words.markdown)})
    return words


def _overtaken(current: ReportWords) -> Overtaken:
    return Overtaken(
        f"{current.updated_by or 'The portal'} saved these words while you were writing. Your text is still here. "
        "Put the two together, then save.",
        current=current,
        field="markdown",
    )


# ---- The life of an edition -----------------------------------------------------------------------------------------


def start_report(*, year: FinancialYear, as_at: dt.date, by: Actor) -> AnnualReport:
    """Open the next edition of the report of `year`. A year has one open edition at most."""
    _require(by, Permission.BUILD_REPORT)
    _check_as_at(year, as_at)
    with transaction.atomic():
        last = AnnualReport.objects.of_year(year).aggregate(last=Max("number"))["last"] or 0
        report = AnnualReport(year=year, number=last + 1, as_at=as_at)
        try:
            with transaction.atomic():
                report.save(force_insert=True)
        except IntegrityError:
            raise RuleBroken(
                f"The report of {year} is being worked on already. Go on with that edition.", field="year"
            ) from None
        record(verb="started", by=by, target=report)
    return report


def build_report(*, report: AnnualReport, as_at: dt.date, by: Actor, ring_now: bool = True) -> AnnualReport:
    """Have a job gather, lay out and print the edition, with the figures as at `as_at`.

    Asking twice while it is being built changes nothing. Raises RuleBroken for an approved edition.
    """
    _require(by, Permission.BUILD_REPORT)
    _check_as_at(report.year, as_at)
    with transaction.atomic():
        report = _locked(report)
        if report.life == State.BUILDING:
            return report
        _check_move(report, State.BUILDING, "An approved report is never built again. Start the next edition.")
        was = report.life
        report.job = enqueue(
            task=BUILD_TASK,
            title=f"Build the {report}",
            arguments={"report": str(report.pk)},
            by=by,
            permission=Permission.APPROVE_REPORT,
            unique_key=f"report {report.pk}",
            ring_now=ring_now,
        )
        report.state, report.as_at, report.built_by = State.BUILDING, as_at, by
        report.save()
        record(verb="asked to build", by=by, target=report, changes={"state": (was, State.BUILDING)})
    return report


def approve_report(*, report: AnnualReport, content_digest: str, by: User, ring_now: bool = True) -> AnnualReport:
    """The second person agrees to what `content_digest` names: exactly the content they have read.

    It freezes the edition. A job then prints the PDF with the approval on its cover.
    Raises RuleBroken for who built it, for another state, and when it was built again in the meantime.
    """
    _require(by, Permission.APPROVE_REPORT)
    with transaction.atomic():
        report = _locked(report)
        _check_move(report, State.APPROVED, f"This report is {report.life.label.lower()}, so it cannot be approved.")
        if report.built_by_id == by.pk:
            raise RuleBroken("You built this report, so somebody else must approve it.")
        if report.content_digest != content_digest or contents.digest(report.content) != content_digest:
            raise RuleBroken("The report was built again since you opened it. Read it once more, then approve it.")
        report.state, report.approved_by, report.approved_at = State.APPROVED, by, timezone.now()
        report.job = enqueue(
            task=PRINT_TASK,
            title=f"Print the approved {str(report).lower()}",
            arguments={"report": str(report.pk)},
            by=by,
            permission=Permission.BUILD_REPORT,
            unique_key=f"report {report.pk}",
            ring_now=ring_now,
        )
        report.save()
        record(
            verb="approved",
            by=by,
            target=report,
            changes={"state": (State.READY, State.APPROVED)},
            reason=f"Content {report.content_digest}.",
        )
    return report


def record_download(*, report: AnnualReport, by: User) -> None:
    with transaction.atomic():
        record(verb="downloaded", by=by, target=report)


# ---- What the jobs do -----------------------------------------------------------------------------------------------


def do_build(*, progress: Progress, report: str) -> None:
    """Gather the chapters, lay out, print, keep: content and PDF of the edition in one transaction."""
    edition = AnnualReport.objects.get(pk=report)
    progress.step("Gathering the chapters", 0, 100)
    told = 0

    def tell(chapter: str) -> None:
        nonlocal told
        progress.step(f"Gathering: {chapter}", 20 * told // len(the_report.CHAPTERS), 100)
        told += 1

    content = gather(year=edition.year, number=edition.number, as_at=edition.as_at, tell=tell)
    plain = contents.to_json(content)
    printed = _print(edition, content, None, progress, begin=20)
    with progress.finishing() as job:
        edition = _still_waiting(edition, job, State.BUILDING)
        edition.content, edition.content_digest = plain, contents.digest(plain)
        edition.state, edition.ready_at = State.READY, timezone.now()
        _keep(edition, printed)
        job.result_url, job.result_label = reverse("reports:report_preview", args=[edition.pk]), "Read the report"
        record(
            verb="built",
            by=edition.built_by,
            target=edition,
            changes={"state": (State.BUILDING, State.READY)},
            reason=f"{edition.pages} pages.",
        )


def do_print_approved(*, progress: Progress, report: str) -> None:
    """Print the approved content once more, with the approval on its cover, and freeze the file."""
    edition = AnnualReport.objects.get(pk=report)
    progress.step("Preparing the pages", 0, 100)
    if edition.approved_at is None:
        raise RuleBroken("This report is not approved.")
    approval = Approval(APPROVER, local_date(edition.approved_at))
    printed = _print(edition, contents.from_json(edition.content), approval, progress, begin=5)
    with progress.finishing() as job:
        edition = _still_waiting(edition, job, State.APPROVED)
        edition.printed_at = timezone.now()
        _keep(edition, printed)
        job.result_url, job.result_label = reverse("reports:report_download", args=[edition.pk]), "Download the PDF"
        record(verb="printed", by=None, target=edition, reason=f"{edition.pages} pages, PDF {edition.pdf_digest}.")


def _print(
    edition: AnnualReport, content: contents.Content, approval: Approval | None, progress: Progress, *, begin: int
) -> Printed:
    """HTML, layout and drawing, with progress from `begin` to 96 percent."""
    progress.step("Setting the pages", begin, 100)
    finished = document(content, approval=approval)
    expected = LAYOUTS * (edition.pages or 3 * len(the_report.CHAPTERS))
    seen = rounds = 0

    def on_page(step: str, page: int) -> None:
        nonlocal seen, rounds
        if step == "draw":
            progress.step(f"Drawing {page} pages", 75, 100)
            return
        seen, rounds = seen + 1, rounds + (page == 1)
        told = "Laying out the pages" if rounds == 1 else "Filling in the page numbers"
        progress.step(told, begin + (74 - begin) * min(seen, expected) // expected, 100)

    printed = print_pdf(
        finished.html, pictures=finished.pictures, identifier=f"{edition.pk} {bool(approval)}", on_page=on_page
    )
    progress.step("Keeping the report", 96, 100)
    return printed


def _keep(edition: AnnualReport, printed: Printed) -> None:
    """Put the PDF on file in the transaction of its row. The file that it replaces goes when that has happened."""
    storage, old = edition.pdf.storage, edition.pdf.name or ""
    edition.pdf.save("report.pdf", ContentFile(printed.pdf), save=False)
    edition.pdf_digest = hashlib.sha256(printed.pdf).hexdigest()
    edition.pages = printed.pages
    try:
        with transaction.atomic():
            edition.save()
    except BaseException:
        storage.delete(str(edition.pdf.name))
        raise
    if old:
        transaction.on_commit(partial(storage.delete, old))


def _still_waiting(edition: AnnualReport, job: Job, state: State) -> AnnualReport:
    """The edition, locked, if it still waits for this very job."""
    edition = _locked(edition)
    if edition.job_id != job.pk or edition.state != state or edition.is_frozen:
        raise RuleBroken("Another build has taken the place of this one.")
    return edition


def _locked(report: AnnualReport) -> AnnualReport:
    return AnnualReport.objects.select_for_update(of=("self",)).select_related("job").get(pk=report.pk)


def _check_move(report: AnnualReport, to: State, sentence: str) -> None:
    if to not in MOVES[report.life]:
        raise RuleBroken(sentence)


def _check_as_at(year: FinancialYear, as_at: dt.date) -> None:
    if as_at < year.first_day:
        raise RuleBroken(f"The figures of {year} begin on 1 April {year.start}. Choose a later day.", field="as_at")


def _require(by: Actor, permission: Permission) -> None:
    if by is not None and not by.for_whole_board(permission):
        raise PermissionDenied
