"""The annual return equals what is counted by hand; three counts are three; small numbers stay hidden."""

from __future__ import annotations

import datetime as dt
import io
import itertools
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from cdop.counting import SPLITS, Counts, Reviewed, annual_return, counts, months_band, reviewed
from cdop.models import (
    Category,
    Death,
    Ethnicity,
    EventType,
    Expected,
    Modifiable,
    Place,
    Sex,
    When,
    YesNoUnknown,
    primary,
)
from cdop.publishing import MODIFIABLE, POLICY, public_figures
from cdop.reporting import NOT_SHOWN, chapter
from cdop.services import cases
from cdop.services.figures import lift_suppression, suppress_again
from cdop.sheets import workbook
from lscb.accounts.roles import BoardManager, IndependentChair
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from lscb.common.small_numbers import Hidden, Shown
from tests.accounts.factories import person

from . import samples as s

YEAR = FinancialYear(2016)
AGES = ("0-27d", "28-364d", "1-4y", "5-9y", "10-14y", "15-17y")
CODES = [
    *(AGES, Sex.values, Ethnicity.values, Expected.values, Place.values, EventType.values),
    *(When.values, When.values, YesNoUnknown.values, Category.values, Modifiable.values),
]
REVIEWS = st.lists(
    st.builds(Reviewed, *(st.sampled_from(list(codes)) for codes in CODES), st.integers(0, 30)), max_size=40
)


@given(REVIEWS)
@settings(deadline=None, max_examples=60)
def test_the_return_equals_counting_by_hand(reviews: list[Reviewed]) -> None:
    names = ("age_band", "sex", "ethnicity", "expected", "category", "event", "place", "plan", "order", "asylum")
    tables = annual_return(reviews)
    assert [table.title for table in tables] == [title for title, _, _ in SPLITS]
    for table, (_, kinds, _), name in zip(tables, SPLITS, names, strict=False):
        for line, (code, _) in zip(table.lines, kinds, strict=True):
            by_hand = [0, 0, 0]
            for one in reviews:
                if getattr(one, name) == code:
                    by_hand[Modifiable.values.index(one.modifiable)] += 1
            assert list(line.counts) == by_hand
    for table in tables:
        assert table.total.total == len(reviews), "nobody is left out and nobody counted twice"


@pytest.mark.parametrize(
    ("months", "label"),
    [
        (0, "Under 6 months"),
        (5, "Under 6 months"),
        (6, "6 or 7 months"),
        (11, "10 or 11 months"),
        (12, "12 months or more"),
    ],
)
def test_months_to_review(months: int, label: str) -> None:
    assert months_band(months) == label


@given(st.sets(st.sampled_from(Category.values)))
def test_the_first_in_the_order_of_precedence_is_primary(ticked: set[str]) -> None:
    order = [
        *("inflicted", "suicide", "trauma", "malignancy", "acute", "chronic"),
        *("congenital", "perinatal", "infection", "sudden"),
    ]
    assert primary(ticked) == next((one for one in order if one in ticked), None)


@given(REVIEWS)
@settings(deadline=None, max_examples=40)
def test_no_small_number_is_printed_or_given_back(reviews: list[Reviewed]) -> None:
    """No count of 1 to 5 is shown; and where the total is, the hidden rows have more than one answer."""
    figures = public_figures(reviews, Counts(30, len(reviews), 8), POLICY, "")
    for split in figures.splits.values():
        shown = [cell.count for cell in split.cells.values() if isinstance(cell, Shown)]
        hidden = [cell for cell in split.cells.values() if isinstance(cell, Hidden)]
        assert not [count for count in shown if 1 <= count <= 5]
        if isinstance(figures.reviewed, Shown) and hidden:
            left = len(reviews) - sum(shown)
            assert len(hidden) > 1
            assert left > len(hidden), "each hidden row would be one"
        if isinstance(figures.reviewed, Hidden):
            assert len(reviews) not in shown


@pytest.mark.django_db
def test_three_counts_are_three() -> None:
    """A death of the year before is reviewed this year; one is passed on; one waits. Nothing follows by subtraction."""
    before = s.a_death(died_on=dt.date(2016, 2, 1), notified_on=dt.date(2016, 2, 2))
    elsewhere, waits, twin = (s.a_death(born_on=s.BORN - dt.timedelta(days=n)) for n in range(3))
    cases.pass_on(death=elsewhere, area="Hampshire", on=dt.date(2016, 8, 1), by=None, today=s.TODAY)
    cases.join_case(death=twin, to=waits, by=None)
    s.completed(before, s.officer(), s.doctor())
    assert counts(FinancialYear(2015), FinancialYear(2015).last_day) == Counts(1, 0, 1)
    assert counts(YEAR, YEAR.last_day) == Counts(notified=2, reviewed=1, awaiting=1)
    assert Death.objects.awaiting(dt.date(2016, 7, 31)).count() == 3
    assert Death.objects.awaiting(s.PANEL_DAY).count() == 1
    [one] = reviewed(YEAR)
    assert (one.category, one.modifiable, one.months) == ("chronic", "not_identified", 9)


