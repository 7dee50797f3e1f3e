"""Small numbers by audience: the policy, its lift, and that nothing hidden can be worked out from what is shown."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from hypothesis import given, settings
from hypothesis import strategies as st

from dataset.document import change, compile_document
from dataset.models import Audience, DisclosurePolicy, Lift
from dataset.publishing import DEFAULTS, Disclosure, content_for, disclosure_for, for_audience
from dataset.services import end_lift, lift_suppression, set_policy
from lscb.accounts.roles import BoardAnalyst, BoardManager, LayMember
from lscb.common.errors import RuleBroken
from lscb.common.periods import FinancialYear
from tests.accounts.factories import person

from .factories import Q4, figure, indicator, moment, quarters

PUBLIC = Disclosure(DEFAULTS[Audience.PUBLIC])
YEAR = FinancialYear(2016)


def shown(disclosure: Disclosure | None = None) -> dict[str, dict[str, Any]]:
    rows = compile_document(quarter=Q4, as_at=moment("2017-05-01"), status="final")["rows"]
    return {row["code"]: row for row in for_audience(rows, disclosure or disclosure_for(Audience.PUBLIC))}


# ---- The policy ------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_board_sees_counts_of_children_and_no_small_number_of_what_is_sensitive() -> None:
    figure(indicator("few"), "2016-17Q4", 2)
    figure(indicator("secret", disclosure_class="sensitive"), "2016-17Q4", 2)
    figure(indicator("many_secret", disclosure_class="sensitive"), "2016-17Q4", 200)
    content = compile_document(quarter=Q4, as_at=moment("2017-05-01"), status="final")

    def told(user: Any) -> dict[str, Any]:
        return {row["code"]: row["current"]["value"] for row in content_for(content, user)["rows"]}

    assert told(person(BoardAnalyst)) == {"few": "2", "many_secret": "200", "secret": "2"}
    assert told(person(LayMember)) == {"few": "2", "many_secret": "200", "secret": None}


@pytest.mark.django_db
def test_what_is_left_out_is_not_named_as_missing_either() -> None:
    indicator("secret", disclosure_class="sensitive", title="Secret measure")
    figure(indicator("open"), "2016-17Q4", 200)
    set_policy(audience="board", disclosure_class="sensitive", withheld=True, threshold=5, by=None)
    content = compile_document(quarter=Q4, as_at=moment("2017-05-01"), status="final")
    assert "Secret measure" not in str(content_for(content, person(LayMember)))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ({"threshold": 5}, ["0", None, None, "6", "12"]),
        ({"threshold": 4}, ["0", None, "5", "6", "12"]),
        ({"threshold": 5, "zeros_shown": False}, [None, None, None, "6", "12"]),
        ({"threshold": 0}, ["0", "1", "5", "6", "12"]),
        ({"threshold": 0, "rounding_base": 5}, ["0", "0", "5", "5", "10"]),
        ({"threshold": 5, "rounding_base": 5}, ["0", None, None, "5", "10"]),
    ],
)
def test_threshold_zeros_and_rounding_are_the_boards_choice(policy: dict[str, Any], expected: list[Any]) -> None:
    for place, value in enumerate((0, 1, 5, 6, 12)):
        figure(indicator(f"of_{place}"), "2016-17Q4", value)
    set_policy(audience="public", disclosure_class="children", withheld=False, by=None, **policy)
    rows = shown()
    assert [rows[f"of_{place}"]["current"]["value"] for place in range(5)] == expected


@pytest.mark.django_db
def test_a_rounded_count_is_not_told_by_its_rate_its_change_or_its_year() -> None:
    one = indicator("referrals")
    quarters(one, "2015-16", 11, 12, 13, 14)
    quarters(one, "2016-17", 21, 22, 23, 24)
    set_policy(audience="public", disclosure_class="children", withheld=False, threshold=0, rounding_base=5, by=None)
    row = shown()["referrals"]
    assert [cell["value"] for cell in row["series"][-8:]] == ["10", "10", "15", "15", "20", "20", "25", "25"]
    assert {one["value"] for one in row["change"].values()} == {None}
    assert [(year["value"], year["change"]["value"]) for year in row["years"][1:]] == [("50", None), ("90", None)]


@pytest.mark.django_db
def test_a_policy_is_kept_by_revision_and_sensitive_is_never_public_as_a_class() -> None:
    for threshold in (5, 5, 10):
        set_policy(audience="public", disclosure_class="children", withheld=False, threshold=threshold, by=None)
    assert list(DisclosurePolicy.objects.values_list("revision", "threshold")) == [(1, 5), (2, 10)]
    for wrong in ({"threshold": 1}, {"threshold": 5, "rounding_base": 0}):
        with pytest.raises(RuleBroken):
            set_policy(audience="public", disclosure_class="children", withheld=False, by=None, **wrong)
    with pytest.raises(RuleBroken, match="never public as a class"):
        set_policy(audience="public", disclosure_class="sensitive", withheld=False, threshold=5, by=None)
    with pytest.raises(PermissionDenied):
        set_policy(audience="board", disclosure_class="open", withheld=True, threshold=5, by=person(LayMember))


@pytest.mark.django_db
def test_a_named_person_lifts_it_with_a_reason_for_a_period_or_for_all() -> None:
    one = indicator("few")
    figure(one, "2016-17Q3", 3)
    figure(one, "2016-17Q4", 2)
    manager = person(BoardManager)
    assert shown()["few"]["current"]["value"] is None
    lift = lift_suppression(indicator=one, audience="public", period=Q4, reason="It was printed.", by=manager)
    assert [cell["value"] for cell in shown()["few"]["series"][-2:]] == [None, "2"]
    with pytest.raises(RuleBroken, match="already"):
        lift_suppression(indicator=one, audience="public", period=Q4, reason="Again.", by=manager)
    lift_suppression(indicator=one, audience="public", reason="All of it.", by=manager)
    assert [cell["value"] for cell in shown()["few"]["series"][-2:]] == ["3", "2"]
    for again in Lift.objects.in_force():
        end_lift(lift=again, by=manager)
    assert shown()["few"]["current"]["value"] is None
    lift.refresh_from_db()
    assert (lift.lifted_by, lift.ended_by) == (manager, manager)
    for by, reason in ((person(BoardAnalyst), "I want to."), (manager, " ")):
        with pytest.raises((PermissionDenied, RuleBroken)):
            lift_suppression(indicator=one, audience="public", reason=reason, by=by)


# ---- Nothing hidden can be worked out --------------------------------------------------------------------------------


def a_row(code: str, counts: tuple[int, ...], whole: str = "") -> dict[str, Any]:
    """A row of the document as compiling makes it, over the four quarters of a year."""
    cells = [
        {"period": str(period), "value": str(count), "absence": "", "numerator": None, "denominator": None,
         "rate": None, "definition": 1}
        for period, count in zip(YEAR.quarters, counts, strict=True)
    ]  # fmt: skip
    last = Decimal(counts[-1])
    moved = {
        name: {"from": cells[at]["period"], **change("count", Decimal(counts[at]), last, same=True)}
        for name, at in (("previous", 2), ("first", 0))
    }
    total = {"year": str(YEAR), "value": str(sum(counts)), "base": None, "figures": [],
             "change": {"value": None, "why": "no_value", "nature": "percent"}}  # fmt: skip
    earlier = {**total, "year": str(YEAR.previous), "value": None}
    return {
        "code": code, "unit": "count", "decimals": 0, "disclosure_class": "children", "part_of": whole or None,
        "period": cells[-1]["period"], "current": cells[-1], "beside": {"previous": cells[2], "first": cells[0]},
        "series": cells, "change": moved, "years": [earlier, total], "rag": None, "share": None,
    }  # fmt: skip


def a_family(parts: list[tuple[int, ...]]) -> list[dict[str, Any]]:
    """A whole and its parts, each with its share."""
    whole = tuple(sum(column) for column in zip(*parts, strict=True))
    rows = [a_row("whole", whole)]
    for at, counts in enumerate(parts):
        row = a_row(f"part_{at}", counts, "whole")
        share = {"of": "whole", "title": "Whole", "period": None, "year": None}
        if whole[-1]:
            share["period"] = {"part": str(counts[-1]), "base": str(whole[-1]), "percent": "0"}
        if sum(whole):
            share["year"] = {"part": str(sum(counts)), "base": str(sum(whole)), "percent": "0"}
        rows.append({**row, "share": share})
    return rows


def printed(rows: list[dict[str, Any]]) -> Any:
    """Everything that a reader sees of a family, which is everything that an attacker has."""
    return [
        (
            row["code"],
            [cell["value"] for cell in row["series"]],
            [(name, one["value"]) for name, one in sorted(row["change"].items())],
            [year["value"] for year in row["years"]],
            row["share"] and (row["share"]["period"], row["share"]["year"]),
        )
        for row in for_audience(rows, PUBLIC)
    ]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 6)), min_size=2, max_size=3), st.integers(6, 9))
def test_no_hidden_count_can_be_worked_out_from_what_is_shown(parts: list[tuple[int, int]], large: int) -> None:
    """Brute force: of every small count that is hidden there is another table that prints exactly the same, with
    another number in that place. The quarters before are what they are, small numbers among them."""
    counts = [(large, large, *part) for part in parts]
    target = printed(a_family(counts))
    secret = {at for at, one in enumerate(counts) if target[at + 1][1][3] is None and 1 <= one[3] <= 5}
    for others in itertools.product(range(8), repeat=len(parts)):
        moved = {at for at in secret if others[at] != counts[at][3]}
        if moved:
            family = [(*one[:3], other) for one, other in zip(counts, others, strict=True)]
            secret -= moved if printed(a_family(family)) == target else set()
    assert not secret, (counts, secret)


@pytest.mark.django_db
def test_the_change_of_the_first_year_does_not_give_back_a_year_that_is_not_shown() -> None:
    one = indicator("referrals")
    quarters(one, "2013-14", 2, 10, 10, 10)
    for year in ("2014-15", "2015-16", "2016-17"):
        quarters(one, year, 10, 10, 10, 10)
    assert [year["change"]["value"] for year in shown()["referrals"]["years"]] == [None, "0", "0"]
