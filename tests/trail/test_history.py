"""The history of a record reads as people would tell it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.template.loader import render_to_string

from lscb.accounts.models import Agency
from lscb.trail.history import timeline, viewers
from lscb.trail.services import record, viewed


@pytest.fixture
def agency(db: None) -> Agency:
    return Agency.objects.create(name="Solent NHS Trust", short_name="Solent", sector="health")


def happen(agency: Agency, at: dt.datetime, verb: str, **more: Any) -> None:
    with time_machine.travel(at, tick=False), transaction.atomic():
        record(verb=verb, by=more.pop("by", None), target=agency, **more)


@pytest.fixture
def past(agency: Agency) -> Agency:
    happen(agency, dt.datetime(2016, 12, 8, 10, tzinfo=dt.UTC), "added", by="Board manager")
    happen(
        agency,
        dt.datetime(2017, 3, 31, 23, 30, tzinfo=dt.UTC),
        "changed",
        by="Board coordinator",
        changes={"sector": ("other", "health"), "active_to": (None, dt.date(2017, 6, 30)), "is_lead": (False, True)},
        reason="The trust says so.",
    )
    happen(agency, dt.datetime(2017, 5, 1, 9, tzinfo=dt.UTC), "changed", changes={"name": ("x" * 200, "y")})
    viewed(agency, by="Designated doctor")
    return agency


def test_newest_first_in_words(past: Agency) -> None:
    newest, middle, oldest = timeline(past)
    assert (oldest.title, oldest.text, oldest.who, oldest.when) == ("Added", "", "Board manager", "8 December 2016")
    assert middle.text == (
        "Sector: from Other to Health. Active to: 30 June 2017. Is lead: from no to yes. The trust says so."
    )
    assert middle.when == "1 April 2017", "half past eleven in the evening by Greenwich is the next day in London"
    assert (newest.who, newest.text) == ("System", "Name changed.")


def test_who_looked_is_told_apart(past: Agency) -> None:
    assert [entry.who for entry in viewers(past)] == ["Designated doctor"]


def test_a_long_history_costs_one_query(past: Agency, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert len(timeline(past, limit=2)) == 2


def test_the_page_shows_it_and_escapes_what_people_wrote(past: Agency) -> None:
    happen(past, dt.datetime(2017, 6, 1, tzinfo=dt.UTC), "renamed", by="<script>alert(1)</script>")
    page = render_to_string("trail/history.html", {"history": timeline(past)})
    assert page.index("Renamed") < page.index("Added")
    assert "8 December 2016" in page
    assert "<script>" not in page
