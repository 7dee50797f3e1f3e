import datetime as dt
from decimal import Decimal

import pytest

from lscb.common.rag import Polarity, Rag, rag_of_due_date, rag_of_value

TODAY = dt.date(2017, 3, 31)


@pytest.mark.parametrize(
    "days, done, rag",
    [
        (-1, False, Rag.RED),
        (0, False, Rag.AMBER),
        (28, False, Rag.AMBER),
        (29, False, Rag.GREEN),
        (-400, True, Rag.GREEN),
    ],
)
def test_a_due_date_is_red_only_after_its_day(days, done, rag):
    assert rag_of_due_date(TODAY + dt.timedelta(days=days), today=TODAY, done=done) == rag


@pytest.mark.parametrize(
    "value, polarity, rag",
    [
        ("85", Polarity.HIGHER, Rag.GREEN),
        ("90", Polarity.HIGHER, Rag.GREEN),
        ("84.9", Polarity.HIGHER, Rag.AMBER),
        ("80", Polarity.HIGHER, Rag.AMBER),
        ("79.9", Polarity.HIGHER, Rag.RED),
        ("85", Polarity.LOWER, Rag.GREEN),
        ("90", Polarity.LOWER, Rag.AMBER),
        ("90.1", Polarity.LOWER, Rag.RED),
        ("10", Polarity.NEITHER, None),
    ],
)
def test_a_value_is_amber_within_tolerance_on_the_wrong_side(value, polarity, rag):
    assert rag_of_value(Decimal(value), target=Decimal(85), tolerance=Decimal(5), polarity=polarity) == rag


def test_without_tolerance_there_is_no_amber():
    assert rag_of_value(Decimal("84.9"), target=Decimal(85), tolerance=None, polarity=Polarity.HIGHER) == Rag.RED


@pytest.mark.parametrize("value, target", [(None, Decimal(85)), (Decimal(85), None)])
def test_nothing_is_judged_without_value_and_target(value, target):
    assert rag_of_value(value, target=target, tolerance=None, polarity=Polarity.HIGHER) is None


def test_a_colour_always_has_its_word():
    assert [rag.word for rag in Rag] == ["green", "amber", "red"]
