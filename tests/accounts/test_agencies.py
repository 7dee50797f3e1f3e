"""What agencies are called and become."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lscb.accounts import services
from lscb.accounts.models import Agency, Succession, User, names_on
from lscb.accounts.roles import BoardManager
from lscb.common.errors import RuleBroken
from lscb.trail.models import Event

from .factories import AgencyFactory, AreaFactory, person

pytestmark = pytest.mark.django_db
TODAY = dt.date(2023, 1, 1)
SINCE = dt.date(2022, 11, 1)


@pytest.fixture
def manager() -> User:
    return person(BoardManager)


def rename(agency: Agency, name: str, on: dt.date, by: User | None = None) -> None:
    services.rename_agency(agency=agency, name=name, short_name="HC", on=on, by=by, today=TODAY)


def test_a_page_about_a_day_prints_the_name_of_that_day(manager: User) -> None:
    agency = services.add_agency(name="Hampshire Constabulary", short_name="HC", sector="police", by=manager)
    rename(agency, "Hampshire and Isle of Wight Constabulary", SINCE, manager)
    agency.refresh_from_db()
    assert agency.name == "Hampshire and Isle of Wight Constabulary"
    assert agency.name_on(dt.date(2017, 3, 31)) == "Hampshire Constabulary"
    assert agency.name_on(dt.date(2022, 10, 31)) == "Hampshire Constabulary"
    assert agency.name_on(SINCE) == "Hampshire and Isle of Wight Constabulary"
    assert Event.objects.of(agency).first().changes["name"] == [  # type: ignore[union-attr]
        "Hampshire Constabulary",
        "Hampshire and Isle of Wight Constabulary",
    ]


def test_a_name_may_change_more_than_once_but_only_forwards() -> None:
    agency = AgencyFactory(name="One")
    rename(agency, "Two", dt.date(2018, 1, 1))
    with pytest.raises(RuleBroken, match="later day"):
        rename(agency, "Three", dt.date(2017, 1, 1))
    rename(agency, "Three", dt.date(2020, 1, 1))
    assert [agency.name_on(dt.date(year, 6, 1)) for year in (2017, 2019, 2021)] == ["One", "Two", "Three"]


@pytest.mark.parametrize(
    "name, on, sentence",
    [("New", dt.date(2023, 1, 2), "today or earlier"), ("Other", SINCE, "called Other already")],
)
def test_a_new_name_is_in_use_and_free(name: str, on: dt.date, sentence: str) -> None:
    AgencyFactory(name="Other")
    with pytest.raises(RuleBroken, match=sentence):
        rename(AgencyFactory(), name, on)


def test_an_agency_ends_the_day_before_others_follow_it(manager: User) -> None:
    trust = AgencyFactory(name="Hampshire Probation Trust")
    followers = [AgencyFactory(name="National Probation Service"), AgencyFactory(name="CRC")]
    services.succeed_agency(predecessor=trust, successors=followers, on=dt.date(2014, 6, 1), by=manager)
    trust.refresh_from_db()
    assert trust.active_to == dt.date(2014, 5, 31)
    assert trust in Agency.objects.active(dt.date(2014, 5, 31))
    assert trust not in Agency.objects.active(dt.date(2014, 6, 1))
    assert {one.successor for one in Succession.objects.filter(predecessor=trust)} == set(followers)
    with pytest.raises(RuleBroken, match="ended already"):
        services.succeed_agency(predecessor=trust, on=dt.date(2015, 6, 1), by=manager)


def test_an_agency_is_not_part_of_itself_or_of_its_own_part(manager: User) -> None:
    council = AgencyFactory()
    service = AgencyFactory(parent=council)
    for parent in (council, service):
        with pytest.raises(RuleBroken, match="part of itself"):
            services.change_agency(agency=council, sector="council", parent=parent, areas=[], by=manager)


def test_changing_an_agency_tells_what_changed(manager: User) -> None:
    agency = AgencyFactory(sector="health")
    services.change_agency(agency=agency, sector="police", parent=None, areas=[AreaFactory(name="Home")], by=manager)
    assert Event.objects.of(agency).get().changes == {"sector": ["Health", "Police"], "areas": ["", "Home"]}


def test_the_names_of_many_agencies_take_two_queries() -> None:
    AgencyFactory.create_batch(3)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        names = names_on(Agency.objects.prefetch_related("names"), TODAY)
    assert (len(names), len(queries)) == (3, 2)
