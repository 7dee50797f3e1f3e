"""What the board of Southampton printed for 2016-17 comes out of the demonstration's records by compiling."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import pytest

from dataset.models import Edition, Figure
from dataset.reporting import chapter
from dataset.services import compile_edition
from lscb.common.chapters import Chapter, Chart, Note, Table
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, end_of_day
from lscb.demo.boards import load_people_and_places
from lscb.demo.dataset import load_dataset

YEAR = FinancialYear(2016)
Q4 = YEAR.quarters[3]
AS_AT = dt.date(2017, 6, 30)


@pytest.fixture(scope="module")
def told(django_db_setup: None, django_db_blocker: Any) -> Any:
    """The chapter and the edition behind it, made once for this file and undone after it."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        load_dataset(load_people_and_places(by=None), by=None)
        edition = compile_edition(quarter=Q4, as_at=end_of_day(dt.date(2017, 4, 28)), by=None)
        yield chapter(YEAR, AS_AT), edition
        transaction.set_rollback(True)


@pytest.fixture
def shown(told: tuple[Chapter, Edition]) -> dict[str, str]:
    return {fact.name: fact.shown for fact in told[0].facts}


@pytest.mark.parametrize(
    ("fact", "published"),
    [
        ("looked_after.first", "611"),
        ("looked_after", "542"),
        ("looked_after.change_in_year", "-11.3%"),
        ("looked_after.rate", "110"),
        ("looked_after.neighbours", "76"),
        ("looked_after.region", "52"),
        ("looked_after.england", "60"),
        ("child_protection_plan.rate", "67"),
        ("child_protection_plan.neighbours", "54"),
        ("child_protection_plan.region", "42"),
        ("child_protection_plan.england", "43"),
        ("child_protection_15_months", "68"),
        ("cin_referrals.two_years_before", "4,594"),
        ("cin_referrals.year_before", "4,091"),
        ("cin_referrals.year", "3,595"),
        ("cin_referrals.year_before_change", "-10.9%"),
        ("cin_referrals.year_change", "-12.1%"),
        ("mash_contacts.change_in_year", "+65.0%"),
        ("section_47.year", "1,361"),
        ("missing_episodes.year", "1,039"),
        ("missing_high.year", "52"),
        ("missing_medium.year", "862"),
        ("missing_low.year", "2"),
        ("missing_absent.year", "123"),
        ("missing_high.share", "5.0%"),
        ("missing_medium.share", "83.0%"),
        ("missing_low.share", "0.2%"),
        ("missing_absent.share", "11.8%"),
        ("missing_reports.year", "535"),
        ("cse_known.first", "39"),
        ("cse_known", "71"),
        ("neet.change_on_year", "new definition"),
        ("under_19", "24.6%"),
        ("population", "254,275"),
        ("mmr", "94.9%"),
        ("five_in_one", "97.1%"),
        ("tooth_decay", "33.7%"),
        ("child_poverty", "23.4%"),
    ],
)
def test_published(shown: dict[str, str], fact: str, published: str) -> None:
    assert shown[fact] == published


def cells(edition: Edition, code: str) -> dict[str, Decimal]:
    row = next(one for one in edition.content["rows"] if one["code"] == code)
    return {cell["period"]: Decimal(cell["value"]) for cell in row["series"] if cell["value"] is not None}


def test_the_published_ranges_and_turns(told: tuple[Chapter, Edition]) -> None:
    edition = told[1]
    seven = ["2015-16Q2", "2015-16Q3", "2015-16Q4", *(str(quarter) for quarter in YEAR.quarters)]

    def over(code: str, periods: list[str]) -> list[Decimal]:
        return [cells(edition, code)[period] for period in periods]

    plans, re_referrals = over("child_protection_plan", seven), over("re_referrals", seven)
    assert (min(plans), max(plans)) == (316, 337)
    assert (round(min(re_referrals)), round(max(re_referrals))) == (19, 23)
    assert over("child_protection_15_months", seven)[0] == 44
    in_care = over("looked_after", seven[3:])
    assert in_care == sorted(in_care, reverse=True)
    assert max(cells(edition, "looked_after").values()) == in_care[0]
    u_turn = over("u_turn_open", seven[1:])
    assert (min(u_turn), max(u_turn)) == (21, 34)
    assert over("cse_known", seven[3:]) == [39, 43, 44, 71]
    trafficked = cells(edition, "trafficking_referrals")
    assert trafficked.pop("2016-17Q4") == 2
    assert set(trafficked.values()) == {Decimal(0)}
    in_time = over("initial_health_assessments", seven[3:])
    assert [round(value) for value in in_time[1:3]] == [67, 67]
    assert in_time[3] > in_time[2]


def test_the_base_of_every_share_is_told(told: tuple[Chapter, Edition]) -> None:
    facts = {fact.name: fact for fact in told[0].facts}
    assert facts["missing_high.share"].base == 1039
    assert facts["under_19"].base == 254275
    assert facts["return_interviews.first"].base == 214
    assert (facts["initial_health_assessments.year"].shown, facts["initial_health_assessments.year"].base) == (
        "71%",
        213,
    )


def test_no_percentage_is_printed_without_its_base(told: tuple[Chapter, Edition]) -> None:
    """What the source gives without a base stands under a note that says so; changes are of the number before them."""
    bare = {
        (table.title, row[0])
        for table in told[0].tables()
        for row in table.rows
        for column, text in zip(table.columns, row, strict=True)
        if re.fullmatch(r"[\d.]+%", text) and column.heading not in ("Target", "Share")
        if not any(" of " in other for other in row)
    }
    assert {title for title, _ in bare} == {"The city and its children"}
    assert len(bare) == 7


def test_the_chapter_says_it_in_its_opening(told: tuple[Chapter, Edition]) -> None:
    assert told[0].title == "Southampton’s children"
    assert told[0].lead == (
        "542 looked after children on 31 March 2017, down 11.3% from 611 on 30 June 2016: "
        "110 per 10,000 children under 18, against 76 in similar areas (31 March 2016)."
    )
    assert [figure.shown for figure in told[0].figures] == ["542", "110", "1,039"]


def test_every_chart_is_followed_by_its_table_and_the_broken_series_by_a_note(told: tuple[Chapter, Edition]) -> None:
    for section in told[0].sections:
        for at, block in enumerate(section.blocks):
            if isinstance(block, Chart):
                assert isinstance(section.blocks[at + 1], Table), section.title
    broken = next(section for section in told[0].sections if "education, employment" in section.title)
    note = next(block for block in broken.blocks if isinstance(block, Note))
    assert "From Q1 2016-17 it is counted differently" in note.text


def test_the_stock_of_children_at_risk_is_nowhere_added_up(told: tuple[Chapter, Edition]) -> None:
    printed = {text for table in told[0].tables() for row in table.rows for text in row}
    assert "71" in printed
    assert "197" not in printed


def test_no_small_number_of_trafficked_children_is_told(told: tuple[Chapter, Edition], shown: dict[str, str]) -> None:
    assert shown["trafficking_referrals"] == shown["trafficking_referrals.year"] == "suppressed"


@pytest.mark.django_db
def test_without_an_edition_the_chapter_says_what_to_do() -> None:
    assert not Figure.objects.exists()
    with pytest.raises(RuleBroken, match="Compile Q4 2016-17 as at that day or before it"):
        chapter(YEAR, AS_AT)
