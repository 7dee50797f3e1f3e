"""The rules of compiling, as truth tables over the document."""

from __future__ import annotations

import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dataset.document import canonical, change, compile_document, digest
from dataset.invariants import broken
from dataset.models import Edition
from dataset.services import compile_edition, redefine_indicator, set_comparator
from lscb.accounts.services import rename_agency
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear, Quarter, end_of_day, parse_period
from tests.accounts.factories import AgencyFactory

from .factories import Q4, figure, indicator, moment, percent, quarters, rated

pytestmark = pytest.mark.django_db
LATER = moment("2017-05-01")


def row(code: str, quarter: Quarter = Q4, as_at: dt.datetime = LATER) -> dict[str, Any]:
    rows = compile_document(quarter=quarter, as_at=as_at, status="final")["rows"]
    return next(one for one in rows if one["code"] == code)


@pytest.mark.parametrize(
    ("unit", "before", "after", "same", "value", "nature", "why"),
    [
        ("count", 611, 542, True, "-11.292962356792", "percent", ""),
        ("percent", 67, 78, True, "11", "points", ""),
        ("rate", 124, 110, True, "-11.290322580645", "percent", ""),
        ("days", 60, 57, True, "-5", "percent", ""),
        ("count", 5, 5, True, "0", "percent", ""),
        ("count", 0, 2, True, None, "percent", "from_zero"),
        ("percent", 0, 2, True, "2", "points", ""),
        ("count", 5, 6, False, None, "percent", "break"),
        ("percent", None, 6, False, None, "points", "break"),
        ("count", None, 6, True, None, "percent", "no_value"),
        ("count", 6, None, True, None, "percent", "no_value"),
    ],
)
def test_change(unit: str, before: Any, after: Any, same: bool, value: Any, nature: str, why: str) -> None:
    told = change(
        unit, None if before is None else Decimal(before), None if after is None else Decimal(after), same=same
    )
    assert told == {"nature": nature, "value": value, "why": why}


def test_changes_since_the_quarter_before_the_year_before_and_the_first_quarter() -> None:
    one = rated("looked_after")
    quarters(one, "2015-16", 588, 592, 597, 604)
    quarters(one, "2016-17", 611, 596, 573, 542)
    found = row("looked_after")["change"]
    assert {name: (told["from"], told["value"][:6]) for name, told in found.items()} == {
        "previous": ("2016-17Q3", "-5.410"),
        "year_before": ("2015-16Q4", "-10.26"),
        "first": ("2016-17Q1", "-11.29"),
    }
    assert "first" not in row("looked_after", FinancialYear(2016).quarters[0])["change"]


def test_a_stock_is_never_summed() -> None:
    quarters(indicator("at_risk", kind="stock"), "2016-17", 39, 43, 44, 71)
    assert row("at_risk")["years"] == []
    assert "197" not in json.dumps(row("at_risk"))


def test_a_flow_is_summed_when_the_whole_year_is_known() -> None:
    one = indicator("referrals")
    quarters(one, "2014-15", 1201, 1128, 1149, 1116)
    quarters(one, "2015-16", 1087, 1012, 1006, 986)
    quarters(one, "2016-17", 943, 902, 889)
    assert [year["value"] for year in row("referrals")["years"]] == ["4594", "4091", None]
    figure(one, "2016-17Q4", 861)
    years = row("referrals")["years"]
    assert [(y["value"], y["change"]["value"] and y["change"]["value"][:6]) for y in years] == [
        ("4594", None),
        ("4091", "-10.94"),
        ("3595", "-12.12"),
    ]
    assert len(years[2]["figures"]) == 4


def test_months_make_the_year_of_a_monthly_flow() -> None:
    one = indicator("contacts", frequency="month")
    for month in FinancialYear(2016).months:
        figure(one, str(month), 100 + month.number)
    found = row("contacts")
    assert (found["period"], found["years"][2]["value"]) == ("2017-03M", str(1200 + 78))


@pytest.mark.parametrize("absence", ["nil_return", "not_collected", "not_applicable", "suppressed", "blank"])
def test_a_year_with_a_figure_that_is_no_number_has_no_total(absence: str) -> None:
    one = indicator("referrals")
    quarters(one, "2016-17", 1, 2, 3)
    figure(one, "2016-17Q4", absence=absence)
    assert row("referrals")["years"][2]["value"] is None


def test_a_percentage_of_the_year_comes_from_the_sums_of_its_parts_never_from_an_average() -> None:
    one = percent("in_time")
    for number, (part, base) in enumerate([(1, 2), (10, 100), (1, 1), (0, 10)], start=1):
        figure(one, f"2016-17Q{number}", numerator=part, denominator=base)
    assert Decimal(row("in_time")["years"][2]["value"]) == (Decimal(12) * 100 / 113).quantize(Decimal("1e-12"))


