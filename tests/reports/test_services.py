from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, IntegrityError, connection, transaction

from boards.engagement import services as engagement
from lscb.accounts.models import User
from lscb.common.chapters import Text
from lscb.common.errors import Overtaken, RuleBroken
from lscb.jobs.services import cancel, retry
from lscb.reports import services
from lscb.reports.content import digest, from_json, to_json
from lscb.reports.gathering import gather
from lscb.reports.invariants import broken
from lscb.reports.models import AnnualReport, ReportWords, State
from lscb.trail.models import Event
from tests.house.test_access import PNG

from .samples import AS_AT, BOARD, CHILDREN, YEAR, a_content

RunJobs = Callable[[], list[Any]]


def verbs(report: AnnualReport) -> list[str]:
    return [event.verb for event in Event.objects.of(report).order_by("number")]


def build(report: AnnualReport, by: User | None, run_jobs: RunJobs) -> AnnualReport:
    services.build_report(report=report, as_at=AS_AT, by=by)
    run_jobs()
    return AnnualReport.objects.get(pk=report.pk)


def test_content_survives_being_kept_as_json() -> None:
    content = a_content(BOARD, CHILDREN)
    assert from_json(to_json(content)) == content
    assert digest(to_json(content)) == digest(to_json(from_json(to_json(content))))
    assert digest(to_json(content)) != digest(to_json(a_content(BOARD)))


def test_a_report_is_built_approved_printed_and_frozen(
    draft: AnnualReport, manager: User, chair: User, run_jobs: RunJobs
) -> None:
    ready = build(draft, manager, run_jobs)
    assert (ready.life, ready.built_by, ready.pages) == (State.READY, manager, 7)
    assert from_json(ready.content).headline == "**542** children looked after."
    with ready.pdf.open("rb") as pdf:
        assert pdf.read().startswith(b"%PDF-1.7")
    first = ready.pdf.name
    services.approve_report(report=ready, content_digest=ready.content_digest, by=chair)
    assert AnnualReport.objects.get().is_being_printed
    run_jobs()
    report = AnnualReport.objects.get()
    assert (report.life, report.approved_by, report.is_frozen) == (State.APPROVED, chair, True)
    assert report.content == ready.content
    assert report.pdf_digest != ready.pdf_digest, "the cover now says who approved"
    assert list(broken(AS_AT)) == []
    assert verbs(report) == ["started", "asked to build", "built", "approved", "printed"]
    assert report.pdf.name != first


def test_the_draft_file_goes_when_the_approved_one_is_on_file(
    ready: AnnualReport, chair: User, run_jobs: RunJobs, django_capture_on_commit_callbacks: Any
) -> None:
    old = ready.pdf.name
    services.approve_report(report=ready, content_digest=ready.content_digest, by=chair)
    with django_capture_on_commit_callbacks(execute=True):
        run_jobs()
    report = AnnualReport.objects.get()
    assert not report.pdf.storage.exists(old)
    assert report.pdf.storage.exists(report.pdf.name)


def test_asking_twice_for_a_build_makes_one_job(draft: AnnualReport, manager: User) -> None:
    first = services.build_report(report=draft, as_at=AS_AT, by=manager)
    second = services.build_report(report=draft, as_at=AS_AT, by=manager)
    assert first.job_id == second.job_id


def test_a_year_has_one_open_edition_and_the_next_after_approval(
    ready: AnnualReport, manager: User, chair: User, run_jobs: RunJobs
) -> None:
    with pytest.raises(RuleBroken, match="worked on already"):
        services.start_report(year=YEAR, as_at=AS_AT, by=manager)
    services.approve_report(report=ready, content_digest=ready.content_digest, by=chair)
    run_jobs()
    assert services.start_report(year=YEAR, as_at=AS_AT, by=manager).number == 2


def test_figures_cannot_be_older_than_their_year(manager: User) -> None:
    with pytest.raises(RuleBroken, match="begin on 1 April 2016"):
        services.start_report(year=YEAR, as_at=dt.date(2016, 3, 31), by=manager)


# ---- Two people -----------------------------------------------------------------------------------------------------


