"""What the jobs do: gather, lay out, print, keep."""

from __future__ import annotations

import hashlib
from functools import partial

from django.core.files.base import ContentFile
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from lscb.common.errors import RuleBroken
from lscb.common.pdf import Printed, print_pdf
from lscb.common.periods import local_date
from lscb.jobs.models import Job
from lscb.jobs.services import Progress
from lscb.reports import chapters as the_report
from lscb.reports import content as contents
from lscb.reports.formats import as_docx, as_xlsx
from lscb.reports.gathering import gather
from lscb.reports.models import AnnualReport, Format, ReportFile, State
from lscb.reports.printing import Approval, document
from lscb.trail.services import record

from .base import locked

APPROVER = "independent chair"
LAYOUTS = 3
"""WeasyPrint lays the pages out once more for each round of page references: contents, then running heads."""


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
    progress.step("Keeping the report", 96, 100)
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
    """Print the approved content once more, with the approval on its cover, make the other formats, freeze all."""
    edition = AnnualReport.objects.get(pk=report)
    progress.step("Preparing the pages", 0, 100)
    if edition.approved_at is None:
        raise RuleBroken("This report is not approved.")
    approval = Approval(APPROVER, local_date(edition.approved_at))
    content = contents.from_json(edition.content)
    printed = _print(edition, content, approval, progress, begin=5)
    progress.step("Writing the Word document", 80, 100)
    others = {Format.DOCX: as_docx(content, approval=approval)}
    progress.step("Writing the tables", 92, 100)
    others[Format.XLSX] = as_xlsx(content)
    progress.step("Keeping the report", 96, 100)
    with progress.finishing() as job:
        edition = _still_waiting(edition, job, State.APPROVED)
        edition.printed_at = timezone.now()
        for kind, written in others.items():
            _keep_file(edition, kind, written)
        _keep(edition, printed)
        job.result_url, job.result_label = reverse("reports:report_download", args=[edition.pk]), "Download the PDF"
        record(verb="printed", by=None, target=edition, reason=f"{edition.pages} pages, PDF {edition.pdf_digest}.")


def _print(
    edition: AnnualReport, content: contents.Content, approval: Approval | None, progress: Progress, *, begin: int
) -> Printed:
    """HTML, layout and drawing, with progress from `begin` to 75 percent."""
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

    return print_pdf(
        finished.html, pictures=finished.pictures, identifier=f"{edition.pk} {bool(approval)}", on_page=on_page
    )


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


def _keep_file(edition: AnnualReport, kind: Format, written: bytes) -> None:
    """Put another format on file in the transaction of its row."""
    kept = ReportFile(report=edition, format=kind, digest=hashlib.sha256(written).hexdigest(), size=len(written))
    kept.file.save(f"report.{kind}", ContentFile(written), save=False)
    try:
        with transaction.atomic():
            kept.save(force_insert=True)
    except BaseException:
        kept.file.storage.delete(str(kept.file.name))
        raise


def _still_waiting(edition: AnnualReport, job: Job, state: State) -> AnnualReport:
    """The edition, locked, if it still waits for this very job."""
    edition = locked(edition)
    if edition.job_id != job.pk or edition.state != state or edition.is_frozen:
        raise RuleBroken("Another build has taken the place of this one.")
    return edition
