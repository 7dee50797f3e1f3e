"""What may stand in public: small numbers of children are hidden, and nothing on the page gives them back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from dataset.document import compile_document
from dataset.facts import facts_of
from dataset.publishing import for_public
from dataset.reading import score_row
from lscb.common.periods import FinancialYear

from .factories import Q4, figure, indicator, moment, percent, quarters

pytestmark = pytest.mark.django_db


def public() -> dict[str, dict[str, Any]]:
    rows = compile_document(quarter=Q4, as_at=moment("2017-05-01"), status="final")["rows"]
    return {row["code"]: row for row in for_public(rows)}


def test_a_small_number_goes_with_its_changes_its_year_and_its_facts() -> None:
    one = indicator("referrals")
    quarters(one, "2015-16", 10, 10, 10, 10)
    quarters(one, "2016-17", 10, 0, 20, 5)
    row = public()["referrals"]
    assert [cell["value"] for cell in row["series"][-4:]] == ["10", "0", "20", None]
    assert {change["why"] for change in row["change"].values()} == {"suppressed"}
    assert [year["value"] for year in row["years"]] == [None, "40", None]
    assert row["years"][2]["change"]["value"] is None
    told = facts_of(row, FinancialYear(2016), "an edition", dt.date(2017, 5, 1))
    facts = {fact.name: fact.shown for fact in told}
    assert (facts["referrals"], facts["referrals.year"]) == ("suppressed", "suppressed")
    assert score_row(row).current == "suppressed"


def test_a_small_part_takes_the_other_parts_of_that_period_with_it() -> None:
    whole = indicator("episodes")
    quarters(whole, "2016-17", 20, 20, 20, 22)
    quarters(indicator("high", part_of=whole), "2016-17", 10, 10, 10, 20)
    quarters(indicator("low", part_of=whole), "2016-17", 10, 10, 10, 2)
    rows = public()
    for code in ("high", "low"):
        assert [cell["value"] for cell in rows[code]["series"][-4:]] == ["10", "10", "10", None]
        assert (rows[code]["share"]["period"], rows[code]["share"]["year"]) == (None, None)
    assert rows["episodes"]["current"]["value"] == "22"


def test_a_percentage_of_few_children_is_as_small_as_its_numerator() -> None:
    one = percent("in_time")
    figure(one, "2016-17Q3", numerator=30, denominator=60)
    figure(one, "2016-17Q4", numerator=3, denominator=60)
    current = public()["in_time"]["current"]
    assert (current["value"], current["numerator"], current["denominator"]) == (None, None, None)


def test_a_percentage_does_not_tell_the_few_who_are_left_out() -> None:
    one = percent("in_time")
    figure(one, "2016-17Q3", numerator=54, denominator=60)
    figure(one, "2016-17Q4", numerator=57, denominator=60)
    row = public()["in_time"]
    assert [cell["value"] for cell in row["series"][-2:]] == ["90", None]


def test_an_average_of_few_children_is_hidden_however_many_days_it_counts() -> None:
    figure(indicator("wait", unit="days"), "2016-17Q4", numerator=280, denominator=5)
    assert public()["wait"]["current"]["value"] is None


def test_a_hidden_whole_takes_its_parts_along() -> None:
    whole = indicator("episodes")
    figure(whole, "2016-17Q4", 4)
    figure(indicator("high", part_of=whole, disclosure_class="open"), "2016-17Q4", 3)
    figure(indicator("low", part_of=whole, disclosure_class="open"), "2016-17Q4", 1)
    assert [row["current"]["value"] for row in public().values()] == [None, None, None]


def test_a_sensitive_part_is_not_given_back_by_the_others() -> None:
    whole = indicator("episodes")
    figure(whole, "2016-17Q4", 40)
    figure(indicator("high", part_of=whole), "2016-17Q4", 30)
    figure(indicator("secret", part_of=whole, disclosure_class="sensitive"), "2016-17Q4", 10)
    rows = public()
    assert (rows["high"]["current"]["value"], "secret" in rows) == (None, False)


@pytest.mark.parametrize(("kind", "shown"), [("open", "2"), ("children", None), ("sensitive", "nothing at all")])
def test_the_disclosure_class_decides(kind: str, shown: str | None) -> None:
    figure(indicator("few", disclosure_class=kind), "2016-17Q4", 2)
    rows = public()
    assert (rows["few"]["current"]["value"] if "few" in rows else "nothing at all") == shown
