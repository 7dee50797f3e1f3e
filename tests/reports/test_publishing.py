"""What becomes of an approved edition: the public reads it frozen, notices stand beside it, it can be withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import User
from lscb.common.errors import RuleBroken
from lscb.reports import chapters, services
from lscb.reports.chapters import Part
from lscb.reports.models import AnnualReport, Correction, Format, Publication
from lscb.reports.moves import MovedFact, moved_since, side_by_side
from lscb.trail.models import Event

from .samples import AS_AT, BOARD, CHILDREN, YEAR, a_content

FILES = {"pdf": b"%PDF-1.7", "docx": b"PK", "xlsx": b"PK"}
MOVED = MovedFact("board.agencies", "Agencies with a seat", "20", "21")


def publish(report: AnnualReport, by: User | None = None) -> Publication:
    return services.publish_report(report=report, by=by, at=timezone.now())


def public(client: Client, name: str = "report", *more: Any) -> Any:
    return client.get(reverse(f"published:{name}", args=[YEAR, 1, *more]))


def test_only_an_approved_edition_is_published(ready: AnnualReport, manager: User, chair: User) -> None:
    with pytest.raises(RuleBroken, match="Only an approved report"):
        publish(ready, manager)
    with pytest.raises(PermissionDenied):
        publish(ready, chair)


def test_the_public_reads_what_was_approved_in_every_format(
    approved: AnnualReport, manager: User, client: Client
) -> None:
    assert public(client).status_code == 404
    assert client.get(reverse("published:list")).content.decode().count("<h2") == 0
    publish(approved, manager)
    publish(approved, manager)
    assert Publication.objects.count() == 1
    page = public(client)
    assert page.status_code == 200
    assert page["Cache-Control"] == "public, max-age=300"
    text = page.content.decode()
    assert "<strong>542</strong> children looked after" in text
    assert "noindex" not in text
    assert client.get(reverse("published:latest", args=[YEAR])).content.decode().count("report-lead") > 0
    for format, begins in FILES.items():
        answer = public(client, "pdf") if format == "pdf" else public(client, "file", format)
        assert b"".join(answer.streaming_content).startswith(begins)
        assert f"annual-report-2016-17.{format}" in answer["Content-Disposition"]
    assert public(client, "facts").json()["facts"]["board.agencies"]["shown"] == "20"
    figures = public(client, "figures").content.decode()
    assert 'id="board.agencies"' in figures
    assert ">Records<" not in figures, "no list of the portal is named to the public"
    assert public(client, "file", "exe").status_code == 404
    assert client.get(reverse("published:report", args=[YEAR, 2])).status_code == 404
    assert client.get(reverse("published:latest", args=["2016-19"])).status_code == 404


def test_the_files_of_an_approved_edition_are_made_once(approved: AnnualReport) -> None:
    assert {file.format for file in approved.files.all()} == set(Format.values)
    with pytest.raises(IntegrityError), transaction.atomic():
        approved.files.create(format=Format.DOCX, file="x", digest="x", size=1)


def test_what_is_withdrawn_is_gone_and_says_so(
    approved: AnnualReport, manager: User, lay: User, client: Client
) -> None:
    publish(approved, manager)
    with pytest.raises(PermissionDenied):
        services.withdraw_report(report=approved, reason="Wrong", by=lay, at=timezone.now())
    with pytest.raises(RuleBroken, match="Enter why"):
        services.withdraw_report(report=approved, reason=" ", by=manager, at=timezone.now())
    services.withdraw_report(report=approved, reason="It named a school.", by=manager, at=timezone.now())
    gone = public(client)
    assert gone.status_code == 410
    assert "was withdrawn on" in gone.content.decode()
    assert "named a school" not in gone.content.decode()
    assert "max-age=300" not in gone.get("Cache-Control", "")
    assert public(client, "figures").status_code == 410
    for name, *more in (("pdf",), ("file", "docx"), ("file", "xlsx"), ("facts",)):
        assert public(client, name, *more).status_code == 404
    with pytest.raises(RuleBroken, match="was withdrawn"):
        publish(approved, manager)
    with pytest.raises(RuleBroken, match="nothing to withdraw"):
        services.withdraw_report(report=approved, reason="Again", by=manager, at=timezone.now())
    assert [event.verb for event in Event.objects.of(approved).order_by("number")][-2:] == [
        "published",
        "withdrew from the public",
    ]


@pytest.fixture
def moved_board(monkeypatch: pytest.MonkeyPatch) -> None:
    """One more agency sits on the board by now."""
    from dataclasses import replace

    fact = replace(BOARD.facts[0], value=21, shown="21")
    parts = [
        Part(part.slug, part.title, part.hint, lambda year, as_at: replace(BOARD, facts=(fact,)))
        if part.slug == "board"
        else part
        for part in chapters.CHAPTERS
    ]
    monkeypatch.setattr(chapters, "CHAPTERS", tuple(parts))


def test_a_figure_that_moved_is_noted_beside_the_edition_and_changes_nothing_in_it(
    approved: AnnualReport, manager: User, moved_board: None, client: Client
) -> None:
    publish(approved, manager)
    assert moved_since(approved, today=AS_AT) == [MOVED]
    note: dict[str, Any] = {"report": approved, "by": manager, "at": timezone.now()}
    with pytest.raises(RuleBroken, match="Enter why the figure moved"):
        services.note_correction(moved=MOVED, sentence=" ", **note)
    with pytest.raises(RuleBroken, match="does not print this figure"):
        services.note_correction(moved=MovedFact("board.chairs", "Chairs", "1", "2"), sentence="Late.", **note)
    services.note_correction(moved=MOVED, sentence="An agency joined in March.", **note)
    with pytest.raises(RuleBroken, match="has a correction notice already"):
        services.note_correction(moved=MOVED, sentence="Again.", **note)
    text = public(client).content.decode()
    assert "printed 20, now 21. An agency joined in March." in " ".join(text.split())
    again = AnnualReport.objects.get(pk=approved.pk)
    assert (again.content, again.pdf_digest) == (approved.content, approved.pdf_digest)


def test_nothing_has_moved_when_the_records_say_the_same(approved: AnnualReport) -> None:
    assert moved_since(approved, today=AS_AT) == []


def test_two_editions_stand_side_by_side() -> None:
    rows = side_by_side(a_content(BOARD), a_content(CHILDREN))
    assert ("board.agencies", "Agencies with a seat", "20", "") in rows
    assert ("dataset.looked_after", "Children looked after on 31 March 2017", "", "542") in rows


def test_pages_of_an_approved_edition(
    approved: AnnualReport, manager: User, moved_board: None, client: Client, settings: Any
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    client.force_login(manager)
    client.post(reverse("reports:report_publish", args=[approved.pk]))
    assert Publication.objects.count() == 1
    moved = client.get(reverse("reports:report_moved", args=[approved.pk])).content.decode()
    assert "Note a correction" in moved
    note = reverse("reports:correction_note", args=[approved.pk, "board.agencies"])
    refused = client.post(note, {"sentence": ""}).content.decode()
    assert "Enter why did the figure move" in refused or "There is a problem" in refused
    client.post(note, {"sentence": "An agency joined."})
    assert Correction.objects.get().now == "21"
    assert client.get(reverse("reports:correction_note", args=[approved.pk, "board.none"])).status_code == 404
    detail = client.get(reverse("reports:report_detail", args=[approved.pk])).content.decode()
    assert "See what the public reads" in detail
    compare = client.get(reverse("reports:report_compare"), {"first": approved.pk, "second": approved.pk})
    assert compare.context["facts"][0][2:] == ("20", "20")


@pytest.mark.parametrize(
    "wrong",
    [
        {"withdrawn_at": timezone.now(), "withdrawn_because": ""},
        {"withdrawn_at": timezone.now(), "withdrawn_because": "Why"},
        {"withdrawn_at": None, "withdrawn_because": "Why"},
    ],
    ids=["no reason", "nobody", "no day"],
)
def test_the_database_wants_to_know_who_withdraws_and_why(approved: AnnualReport, wrong: dict[str, Any]) -> None:
    publication = publish(approved)
    with pytest.raises(DatabaseError), transaction.atomic():
        Publication.objects.filter(pk=publication.pk).update(**wrong)


def test_the_approval_job_makes_the_formats_in_its_transaction(
    ready: AnnualReport, chair: User, run_jobs: Callable[[], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A Word document that cannot be kept leaves no half of the approved edition behind."""
    from lscb.reports.services import making

    def refuse(*args: Any) -> None:
        raise OSError("disk full")

    services.approve_report(report=ready, content_digest=ready.content_digest, by=chair)
    monkeypatch.setattr(making, "_keep_file", refuse)
    run_jobs()
    report = AnnualReport.objects.get()
    assert (report.is_frozen, report.files.count()) == (False, 0)
