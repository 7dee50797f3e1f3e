"""Sessions end: when idle, when too old, when a role or the account ends."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts import services
from lscb.accounts.models import Grant, User
from lscb.accounts.roles import AgencyLead, BoardManager, IndependentChair, LayMember

from .factories import person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waived")]
START = dt.datetime(2017, 3, 1, 9, tzinfo=dt.UTC)
PAGE = "/people/account/"


def minutes(number: float) -> dt.timedelta:
    return dt.timedelta(minutes=number)


def signed_in(client: Client, user: User) -> Client:
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert client.get(PAGE).status_code == 200
    return client


@pytest.mark.parametrize(
    "role, idle, stays",
    [(LayMember, 29, True), (LayMember, 31, False), (IndependentChair, 14, True), (IndependentChair, 16, False)],
    ids=lambda value: getattr(value, "slug", value),
)
def test_a_session_ends_when_idle_sooner_for_who_reads_child_deaths(
    client: Client, role: type[LayMember], idle: int, stays: bool
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        signed_in(client, person(role))
        clock.move_to(START + minutes(idle))
        response = client.get(PAGE)
    assert (response.status_code == 200) is stays
    if not stays:
        assert response["Location"] == f"{reverse('account_login')}?next={PAGE}"
        assert not client.session.get("_auth_user_id")


@pytest.mark.parametrize("idle, stays", [(14, True), (16, False)])
def test_a_session_ends_sooner_for_everybody_on_the_pages_of_child_deaths(
    client: Client, idle: int, stays: bool
) -> None:
    with time_machine.travel(START, tick=False) as clock:
        signed_in(client, person(AgencyLead))
        clock.move_to(START + minutes(idle))
        assert (client.get(reverse("cdop:report_list")).status_code == 200) is stays


def test_a_session_ends_after_twelve_hours_however_busy(client: Client) -> None:
    with time_machine.travel(START, tick=False) as clock:
        signed_in(client, person(LayMember))
        for step in range(1, 36):
            clock.move_to(START + minutes(20 * step))
            assert client.get(PAGE).status_code == 200
        clock.move_to(START + minutes(12 * 60 + 1))
        assert client.get(PAGE).status_code == 302


def test_sessions_end_at_once_with_the_account(client: Client) -> None:
    user = person(LayMember)
    signed_in(client, user)
    services.deactivate(user=user, reason="left", by=person(BoardManager), today=timezone.localdate())
    assert client.get(PAGE)["Location"].startswith(reverse("account_login"))


def test_sessions_end_at_once_with_a_role(client: Client) -> None:
    user = person(LayMember)
    signed_in(client, user)
    services.end_role(grant=Grant.objects.get(user=user), by=person(BoardManager), today=timezone.localdate())
    assert client.get(PAGE)["Location"].startswith(reverse("account_login"))


def test_somebody_whose_last_role_runs_out_is_signed_out(client: Client) -> None:
    user = person(LayMember)
    Grant.objects.filter(user=user).update(ends_on=dt.date(2017, 3, 1))
    with time_machine.travel(START, tick=False) as clock:
        signed_in(client, user)
        clock.move_to(dt.datetime(2017, 3, 2, 0, 5, tzinfo=dt.UTC))
        Grant.objects.filter(user=user).update(starts_on=dt.date(2010, 1, 1))
        response = client.get(PAGE)
    assert response.status_code == 302
    assert "You have no role" in client.get(reverse("accounts:no_role")).content.decode()


def test_being_here_is_written_down_once_a_minute(client: Client) -> None:
    with time_machine.travel(START, tick=False) as clock:
        signed_in(client, person(LayMember))
        first = client.session["session_seen"]
        clock.move_to(START + minutes(0.5))
        client.get(PAGE)
        assert client.session["session_seen"] == first
        clock.move_to(START + minutes(1))
        client.get(PAGE)
        assert client.session["session_seen"] == first + 60


def test_pages_behind_the_sign_in_are_kept_by_no_cache(client: Client) -> None:
    response = signed_in(client, person(LayMember)).get(PAGE)
    assert response["Cache-Control"] == "no-store, private"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in response["Permissions-Policy"]
