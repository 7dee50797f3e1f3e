from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lscb.common.small_numbers import Hidden, Shown, SmallNumberPolicy, suppress, suppress_row

UP_TO_FIVE = SmallNumberPolicy(threshold=5, zeros_shown=True)


def printed(cells):
    return [str(cell) for cell in cells]


def grid_of(rows):
    """The counts with their totals, as one grid."""
    grid = [[*row, sum(row)] for row in rows]
    return [*grid, [sum(column) for column in zip(*grid, strict=True)]]


def safe_grid_of(table):
    body = [[*row, total] for row, total in zip(table.rows, table.row_totals, strict=True)]
    return [*body, [*table.column_totals, table.total]]


def every_table_that_prints_the_same(rows, shown, *, lowest, highest):
    """Brute force: all values for the hidden cells inside, kept where shown totals are right and none is too low."""
    height, width = len(rows), len(rows[0])
    places = [(i, j) for i in range(height) for j in range(width) if isinstance(shown[i][j], Hidden)]
    for values in product(range(lowest, highest + 1), repeat=len(places)):
        other = [list(row) for row in rows]
        for (i, j), value in zip(places, values, strict=True):
            other[i][j] = value
        grid = grid_of(other)
        if all(
            grid[i][j] == cell.count if isinstance(cell, Shown) else grid[i][j] >= lowest
            for i, row in enumerate(shown)
            for j, cell in enumerate(row)
        ):
            yield grid


def assert_nothing_can_be_worked_out(rows, policy):
    grid, shown = grid_of(rows), safe_grid_of(suppress(rows, policy))
    lowest = 1 if policy.zeros_shown else 0
    possible = list(
        every_table_that_prints_the_same(
            rows, shown, lowest=lowest, highest=max(map(max, rows), default=0) + policy.threshold
        )
    )
    for i, row in enumerate(shown):
        for j, cell in enumerate(row):
            if isinstance(cell, Shown):
                assert cell.count == grid[i][j]
                assert not lowest <= cell.count <= policy.threshold
            elif i < len(rows) and j < len(rows[0]) and lowest <= grid[i][j] <= policy.threshold:
                assert {table[i][j] for table in possible} >= set(range(lowest, policy.threshold + 1))
            else:
                assert len({table[i][j] for table in possible}) > 1


def tables(*, height, width, highest):
    return st.lists(st.lists(st.integers(0, highest), min_size=width, max_size=width), min_size=height, max_size=height)


policies = st.builds(SmallNumberPolicy, threshold=st.integers(2, 3), zeros_shown=st.booleans())


@settings(deadline=None, max_examples=150)
@given(st.integers(1, 4).flatmap(lambda width: tables(height=1, width=width, highest=6)), policies)
def test_no_hidden_count_of_a_list_can_be_worked_out(rows, policy):
    assert_nothing_can_be_worked_out(rows, policy)


@settings(deadline=None, max_examples=60)
@given(tables(height=2, width=2, highest=7), policies)
def test_no_hidden_count_of_a_table_can_be_worked_out(rows, policy):
    assert_nothing_can_be_worked_out(rows, policy)


@settings(deadline=None, max_examples=20)
@given(tables(height=2, width=3, highest=3), st.builds(SmallNumberPolicy, threshold=st.just(2)))
def test_no_hidden_count_of_a_wider_table_can_be_worked_out(rows, policy):
    assert_nothing_can_be_worked_out(rows, policy)


def test_the_brute_force_finds_the_fault_of_hiding_small_counts_only():
    rows = [[3, 20, 30]]
    shown = safe_grid_of(suppress(rows, SmallNumberPolicy(threshold=5, secondary=False)))
    possible = list(every_table_that_prints_the_same(rows, shown, lowest=1, highest=40))
    assert {table[0][0] for table in possible} == {3}


def test_the_smallest_other_count_is_hidden_with_a_lone_small_one():
    cells, total = suppress_row([3, 40, 20, 0], UP_TO_FIVE)
    assert printed(cells) == ["suppressed", "40", "suppressed", "0"]
    assert str(total) == "63"


def test_two_ones_that_would_be_given_away_by_their_total_take_it_with_them():
    cells, total = suppress_row([1, 1, 0], UP_TO_FIVE)
    assert printed([*cells, total]) == ["suppressed", "suppressed", "0", "suppressed"]


def test_two_small_counts_at_the_top_of_their_range_are_not_given_away():
    cells, total = suppress_row([5, 5, 30], SmallNumberPolicy(threshold=5))
    assert printed([*cells, total]) == ["suppressed", "suppressed", "30", "40"]
    assert_nothing_can_be_worked_out([[5, 5, 30]], SmallNumberPolicy(threshold=5))


def test_in_a_table_the_partner_needs_partners_too():
    table = suppress([[3, 40, 60], [50, 30, 70], [80, 90, 99]], UP_TO_FIVE)
    assert [printed(row) for row in table.rows] == [
        ["suppressed", "suppressed", "60"],
        ["suppressed", "suppressed", "70"],
        ["80", "90", "99"],
    ]
    assert printed(table.row_totals) == ["103", "150", "269"]
    assert printed(table.column_totals) == ["133", "160", "229"]


def test_a_table_without_small_counts_is_untouched():
    table = suppress([[0, 1039], [20, 30]], UP_TO_FIVE)
    assert [printed(row) for row in table.rows] == [["0", "1,039"], ["20", "30"]]


def test_zeros_are_hidden_where_the_policy_says_so():
    assert str(SmallNumberPolicy(threshold=4, zeros_shown=False).show(0)) == "0 to 4"
    assert str(UP_TO_FIVE.show(0)) == "0"


def test_without_secondary_suppression_the_range_is_printed():
    cells, total = suppress_row([3, 40], SmallNumberPolicy(threshold=5, secondary=False))
    assert printed([*cells, total]) == ["1 to 5", "40", "43"]


def test_what_is_shown_is_rounded_half_up_and_totals_from_the_true_total():
    cells, total = suppress_row([12, 13, 18], SmallNumberPolicy(threshold=5, rounding_base=5))
    assert printed([*cells, total]) == ["10", "15", "20", "45"]
    assert str(SmallNumberPolicy(threshold=0, rounding_base=10).show(5)) == "10"


def test_the_note_says_what_was_done():
    assert UP_TO_FIVE.note == "Counts of 1 to 5, and others that would give them away, are not shown."
    assert SmallNumberPolicy(threshold=0).note == ""
    assert (
        SmallNumberPolicy(threshold=4, zeros_shown=False, secondary=False, rounding_base=5).note
        == "Counts of 0 to 4 are not shown. Counts are rounded to the nearest 5."
    )


def test_an_empty_table_has_the_total_zero():
    assert str(suppress([], UP_TO_FIVE).total) == "0"
    assert suppress_row([], UP_TO_FIVE) == ((), Shown(0))


@pytest.mark.parametrize("rows", [[[1, -1]], [[1, 2], [3]]])
def test_impossible_counts_are_refused(rows):
    with pytest.raises(ValueError, match="count"):
        suppress(rows, UP_TO_FIVE)


@pytest.mark.parametrize("arguments", [{"threshold": -1}, {"threshold": 1}, {"threshold": 5, "rounding_base": 0}])
def test_policies_that_hide_nothing_are_refused(arguments):
    with pytest.raises(ValueError):  # noqa: PT011 - each has its own sentence
        SmallNumberPolicy(**arguments)