def test_who_builds_and_who_approves(
    draft: AnnualReport, manager: User, chair: User, lay: User, run_jobs: RunJobs
) -> None:
    """Truth table: build needs its right, approve needs its own, and never both by one person."""
    for person in (chair, lay):
        with pytest.raises(PermissionDenied):
            services.build_report(report=draft, as_at=AS_AT, by=person)
    ready = build(draft, manager, run_jobs)
    for person in (manager, lay):
        with pytest.raises(PermissionDenied):
            services.approve_report(report=ready, content_digest=ready.content_digest, by=person)
    AnnualReport.objects.update(built_by=chair)
    with pytest.raises(RuleBroken, match="somebody else must approve"):
        services.approve_report(report=ready, content_digest=ready.content_digest, by=chair)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        AnnualReport.objects.update(state="approved", approved_by=chair, approved_at=ready.ready_at)
    AnnualReport.objects.update(built_by=None)
    assert services.approve_report(report=ready, content_digest=ready.content_digest, by=chair).life == State.APPROVED


def test_only_what_was_read_is_approved(ready: AnnualReport, manager: User, chair: User, run_jobs: RunJobs) -> None:
    services.save_words(year=YEAR, chapter="introduction", markdown="Changed.", version=1, by=manager)
    build(ready, manager, run_jobs)
    with pytest.raises(RuleBroken, match="built again since you opened it"):
        services.approve_report(report=ready, content_digest=ready.content_digest, by=chair)


@pytest.mark.parametrize("life", ["draft", "building", "approved"])
def test_only_a_ready_report_is_approved(
    life: str, draft: AnnualReport, manager: User, chair: User, run_jobs: RunJobs
) -> None:
    report = draft
    if life == "building":
        report = services.build_report(report=draft, as_at=AS_AT, by=manager)
    if life == "approved":
        report = build(draft, manager, run_jobs)
        services.approve_report(report=report, content_digest=report.content_digest, by=chair)
    with pytest.raises(RuleBroken, match="cannot be approved"):
        services.approve_report(report=report, content_digest=report.content_digest, by=chair)


# ---- Frozen ---------------------------------------------------------------------------------------------------------


def test_an_approved_report_refuses_every_change(approved: AnnualReport, manager: User) -> None:
    approved.content["headline"] = "Better"
    with pytest.raises(TypeError, match="frozen"):
        approved.save()
    with pytest.raises(TypeError, match="frozen"):
        AnnualReport.objects.update(pdf_digest="x")
    for remove in (approved.delete, AnnualReport.objects.all().delete):
        with pytest.raises(TypeError, match="never removed"):
            remove()
    with pytest.raises(RuleBroken, match="never built again"):
        services.build_report(report=approved, as_at=AS_AT, by=manager)


