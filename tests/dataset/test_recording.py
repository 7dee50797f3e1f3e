"""Recording figures: values follow from their parts, corrections are revisions, absences are not zeros."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from dataset.models import Absence, Figure, Indicator
from dataset.services import change_indicator, record_figure, redefine_indicator
from lscb.accounts.roles import AgencyContributor, LayMember
from lscb.common.errors import RuleBroken
from lscb.common.periods import parse_period
from lscb.trail.models import Event
from tests.accounts.factories import person

from .factories import LONG_AGO, figure, indicator, moment, percent, rated

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("make", "given", "value"),
    [
        (indicator, {"value": 0}, "0"),
        (rated, {"value": 542, "numerator": 542, "denominator": 49200}, "542"),
        (percent, {"numerator": 62448, "denominator": 254275}, "24.559237"),
        (percent, {"value": "24.6", "numerator": 62448, "denominator": 254275}, "24.559237"),
        (
            lambda: indicator(unit="rate", multiplier=1000, decimals=1),
            {"numerator": 441, "denominator": 42900},
            "10.27972",
        ),
        (lambda: indicator(unit="days"), {"numerator": 8692, "denominator": 154}, "56.441558"),
    ],
)
def test_a_value_follows_from_its_parts(make: Any, given: dict[str, Any], value: str) -> None:
    assert figure(make(), "2016-17Q4", **given).value == Decimal(value)


@pytest.mark.parametrize(
    ("make", "period", "given", "field", "words"),
    [
        (percent, "2016-17Q4", {"value": "24.8", "numerator": 62448, "denominator": 254275}, "value", "gives 24.6"),
        (percent, "2016-17Q4", {"numerator": 0, "denominator": 0}, "denominator", "share of 0"),
        (percent, "2016-17Q4", {"numerator": 5}, "denominator", "missing"),
        (indicator, "2016-17Q4", {"value": "1.5"}, "value", "not a whole number"),
        (indicator, "2016-17Q4", {"value": "-1"}, "value", "below zero"),
        (indicator, "2016-17Q4", {"value": 5, "numerator": 5, "denominator": 10}, "denominator", "plain count"),
        (indicator, "2016-17Q4", {}, "value", "say why"),
        (indicator, "2016-17Q4", {"value": 1, "absence": "suppressed"}, "absence", "Keep one"),
        (indicator, "2016-17", {"value": 1}, "period", "every quarter"),
        (indicator, "2017-01M", {"value": 1}, "period", "like 2016-17Q4"),
        (indicator, "2016-17Q4", {"value": 1, "on": "2017-03-30"}, "period", "not over"),
        (indicator, "2016-17Q4", {"value": 10**12}, "value", "too large"),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    make: Any, period: str, given: dict[str, Any], field: str, words: str
) -> None:
    with pytest.raises(RuleBroken, match=words) as refused:
        figure(make(), period, **given)
    assert refused.value.field == field
    assert not Figure.objects.exists()


@pytest.mark.parametrize("absence", Absence.values)
def test_every_kind_of_no_value_is_kept_and_none_is_a_zero(absence: str) -> None:
    kept = figure(indicator(), "2016-17Q4", absence=absence)
    assert (kept.value, kept.absence) == (None, absence)


def test_a_correction_is_the_next_revision_and_the_first_stays() -> None:
    one = indicator()
    figure(one, "2016-17Q4", 58, on="2017-04-12", status="provisional")
    figure(one, "2016-17Q4", 71, on="2017-04-25")
    assert list(one.figures.values_list("revision", "value", "status")) == [(1, 58, "provisional"), (2, 71, "final")]
    assert Figure.objects.known(moment("2017-04-20")).get().value == 58
    assert Figure.objects.known(moment("2017-04-26")).get().value == 71
    event = Event.objects.of(one).first()
    assert event is not None
    assert event.changes == {"Q4 2016-17": ["58 (provisional)", "71"]}


def test_the_same_figure_again_changes_nothing() -> None:
    one = indicator()
    events = Event.objects.count() + 1
    assert figure(one, "2016-17Q4", 5) == figure(one, "2016-17Q4", 5, on="2017-06-01")
    assert (one.figures.count(), Event.objects.count()) == (1, events)


def test_a_figure_is_never_changed_or_removed() -> None:
    kept = figure(indicator(), "2016-17Q4", 5)
    kept.value = Decimal(6)
    for attempt in (kept.save, kept.delete, Figure.objects.all().delete, lambda: Figure.objects.update(value=6)):
        with pytest.raises(TypeError, match="never changed"):
            attempt()


@pytest.mark.needs_postgres
def test_the_database_itself_refuses_to_change_a_figure() -> None:
    figure(indicator(), "2016-17Q4", 5)
    for statement in ("UPDATE dataset_figure SET value = 6", "DELETE FROM dataset_figure"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_the_database_keeps_a_value_or_a_reason_never_both() -> None:
    one = indicator()
    for wrong in ({"value": None, "absence": ""}, {"value": 1, "absence": "blank"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Figure.objects.create(
                indicator=one, period=parse_period("2016-17Q4"), revision=1, recorded_at=LONG_AGO, **wrong
            )


def test_an_agency_records_its_own_figures_and_no_others() -> None:
    mine, others = indicator(), indicator()
    sender = person(AgencyContributor, agency=mine.source_agency)
    quarter = parse_period("2016-17Q4")
    record_figure(indicator=mine, period=quarter, value=Decimal(1), by=sender)
    for one, by in ((others, sender), (mine, person(LayMember))):
        with pytest.raises(PermissionDenied):
            record_figure(indicator=one, period=quarter, value=Decimal(2), by=by)
    assert list(Figure.objects.visible_to(sender)) == list(mine.figures.all())


def test_a_new_definition_begins_after_the_last_one() -> None:
    one = percent()
    redefine_indicator(indicator=one, text="Otherwise.", from_period=parse_period("2016-17Q1"), by=None)
    for period, words in (("2016-17Q1", "begins later"), ("2016-17", "every quarter")):
        with pytest.raises(RuleBroken, match=words):
            redefine_indicator(indicator=one, text="Again.", from_period=parse_period(period), by=None)
    assert list(one.definitions.values_list("number", flat=True)) == [1, 2]


def test_what_figures_mean_cannot_change_under_them() -> None:
    one = indicator()
    change_indicator(indicator=one, kind="stock", by=None)
    figure(one, "2016-17Q4", 5)
    with pytest.raises(RuleBroken, match="Define a new indicator"):
        change_indicator(indicator=one, kind="flow", by=None)
    change_indicator(indicator=one, title="Another title", by=None)
    assert Indicator.objects.get(pk=one.pk).title == "Another title"


class KnownOnADate(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.tuples(st.integers(1, 300), st.integers(0, 9)), min_size=1, max_size=12))
    def test_a_figure_known_on_a_date_is_found_again_after_any_later_revisions(
        self, sent: list[tuple[int, int]]
    ) -> None:
        one = indicator()
        known: dict[dt.datetime, int] = {}
        for day, value in sorted(sent):
            at = moment("2017-04-01") + dt.timedelta(days=day)
            record_figure(indicator=one, period=parse_period("2016-17Q4"), value=Decimal(value), by=None, at=at)
            known[at] = value
        for at, value in known.items():
            assert Figure.objects.known(at).get(indicator=one).value == value