def test_the_workbook_has_every_table_split_by_modifiability() -> None:
    some = [Reviewed(*(list(codes)[n % len(list(codes))] for codes in CODES), months=n) for n in range(9)]
    content = workbook(YEAR, YEAR.last_day, Counts(26, 9, 6), annual_return(some))
    book = load_workbook(io.BytesIO(content))
    assert len(book.sheetnames) == 1 + len(SPLITS)
    for name in book.sheetnames[1:]:
        heading, *rows = book[name].iter_rows(values_only=True)
        assert heading[1:] == (*Modifiable.labels, "Total")
        assert [sum(row[1:4]) for row in rows] == [row[4] for row in rows]
        assert (rows[-1][0], rows[-1][4]) == ("All", 9)


@pytest.mark.django_db
def test_small_numbers_are_shown_by_a_named_person_for_a_reason() -> None:
    s.completed(s.a_death(), s.officer(), s.doctor())
    chair = person(IndependentChair, name="The chair")
    hidden = chapter(YEAR, s.TODAY)
    facts = {fact.name: fact for fact in hidden.facts}
    assert (facts["reviewed"].value, facts["reviewed"].shown) == (None, NOT_SHOWN)
    assert {fact.value for name, fact in facts.items() if name.startswith(("male", "category_chronic"))} == {None}
    assert "1" not in {cell for table in hidden.tables() for row in table.rows for cell in row}
    give = {"year": YEAR, "today": s.TODAY}
    with pytest.raises(RuleBroken, match="why"):
        lift_suppression(**give, reason="", by=chair)
    for other in (person(BoardManager), s.officer(), s.panel_member()):
        with pytest.raises(PermissionDenied):
            lift_suppression(**give, reason="Because.", by=other)
    lift = lift_suppression(**give, reason="The family asked for it.", by=chair)
    shown = chapter(YEAR, s.TODAY)
    assert {fact.name: fact.value for fact in shown.facts}["reviewed"] == 1
    notes = {table.note for table in shown.tables() if table.note}
    assert any("The chair, 31 March 2017. The family asked for it." in note for note in notes)
    suppress_again(lift=lift, by=chair)
    assert {fact.name: fact.value for fact in chapter(YEAR, s.TODAY).facts}["reviewed"] is None


@pytest.mark.django_db
def test_the_demonstration_adds_up_to_what_was_published(demo_board: Any) -> None:
    from lscb.demo.load import AS_AT

    facts = {fact.name: fact for fact in chapter(YEAR, AS_AT).facts}
    published = {
        "notified": "26",
        "reviewed": "17",
        "awaiting": "6",
        "reviewed_before": "9",
        "meetings": "6",
        "neonatal_share": "59%",
        "category_congenital": "4",
        "category_congenital_share": "24%",
        "category_malignancy": "3",
        "expected": "16",
        "unexpected": "1",
        "modifiable": "4",
        "not_modifiable": "13",
        "male": "10",
        "female": "7",
    }
    assert {name: facts[name].shown for name in published} == published
    reviews = reviewed(YEAR)
    assert [(one.plan, one.order) for one in reviews].count(("never", "never")) == 15
    assert [(one.plan, one.order) for one in reviews].count(("unknown", "unknown")) == 2
    assert {one.asylum for one in reviews} == {"no"}
    year_before = chapter(FinancialYear(2015), AS_AT)
    cells = itertools.chain.from_iterable(row[1:] for table in year_before.tables() for row in table.rows)
    assert not {str(number) for number in range(1, 6)} & set(cells), "what nobody decided to show stays hidden"


def test_a_table_that_counts_everybody_in_one_row_shows_it_when_it_is_large() -> None:
    one = Reviewed(*(next(iter(codes)) for codes in CODES), months=3)
    figures = public_figures([one] * 9, Counts(9, 9, 0), POLICY, "")
    assert figures.splits[MODIFIABLE].cells["identified"] == Shown(9)
    assert figures.reviewed == Shown(9)
