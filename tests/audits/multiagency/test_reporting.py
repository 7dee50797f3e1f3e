"""What the annual report prints of audits: the published figures, and few children only where somebody let it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from audits.invariants import broken
from audits.models import Audit, AuditReturn
from audits.multiagency import services
from audits.multiagency.reporting import audits_chapter
from lscb.accounts.models import User
from lscb.common.chapters import Chapter, ListOfItems, Note, Table
from lscb.common.periods import FinancialYear
from tests.actions.factories import AgencyFactory, manager

from .samples import TODAY, a_case, an_audit, moderated, reported, sent

YEAR = FinancialYear(2016)


def printed(chapter: Chapter) -> Iterator[str]:
    """Every text of a chapter."""
    yield chapter.lead
    for fact in chapter.facts:
        yield f"{fact.label} {fact.shown}"
    for section in chapter.sections:
        yield section.title
        for block in section.blocks:
            if isinstance(block, Table):
                yield from (cell for row in [*block.rows, block.total or ()] for cell in row)
                yield block.note
            elif isinstance(block, ListOfItems):
                yield from block.items
            elif isinstance(block, Note):
                yield block.text


def test_the_demonstration_prints_what_the_board_published(demo_board: dict[str, User]) -> None:
    chapter = audits_chapter(YEAR, dt.date(2017, 6, 30))
    facts = {fact.name: fact.value for fact in chapter.facts}
    assert (facts["audits"], facts["cases_domestic_abuse"], facts["cases_out_of_area_placements"]) == (4, 7, 3)
    assert facts["next_year"] == 5
    assert (facts["actions"], facts["actions_done"]) == (6, 1)
    then = {fact.name: fact.value for fact in audits_chapter(YEAR, dt.date(2017, 1, 18)).facts}
    assert (then["audits"], then["actions"], then["actions_done"]) == (2, 4, 0)
    tables = {table.title: table for table in chapter.tables()}
    audited = {row[0]: row for row in tables["Audits of 2016-17"].rows}
    assert audited["Children living with domestic abuse (dry run)"][3:] == (
        *("7", "9", "General Practitioners; National Probation Service"),
    )
    assert audited["Looked after children placed out of area"][2].startswith("Missing, Exploited and Trafficked")
    outcomes = tables["Children living with domestic abuse (dry run): outcomes"].rows
    assert outcomes == [("Risk reduced", "3"), ("Risk static", "2"), ("Risk ongoing", "2")]
    assert tables["Looked after children placed out of area: grades"].rows == [("Requires improvement", "3")]
    months = {row[0]: row[2] for row in tables["Audits on the schedule of 2017-18"].rows}
    assert months == {
        "Children who go missing": "April to July 2017",
        "Children living with neglect": "May to July 2017",
        "Transition from children to adult services": "September to November 2017",
        "Core group audit": "September to November 2017",
        "Interfamilial sexual abuse": "January 2018",
    }
    dry_run = Audit.objects.get(title__contains="dry run")
    risks = list(dry_run.cases.values_list("risk", flat=True))
    assert (risks.count("high"), risks.count("lower")) == (3, 4)
    silent = AuditReturn.objects.filter(case__audit=dry_run, status="no_return").values_list("agency__name", flat=True)
    assert set(silent) == {"National Probation Service", "General Practitioners"}


@pytest.mark.django_db
@pytest.mark.parametrize("shown", [False, True])
def test_few_children_are_printed_only_where_a_named_person_let_it(shown: bool) -> None:
    audit, agency = an_audit(), AgencyFactory()
    for letter in "ABC":
        a_case(audit, f"Case {letter}")
    services.ask_agencies(audit=audit, agencies=[agency], due=TODAY, by=None, today=TODAY)
    for one in AuditReturn.objects.all():
        moderated(sent(one, on=TODAY))
    reported(audit)
    if shown:
        services.show_small_numbers(audit=Audit.objects.get(), reason="Agreed", by=manager(), today=TODAY)
    texts = list(printed(audits_chapter(YEAR, TODAY)))
    assert ("3" in texts) == shown
    assert ("1 to 5" in texts) != shown
    assert any("Counts of 1 to 5" in text for text in texts) != shown
    assert any(text.endswith("Cases in all audits of the year 3") for text in texts) == shown


@pytest.mark.django_db
def test_only_words_for_the_report_are_printed_and_only_of_what_is_reported_by_then() -> None:
    audit = an_audit()
    a_case(audit, "Case with a secret name")
    reported(audit)
    told = " ".join(printed(audits_chapter(YEAR, TODAY)))
    assert "Public words" in told
    for inside in ("Inside words", "Quick inside", "secret name"):
        assert inside not in told
    before = audits_chapter(YEAR, TODAY - dt.timedelta(days=1))
    assert "Public words" not in " ".join(printed(before))
    assert {fact.name: fact.value for fact in before.facts}["audits"] == 0


@pytest.mark.django_db
def test_the_check_of_the_data_finds_what_no_constraint_holds() -> None:
    audit = reported(an_audit())
    assert list(broken(TODAY)) == []
    audit.events.filter(happened="reported").delete()
    assert ["its history does not say so" in sentence for sentence in broken(TODAY)] == [True]


def test_nothing_is_counted_for_a_year_without_audits(db: Any) -> None:
    assert audits_chapter(FinancialYear(2030), TODAY).lead == "No audit of 2030-31 was reported."
