from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lscb.common.rounding import (
    percent_change,
    percentage,
    round_half_up,
    show,
    show_change,
    show_money,
)

numbers = st.decimals(min_value=-(10**9), max_value=10**9, places=6)


@pytest.mark.parametrize(
    "value, places, shown",
    [
        ("82.5", 0, "83"),
        ("-11.25", 1, "-11.3"),
        ("0.5", 0, "1"),
        ("-0.5", 0, "-1"),
        ("-0.4", 0, "0"),
        ("-0.04", 1, "0.0"),
        ("2.675", 2, "2.68"),
        ("1039", 0, "1,039"),
        ("-1234567.5", 0, "-1,234,568"),
    ],
)
def test_halves_go_away_from_zero_and_nothing_is_minus_zero(value, places, shown):
    assert show(Decimal(value), places) == shown


@pytest.mark.parametrize("value, shown", [("-11.25", "-11.3"), ("1.2", "+1.2"), ("0.04", "0.0"), ("-0.04", "0.0")])
def test_a_change_is_signed_unless_it_is_nothing(value, shown):
    assert show_change(Decimal(value)) == shown


@pytest.mark.parametrize(
    "value, shown", [("131453", "£131,453"), ("131453.00", "£131,453"), ("1329.5", "£1,329.50"), ("0.05", "£0.05")]
)
def test_money_shows_pence_only_where_there_are_any(value, shown):
    assert show_money(Decimal(value)) == shown


def test_a_percentage_carries_its_base():
    assert str(percentage(863, 1039)) == "83% (n\u00a0=\u00a01,039)"
    assert percentage(1, 3).show(1) == "33.3%"
    assert percentage(0, 0).value is None
    assert percentage(0, 0).show() == "not applicable"


def test_the_published_changes_come_out():
    assert show_change(percent_change(611, 542)) == "-11.3"
    assert show_change(percent_change(4594, 4091)) == "-10.9"
    assert show_change(percent_change(4091, 3595)) == "-12.1"
    assert percent_change(0, 5) is None


@given(numbers, st.integers(0, 4))
def test_rounding_moves_by_at_most_half_and_is_symmetric(value, places):
    rounded = round_half_up(value, places)
    assert abs(rounded - value) * 2 <= Decimal(1).scaleb(-places)
    assert round_half_up(-value, places) == -rounded
    assert round_half_up(rounded, places) == rounded