def test_a_percentage_without_parts_and_a_rate_have_no_year() -> None:
    bare = percent("bare")
    a_rate = indicator("a_rate", unit="rate", multiplier=1000)
    for number in range(1, 5):
        figure(bare, f"2016-17Q{number}", 10)
        figure(a_rate, f"2016-17Q{number}", numerator=1, denominator=100)
    assert row("bare")["years"][2]["value"] is None
    assert row("a_rate")["years"][2]["value"] is None


def test_rates_are_worked_out_exactly_from_their_parts() -> None:
    figure(rated("looked_after"), "2016-17Q4", 542, numerator=542, denominator=49200)
    figure(percent("third"), "2016-17Q4", numerator=1, denominator=3)
    assert row("looked_after")["current"]["rate"] == "110.162601626016"
    assert row("third")["current"]["value"] == "33.333333333333"


def test_no_change_is_computed_across_a_break_by_any_way() -> None:
    one = percent("neet", kind="flow")
    for year in ("2015-16", "2016-17"):
        for number in range(1, 5):
            figure(one, f"{year}Q{number}", numerator=number, denominator=100)
    redefine_indicator(
        indicator=one, text="Other ages.", from_period=parse_period("2016-17Q2"), by=None, at=moment("2016-07-01")
    )
    found = row("neet")
    assert {name: told["why"] for name, told in found["change"].items()} == {
        "previous": "",
        "year_before": "break",
        "first": "break",
    }
    assert [year["value"] for year in found["years"]] == [None, "2.5", None]
    assert found["years"][2]["change"]["why"] == "break"
    assert [cell["definition"] for cell in found["series"]][-5:] == [1, 1, 2, 2, 2]
    assert row("neet", parse_period("2016-17Q2"))["change"]["previous"]["why"] == "break"  # type: ignore[arg-type]


def test_shares_are_of_the_whole_as_it_was_counted() -> None:
    whole = indicator("episodes")
    quarters(whole, "2016-17", 262, 270, 266, 241)
    for code, values in (("high", (13, 14, 14, 11)), ("low", (0, 1, 0, 1))):
        quarters(indicator(code, part_of=whole), "2016-17", *values)
    assert row("high")["share"]["year"] == {"part": "52", "base": "1039", "percent": "5.004812319538"}
    assert row("low")["share"]["period"]["base"] == "241"


@pytest.mark.parametrize(
    ("target", "polarity", "value", "rag"),
    [(85, "higher", 90, "green"), (85, "higher", 78, "amber"), (85, "higher", 60, "red"), (None, "neither", 60, None)],
)
def test_red_amber_green_only_where_a_target_and_its_direction_allow_it(
    target: int | None, polarity: str, value: int, rag: str | None
) -> None:
    bounds = {"target": Decimal(target), "tolerance": Decimal(10)} if target else {}
    figure(percent("in_time", polarity=polarity, **bounds), "2016-17Q4", value)
    assert row("in_time")["rag"] == rag


def test_what_is_missing_is_named_with_its_agency_as_it_was_called_then() -> None:
    agency = AgencyFactory(name="Hampshire Trust", short_name="HT")
    indicator("sent", source_agency=agency)
    one = indicator("not_sent", source_agency=agency)
    indicator("monthly", source_agency=agency, frequency="month")
    figure(one, "2016-17Q4", absence="blank")
    figure(indicator("not_collected", source_agency=agency), "2016-17Q4", absence="not_collected")
    rename_agency(
        agency=agency, name="New Trust", short_name="NT", on=dt.date(2017, 6, 1), by=None, today=dt.date(2017, 6, 1)
    )
    content = compile_document(quarter=Q4, as_at=LATER, status="final")
    assert {(gap["code"], gap["agency"], gap["period"]) for gap in content["missing"]} == {
        ("sent", "Hampshire Trust", "2016-17Q4"),
        ("not_sent", "Hampshire Trust", "2016-17Q4"),
        *(("monthly", "Hampshire Trust", f"2017-{month:02d}M") for month in (1, 2, 3)),
    }
    assert content["sources"] == [{"agency": agency.pk, "name": "Hampshire Trust", "owed": 6, "missing": 5}]


def test_every_value_carries_the_figure_and_revision_it_came_from() -> None:
    one = indicator("at_risk", kind="stock")
    figure(one, "2016-17Q4", 58, on="2017-04-12")
    figure(one, "2016-17Q4", 71, on="2017-04-25")
    second = one.figures.get(revision=2)
    found = row("at_risk")["current"]
    assert (found["figure"], found["revision"], found["value"]) == (second.pk, 2, "71")
    assert row("at_risk", as_at=moment("2017-04-20"))["current"]["value"] == "58"


