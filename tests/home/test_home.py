"""The first page: what waits comes worst first, the year at a glance is counted, and each sees only their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audits.models import Return
from lscb.accounts.models import User
from lscb.actions.models import Action, ActionPlan
from lscb.actions.services import Asked, add_action
from lscb.demo.load import YEAR
from lscb.home.views import PUBLIC_PAGES
from lscb.reports.models import AnnualReport


def page(client: Client, user: User) -> Any:
    client.force_login(user)
    return client.get(reverse("home"))


def test_the_team_sees_what_is_late_first_and_the_year_counted(
    client: Client, demo_board: dict[str, User], demo_report: AnnualReport
) -> None:
    response = page(client, demo_board["manager"])
    tones = [one.tone for one in response.context["waiting"]]
    assert tones[0] == "red"
    assert tones == sorted(tones, key=["red", "amber", "green", "grey"].index)
    shown = {tile.label: tile.shown for tile in response.context["glance"]}
    readable = Action.objects.visible_to(demo_board["manager"])
    assert shown["actions outstanding"] == str(readable.outstanding(timezone.localdate()).count())
    assert shown["agencies sent their figures of Q4 2016-17"] == "11 of 12"
    assert shown["annual report, ready to approve"] == "2016-17"
    owed = Return.objects.overdue(timezone.localdate())
    assert shown["returns missing after their deadline"] == str(owed.count())


def test_the_chair_is_asked_to_approve(client: Client, demo_board: dict[str, User], demo_report: AnnualReport) -> None:
    waiting = page(client, demo_board["chair"]).context["waiting"]
    assert reverse("reports:report_preview", args=[demo_report.pk]) in [one.url for one in waiting]


def test_who_has_nothing_to_do_with_the_board_sees_nothing_of_it(client: Client, demo_board: dict[str, User]) -> None:
    """Who keeps accounts hears of somebody who asks for one, and of nothing else."""
    for mailbox, waiting in (("professional", 0), ("panel", 0), ("reader", 0), ("technical", 1)):
        response = page(client, demo_board[mailbox])
        assert response.context["glance"] == []
        assert len(response.context["waiting"]) == waiting
        labels = {entry.label for entry in response.context["navigation"]}
        assert not labels & {"Board", "Dataset", "Annual report"}


def test_the_page_asks_the_database_as_often_with_more_records(
    client: Client, demo_board: dict[str, User], django_assert_num_queries: Any
) -> None:
    page(client, demo_board["manager"])
    with CaptureQueriesContext(connection) as before:
        shown = {tile.label: tile.shown for tile in client.get(reverse("home")).context["glance"]}
    plan = ActionPlan.objects.get(business_plan__isnull=False)
    for number in range(12):
        day = YEAR.last_day  # the plan was reviewed earlier in March
        add_action(plan=plan, what=f"Late {number}", due=day, asked=[Asked(None, "Manager")], on=day, by=None)
    with django_assert_num_queries(len(before)):
        response = client.get(reverse("home"))
    more = {tile.label: tile.shown for tile in response.context["glance"]}
    assert int(more["actions outstanding"]) == int(shown["actions outstanding"]) + 12


@pytest.mark.django_db
def test_the_health_check_says_nothing_but_that_it_lives(client: Client) -> None:
    assert client.get(reverse("health")).json() == {"status": "ok"}


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/about/nothing/", "/no/such/page/"])
def test_what_does_not_exist_is_told_in_plain_words(client: Client, address: str) -> None:
    response = client.get(address)
    assert response.status_code == 404
    assert b"Page not found" in response.content


def test_an_agency_finds_its_figures_in_the_menu(client: Client, demo_board: dict[str, User]) -> None:
    entries = {entry.label: entry.url for entry in page(client, demo_board["lead"]).context["navigation"]}
    assert list(entries) == [
        *("Home", "Challenges", "Actions", "Our returns", "Returns to audits", "Library", "Learning", "Training"),
        *("Our figures", "Child death reports", "Take-out"),
    ]
    rows = client.get(entries["Our figures"]).content.decode()
    assert "Enter the figures of Q1 2017-18" in rows
    assert "Looked after children" not in rows


@pytest.mark.django_db
def test_a_stranger_finds_every_public_page_from_one(client: Client) -> None:
    index = client.get(reverse("public")).content.decode()
    for label, route, _ in PUBLIC_PAGES:
        assert f'href="{reverse(route)}">{label}<' in index
        page = client.get(reverse(route))
        assert page.status_code == 200, route
        assert reverse("public") in page.content.decode()
