"""Searching: what is found is what may be seen, and no number tells of more."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import CharField, Model, QuerySet, Value
from django.db.models.functions import Cast, Concat
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from boards.models import Challenge
from cdop.models import Death, Identity
from lscb.accounts.models import User
from lscb.records.searching import SHOWN, Found, kinds, search

pytestmark = pytest.mark.django_db

PLANTED = "Quangleworth"


def plant() -> None:
    """The word in every record, in each searched field that takes any word; also in those that are kept as they are."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        for kind in kinds():
            own = [field for field in kind.words if "__" not in field]
            assert not own or sum(_planted(kind.records(User(name="nobody")).model, field) for field in own)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


def _planted(model: type[Model], field: str) -> bool:
    end = "@x.invalid" if field == "email" else ""
    try:
        with transaction.atomic():
            QuerySet(model).update(**{field: Concat(Value(f"{PLANTED.lower()}_"), Cast("pk", CharField()), Value(end))})
    except DatabaseError:
        return False
    return True


def test_every_role_finds_what_it_may_see_and_is_told_of_no_more(demo_board: dict[str, User]) -> None:
    plant()
    wrong = []
    for mailbox, user in demo_board.items():
        found = {one.kind: one for one in search(PLANTED, user)}
        for kind in (kind for kind in kinds() if any("__" not in field for field in kind.words)):
            records = kind.records(user)
            # What `records` leaves out of what may be seen is of child deaths, or has its page for others.
            assert not records.exclude(pk__in=records.model._default_manager.visible_to(user).values("pk")).exists()
            one = found.get(kind.kind, Found(kind.kind, (), is_cut=False))
            there = records.count()
            if (len(one.hits), one.is_cut) != (min(there, SHOWN), there > SHOWN):
                wrong.append(f"{mailbox}: {kind.kind}: {len(one.hits)} instead of {there}")
            elif not one.is_cut and {hit.url for hit in one.hits} != {kind.url(record) for record in records}:
                wrong.append(f"{mailbox}: {kind.kind}: other records")
    assert wrong == []


@pytest.mark.long
def test_every_hit_opens_for_who_found_it(demo_board: dict[str, User]) -> None:
    shut = []
    for user in demo_board.values():
        client = Client()
        client.force_login(user)
        urls = {hit.url for kind in search("e", user) for hit in kind.hits[:2]}
        shut += [f"{user}: {url}" for url in urls if client.get(url).status_code not in (200, 302)]
    assert shut == []


def test_references_lead_to_their_record(demo_board: dict[str, User]) -> None:
    challenge, death = Challenge.objects.all()[0], Death.objects.all()[0]
    manager = demo_board["manager"]
    assert [hit.url for one in search(challenge.reference, manager) for hit in one.hits][:1] == [
        challenge.get_absolute_url()
    ]
    assert "Child deaths" not in {one.kind for one in search(death.reference, manager)}
    officer = search(death.reference, demo_board["officer"])
    assert [(one.kind, [hit.url for hit in one.hits]) for one in officer] == [
        ("Child deaths", [death.get_absolute_url()])
    ]
    assert search(death.reference[:-1], demo_board["officer"]) == []
    assert [one.kind for one in search("Case review 1", manager)] == ["Case reviews"]
    assert search("CH/2016-99/001", manager) == []


def test_no_child_is_found_by_name_and_no_code_name_is_listed(demo_board: dict[str, User]) -> None:
    for identity in Identity.objects.all()[:5]:
        for mailbox in ("officer", "doctor", "panel", "chair"):
            assert search(f"{identity.given_names} {identity.family_name}", demo_board[mailbox]) == []
    found = search("Alder", demo_board["manager"])
    names = [hit.name for one in found if one.kind == "Case reviews" for hit in one.hits]
    assert len(names) == 1
    assert "Alder" not in names[0]


def test_the_page_asks_as_often_however_much_there_is(demo_board: dict[str, User]) -> None:
    def queries(words: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            search(words, demo_board["manager"])
        return len(asked)

    search("warm", demo_board["manager"])
    assert queries("Zzyzx nothing") == queries("a") <= len(kinds())


def test_what_is_typed_is_sent_and_stands_in_no_address(demo_board: dict[str, User], client: Client) -> None:
    client.force_login(demo_board["manager"])
    page = client.post(reverse("records:search"), {"words": "front door"})
    assert "Does the front door" in page.content.decode()
    assert client.get(reverse("records:search"), {"words": "front door"}).context["form"].is_bound is False
    for typed, told in (("", "Enter reference or words"), ("x", "two letters"), ("a\x00b", "Null"), ("y" * 101, "100")):
        assert told in client.post(reverse("records:search"), {"words": typed}).content.decode()
    nothing = client.post(reverse("records:search"), {"words": "100%_'; --"})
    assert "Nothing found" in nothing.content.decode()


def test_searching_has_a_limit(demo_board: dict[str, User], client: Client, monkeypatch: Any) -> None:
    monkeypatch.setattr("lscb.records.views.search.MOST", 1)
    client.force_login(demo_board["lead"])
    answers = [client.post(reverse("records:search"), {"words": "zebra"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert "Wait a minute" in answers[1].content.decode()


def test_who_only_books_training_has_no_search(demo_board: dict[str, User], client: Client) -> None:
    client.force_login(demo_board["professional"])
    assert client.get(reverse("records:search")).status_code == 404
    assert 'role="search"' not in client.get("/").content.decode()