@pytest.mark.needs_postgres
@pytest.mark.parametrize("statement", ["UPDATE reports_annualreport SET pages = 9", "DELETE FROM reports_annualreport"])
def test_the_database_refuses_too(statement: str, approved: AnnualReport) -> None:
    with pytest.raises(DatabaseError, match="frozen"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_annualreport SET job_id = NULL")


def test_a_changed_file_or_content_is_found(approved: AnnualReport, settings: Any) -> None:
    path = approved.pdf.storage.path(approved.pdf.name)
    with open(path, "ab") as pdf:
        pdf.write(b" ")
    assert list(broken(AS_AT)) == ["Reports: the PDF of Annual report 2016-17, edition 1 is not what was printed."]
    approved.pdf.storage.delete(approved.pdf.name)
    assert list(broken(AS_AT)) == ["Reports: the PDF of Annual report 2016-17, edition 1 is missing."]


# ---- When it fails --------------------------------------------------------------------------------------------------


def test_a_fact_that_does_not_exist_fails_the_build_with_a_sentence(
    draft: AnnualReport, manager: User, run_jobs: RunJobs
) -> None:
    services.save_words(year=YEAR, chapter="board", markdown="{{ dataset.nonsense }}", version=0, by=manager)
    report = build(draft, manager, run_jobs)
    assert report.life == State.FAILED
    assert "words of “The board” name the fact “dataset.nonsense”" in report.job.failure
    services.save_words(year=YEAR, chapter="board", markdown="{{ dataset.missing }}", version=1, by=manager)
    retry(job=report.job, by=manager)
    assert AnnualReport.objects.get().life == State.BUILDING
    run_jobs()
    assert AnnualReport.objects.get().life == State.READY


def test_a_cancelled_build_can_be_asked_for_again(draft: AnnualReport, manager: User, run_jobs: RunJobs) -> None:
    report = services.build_report(report=draft, as_at=AS_AT, by=manager)
    cancel(job=report.job, by=manager)
    assert AnnualReport.objects.get().life == State.FAILED
    assert build(report, manager, run_jobs).life == State.READY


def test_an_old_build_that_is_started_again_writes_nothing(
    draft: AnnualReport, manager: User, run_jobs: RunJobs
) -> None:
    old = services.build_report(report=draft, as_at=AS_AT, by=manager).job
    cancel(job=old, by=manager)
    ready = build(draft, manager, run_jobs)
    retry(job=old, by=manager)
    run_jobs()
    old.refresh_from_db()
    assert old.failure == "Another build has taken the place of this one."
    assert AnnualReport.objects.get().pdf_digest == ready.pdf_digest


def test_a_build_that_cannot_be_kept_leaves_no_file(
    draft: AnnualReport, manager: User, run_jobs: RunJobs, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    def full(self: AnnualReport, *args: Any, **kwargs: Any) -> None:
        raise OSError("No space left on device")

    services.build_report(report=draft, as_at=AS_AT, by=manager)
    monkeypatch.setattr(AnnualReport, "save", full)
    run_jobs()
    assert AnnualReport.objects.get().state == State.BUILDING
    assert [path for path in settings.MEDIA_ROOT.rglob("*") if path.is_file()] == []


# ---- Words ----------------------------------------------------------------------------------------------------------


def test_the_second_to_save_is_told_and_nothing_is_lost(manager: User) -> None:
    services.save_words(year=YEAR, chapter="board", markdown="Mine", version=0, by=manager)
    with pytest.raises(Overtaken) as refusal:
        services.save_words(year=YEAR, chapter="board", markdown="Theirs", version=0, by=manager)
    assert refusal.value.current.markdown == "Mine"
    services.save_words(year=YEAR, chapter="board", markdown="Both", version=1, by=manager)
    assert (ReportWords.objects.get().markdown, ReportWords.objects.get().version) == ("Both", 2)
    assert Event.objects.of(ReportWords.objects.get()).first().changes == {"markdown": ["Mine", "Both"]}  # type: ignore[union-attr]


def test_words_belong_to_a_chapter_and_to_who_builds(manager: User, chair: User) -> None:
    with pytest.raises(RuleBroken, match="no such chapter"):
        services.save_words(year=YEAR, chapter="nonsense", markdown="x", version=0, by=manager)
    with pytest.raises(PermissionDenied):
        services.save_words(year=YEAR, chapter="board", markdown="x", version=0, by=chair)


def test_words_print_a_quote_and_a_picture_that_are_cleared_and_nothing_else(manager: User) -> None:
    event = engagement.record_event(kind="voice", title="Imagine the Future", on=dt.date(2016, 7, 12), by=None)
    quote = engagement.add_quote(event=event, text="You did *it*.", said_by="A young person", by=None)
    upload = SimpleUploadedFile("ferry.png", PNG, "image/png")
    picture = engagement.add_picture(event=event, upload=upload, alt="A ferry", by=None)
    words = (
        f"Before.\n\n{{{{ quote {quote.pk} }}}}\n\n{{{{ picture {picture.pk} }}}}\n\n{{{{ dataset.missing }}}} after."
    )
    services.save_words(year=YEAR, chapter="introduction", markdown=words, version=0, by=manager)
    for item, said in ((quote, f"quote {quote.pk}"), (picture, f"picture {picture.pk}")):
        with pytest.raises(RuleBroken, match=f"name {said}, which is not cleared for print"):
            gather(year=YEAR, number=1, as_at=AS_AT)
        engagement.clear_for_print(item=item, consent="In writing", on=AS_AT, by=manager, today=AS_AT)
    with pytest.raises(RuleBroken, match="not cleared"):
        gather(year=YEAR, number=1, as_at=AS_AT - dt.timedelta(days=1))
    blocks = gather(year=YEAR, number=1, as_at=AS_AT).chapters[0].sections[0].blocks
    assert [type(block).__name__ for block in blocks] == ["Text", "Text", "Picture", "Text"]
    assert blocks[1] == Text("> You did \\*it\\*.\n>\n> A young person")
    assert (blocks[2].alt, blocks[3].markdown) == ("A ferry", "1,039 after.")
