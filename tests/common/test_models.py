import datetime as dt

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, models
from django.test.utils import isolate_apps

from lscb.common.models import (
    FinancialYearField,
    PeriodField,
    QuarterField,
    both_or_neither,
    ends_after_it_starts,
    in_force,
)
from lscb.common.periods import FinancialYear, Month, Quarter

YEAR, Q4, MAY = FinancialYear.parse("2016-17"), Quarter.parse("2016-17Q4"), Month.parse("2016-05M")


@pytest.fixture
def thing(db):
    """A model with every field and constraint of this room, in a table that lasts one test."""
    with isolate_apps("lscb.common"):

        class Thing(models.Model):
            year = FinancialYearField(null=True)
            quarter = QuarterField(null=True)
            period = PeriodField(null=True)
            starts_on = models.DateField(null=True)
            ends_on = models.DateField(null=True)
            approved_on = models.DateField(null=True)
            approved_by = models.TextField(null=True)  # noqa: DJ001 - a pair is both null or both set

            class Meta:
                app_label = "common"
                db_table = "thing_of_one_test"
                constraints = [
                    ends_after_it_starts("starts_on", "ends_on", name="ends_after_it_starts"),
                    both_or_neither("approved_on", "approved_by", name="approved_both_or_neither"),
                ]

        columns = ", ".join(
            f"{field.column} {field.db_type(connection)}" for field in Thing._meta.fields if not field.primary_key
        )
        key = "bigserial" if connection.vendor == "postgresql" else "integer"
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE TEMPORARY TABLE thing_of_one_test (id {key} PRIMARY KEY, {columns})")
        yield Thing
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE thing_of_one_test")


def test_periods_are_stored_and_come_back_as_values(thing):
    thing.objects.create(year=YEAR, quarter="2016-17 Q4", period=MAY)
    found = thing.objects.get(year="2016-17", quarter=Q4, period="2016-05M")
    assert (found.year, found.quarter, found.period) == (YEAR, Q4, MAY)
    assert thing.objects.create().year is None
    assert thing.objects.get(year=None).period is None


def test_periods_sort_and_compare_in_time_order(thing):
    for quarter in [Q4, Q4.next, Q4.previous]:
        thing.objects.create(quarter=quarter)
    assert list(thing.objects.order_by("quarter").values_list("quarter", flat=True)) == [Q4.previous, Q4, Q4.next]
    assert thing.objects.filter(quarter__lte=Q4).count() == 2
    assert thing.objects.filter(quarter__in=[Q4, Q4.next]).count() == 2


@pytest.mark.parametrize(
    "field, text", [(FinancialYearField(), "2016-18"), (QuarterField(), "2016-17"), (PeriodField(), "last year")]
)
def test_what_is_no_such_period_is_refused_with_its_sentence(field, text):
    with pytest.raises(ValidationError, match=f"“{text}” is not a"):
        field.clean(text, None)


def test_a_field_is_written_into_a_migration_without_its_fixed_length():
    _, path, args, kwargs = QuarterField(blank=True).deconstruct()
    assert (path, args, kwargs) == ("lscb.common.models.QuarterField", [], {"blank": True})


@pytest.mark.parametrize(
    "starts_on, ends_on, holds",
    [("2016-04-01", "2016-04-01", True), ("2016-04-02", "2016-04-01", False), ("2016-04-01", None, True)],
)
def test_an_end_is_open_or_not_before_the_start(thing, starts_on, ends_on, holds):
    assert is_valid(thing(starts_on=starts_on, ends_on=ends_on)) == holds


@pytest.mark.parametrize(
    "approved_on, approved_by, holds",
    [(None, None, True), ("2017-07-18", "the chair", True), (None, "the chair", False), ("2017-07-18", None, False)],
)
def test_who_and_when_are_set_together(thing, approved_on, approved_by, holds):
    assert is_valid(thing(approved_on=approved_on, approved_by=approved_by)) == holds


def is_valid(instance):
    try:
        instance.validate_constraints()
    except ValidationError:
        return False
    return True


def test_in_force_includes_first_and_last_day_and_open_ends(thing):
    thing.objects.create(starts_on="2016-04-01", ends_on="2017-03-31")
    thing.objects.create(starts_on="2016-04-01")
    thing.objects.create(ends_on="2017-03-31")
    thing.objects.create()
    counts = {
        day: thing.objects.filter(in_force(dt.date.fromisoformat(day))).count()
        for day in ["2016-03-31", "2016-04-01", "2017-03-31", "2017-04-01"]
    }
    assert counts == {"2016-03-31": 2, "2016-04-01": 4, "2017-03-31": 4, "2017-04-01": 2}
