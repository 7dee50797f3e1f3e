"""A session that ran out while somebody typed costs nothing of what was typed; another site gains nothing by it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from lscb.accounts.models import Agency, User
from lscb.accounts.roles import BoardManager
from tests.accounts.factories import PASSWORD, member
from tests.plugins.browser import Journey

OURS = {"Sec-Fetch-Site": "same-origin"}
TYPED = {"name": "A name <b>typed</b> for long", "sector": "health"}


@pytest.fixture
def manager(db: None) -> User:
    return member(BoardManager)


def test_a_form_sent_after_the_session_ended_is_given_back_to_be_sent_again(client: Client, db: None) -> None:
    response = client.post(reverse("accounts:agency_add"), TYPED, headers=OURS)
    assert response.status_code == 403
    page = response.content.decode()
    assert "Nothing is lost" in page
    assert 'name="name" value="A name &lt;b&gt;typed&lt;/b&gt; for long"' in page
    assert 'name="sector" value="health"' in page
    assert "no-store" in response["Cache-Control"]


def test_a_session_that_was_idle_too_long_gives_the_form_back_and_is_over(client: Client, manager: User) -> None:
    client.force_login(manager)
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as clock:
        client.get(reverse("accounts:roles"))
        clock.shift(dt.timedelta(minutes=31))
        response = client.post(reverse("accounts:name"), {"name": "New Name Typed"}, headers=OURS)
        assert "New Name Typed" in response.content.decode()
        assert client.get(reverse("accounts:account")).status_code == 302
    manager.refresh_from_db()
    assert manager.name != "New Name Typed"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
)
def test_what_another_site_sent_is_not_offered_to_be_sent_in_a_persons_name(
    client: Client, db: None, headers: dict[str, str]
) -> None:
    response = client.post(reverse("accounts:agency_add"), TYPED, headers=headers)
    assert response.status_code == 302
    forged = Client(enforce_csrf_checks=True).post(reverse("accounts:agency_add"), TYPED, headers=headers)
    assert b"Send my form again" not in forged.content


def test_a_password_is_never_given_back(db: None) -> None:
    strict = Client(enforce_csrf_checks=True)
    secret = {"login": "somebody@example.org", "password": "my secret words"}
    response = strict.post(reverse("account_login"), secret, headers=OURS)
    assert response.status_code == 403
    assert "my secret words" not in response.content.decode()


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without"])
def test_somebody_signs_in_again_in_another_tab_and_sends_the_form(
    journey: Callable[..., Journey], settings: object, javascript: bool
) -> None:
    settings.SECOND_FACTOR_WAIVED = True  # type: ignore[attr-defined]
    user = member(BoardManager)
    walk = journey(user, javascript=javascript)
    walk.open(reverse("accounts:agency_add"))
    page = walk.page
    page.fill("#id_name", "An agency typed for a long time")
    page.fill("#id_short_name", "Long typed")
    page.locator("input[name=sector][value=health]").check()
    page.context.clear_cookies()
    with page.expect_navigation():
        page.locator("main form button[type=submit]").first.click()
    tab = page.context.new_page()
    tab.goto(walk.address + reverse("account_login"))
    tab.fill("input[name=login]", user.email)
    tab.fill("input[name=password]", PASSWORD)
    with tab.expect_navigation():
        tab.press("input[name=password]", "Enter")
    for _ in range(2):  # the new session has a new token, so it asks once more
        if page.get_by_role("button", name="Send my form again").count():
            with page.expect_navigation():
                page.get_by_role("button", name="Send my form again").click()
    assert Agency.objects.filter(name="An agency typed for a long time").count() == 1