def test_comparators_keep_their_own_period_and_revisions() -> None:
    one = rated("looked_after")
    year = FinancialYear(2016)
    for value, day in ((75, "2017-01-01"), (76, "2017-04-01")):
        set_comparator(
            indicator=one, against="neighbours", year=year, value=Decimal(value), period_label="31 March 2016",
            by=None, at=moment(day),
        )  # fmt: skip
    found = row("looked_after")["comparators"]
    assert [(c["value"], c["period"], c["revision"]) for c in found] == [("76", "31 March 2016", 2)]
    assert row("looked_after", as_at=end_of_day(dt.date(2017, 3, 31)))["comparators"][0]["value"] == "75"


def test_an_indicator_is_part_of_the_quarters_in_which_it_is_active() -> None:
    indicator("old", active_to=parse_period("2015-16Q4"))
    indicator("new", active_from=parse_period("2016-17Q4"))
    assert [one["code"] for one in compile_document(quarter=Q4, as_at=LATER, status="final")["rows"]] == ["new"]


# ---- Editions --------------------------------------------------------------------------------------------------------


def test_editions_are_numbered_and_the_same_moment_gives_the_same_bytes() -> None:
    figure(indicator("referrals"), "2016-17Q4", 861)
    first, second = (compile_edition(quarter=Q4, as_at=LATER, by=None) for _ in range(2))
    assert (first.number, second.number) == (1, 2)
    assert canonical(first.content) == canonical(second.content)
    assert first.digest == second.digest == digest(Edition.objects.get(pk=first.pk).content)
    figure(indicator("later"), "2016-17Q4", 1)
    assert compile_edition(quarter=Q4, as_at=LATER, status="provisional", by=None).digest != first.digest


def test_a_quarter_that_is_not_over_and_a_moment_to_come_are_refused() -> None:
    indicator()
    with pytest.raises(RuleBroken, match="ends on 31 March 2017"):
        compile_edition(quarter=Q4, as_at=moment("2017-03-31"), by=None)
    with pytest.raises(RuleBroken, match="future"):
        compile_edition(quarter=Q4, as_at=moment("2999-01-01"), by=None)


def test_an_empty_dataset_is_not_compiled() -> None:
    with pytest.raises(RuleBroken, match="Define indicators first"):
        compile_edition(quarter=Q4, as_at=LATER, by=None)


def test_an_edition_is_frozen() -> None:
    indicator()
    edition = compile_edition(quarter=Q4, as_at=LATER, by=None)
    for attempt in (
        edition.save,
        edition.delete,
        Edition.objects.all().delete,
        lambda: Edition.objects.update(number=3),
    ):
        with pytest.raises(TypeError, match="frozen"):
            attempt()


@pytest.mark.needs_postgres
def test_the_database_itself_refuses_to_change_an_edition() -> None:
    indicator()
    compile_edition(quarter=Q4, as_at=LATER, by=None)
    for statement in ("UPDATE dataset_edition SET content = '{}'", "DELETE FROM dataset_edition"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_check_data_finds_an_edition_that_was_tampered_with() -> None:
    figure(indicator(), "2016-17Q4", 1)
    edition = compile_edition(quarter=Q4, as_at=LATER, by=None)
    assert list(broken(dt.date(2017, 5, 1))) == []
    false = Edition(
        quarter=Q4,
        number=3,
        as_at=LATER,
        status="final",
        content={"rows": []},
        digest=edition.digest,
        compiled_at=LATER,
    )
    false.save()
    found = list(broken(dt.date(2017, 5, 1)))
    assert ["does not match its hash" in found[0], "is missing" in found[1]] == [True, True]


class SameBytes(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(st.tuples(st.integers(0, 2), st.integers(1, 4), st.integers(0, 99), st.integers(1, 60)), max_size=12)
    )
    def test_what_is_recorded_later_does_not_change_what_was_known(self, sent: list[tuple[int, int, int, int]]) -> None:
        wholes = [indicator(f"one_{n}") for n in range(3)]
        then = moment("2017-05-01")
        once: bytes | None = None
        for which, quarter, value, day in sorted(sent, key=lambda one: one[3]):
            at = then + dt.timedelta(days=day - 30)
            if once is None and at > then:
                once = canonical(compile_document(quarter=Q4, as_at=then, status="final"))
            figure(wholes[which], f"2016-17Q{quarter}", value, on=at.date().isoformat())
        if once is not None:
            assert canonical(compile_document(quarter=Q4, as_at=then, status="final")) == once
