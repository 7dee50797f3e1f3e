"""A button pressed twice does its work once."""

from __future__ import annotations

import re
import time
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from lscb.accounts import services
from lscb.accounts.models import SentForm, User
from lscb.accounts.roles import BoardManager
from lscb.actions.models import Action
from tests.actions.factories import a_plan

from .factories import member


@pytest.fixture(autouse=True)
def _waived(settings: Any) -> None:
    settings.SECOND_FACTOR_WAIVED = True


def drawn(client: Client, address: str) -> dict[str, str]:
    """The token that a page's form was drawn with."""
    page = client.get(address).content.decode()
    (token,) = re.findall(r'name="once" value="([^"]+)"', page)
    return {"once": token}


@pytest.mark.django_db
def test_a_form_sent_twice_makes_one_record_and_leads_to_the_same_page(client: Client) -> None:
    plan = a_plan()
    client.force_login(member(BoardManager))
    address = f"/actions/plans/{plan.pk}/add/"
    sent = {"what": "Share the lessons", "owner": "Board manager", "due": "3 June 2099"} | drawn(client, address)
    first, second = client.post(address, sent), client.post(address, sent)
    assert first.status_code == second.status_code == 302
    assert first["Location"] == second["Location"]
    assert Action.objects.count() == 1
    client.post(address, sent | drawn(client, address))
    assert Action.objects.count() == 2, "the same words in a new form are meant"


@pytest.mark.django_db
def test_a_form_that_was_refused_is_put_right_and_sent_again(client: Client) -> None:
    plan = a_plan()
    client.force_login(member(BoardManager))
    address = f"/actions/plans/{plan.pk}/add/"
    token = drawn(client, address)
    wrong = client.post(address, {"what": "Share the lessons", "due": "3 June 2099"} | token)
    assert wrong.status_code == 200
    assert token["once"] in wrong.content.decode()
    right = client.post(address, {"what": "Share", "owner": "Board manager", "due": "3 June 2099"} | token)
    assert right.status_code == 302
    assert Action.objects.count() == 1


@pytest.mark.django_db
def test_a_token_is_of_one_person_and_forgotten_after_a_day() -> None:
    now = timezone.now()
    done: list[User] = []

    def send(by: User, days: int = 0) -> None:
        services.once(token="t", by=by, do=lambda: done.append(by) or "/", at=now + days * services.SENT_FORM_KEPT)

    ada, grace = member(BoardManager), member(BoardManager)
    for by, days in ((ada, 0), (ada, 0), (grace, 0), (ada, 2)):
        send(by, days)
    assert done == [ada, grace, ada]
    assert SentForm.objects.visible_to(ada).count() == 1


@pytest.mark.needs_postgres
@pytest.mark.django_db(transaction=True)
def test_of_two_at_the_same_moment_one_is_done() -> None:
    by, done, together = member(BoardManager), [], Barrier(2)

    def do() -> str:
        done.append(1)
        time.sleep(0.3)
        return f"/{len(done)}/"

    def send(_: int) -> str:
        together.wait(timeout=10)
        try:
            return services.once(token="t", by=by, do=do, at=timezone.now())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        assert list(threads.map(send, range(2))) == ["/1/", "/1/"]
    assert done == [1]
