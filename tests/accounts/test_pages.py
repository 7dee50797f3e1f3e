"""The pages about people and agencies: for whom they are there, and what is on them."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from lscb.accounts import services
from lscb.accounts.models import Agency, Grant, Invitation, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import (
    ROLES,
    AgencyReader,
    BoardManager,
    LayMember,
    Professional,
    TechnicalAdministrator,
)
from lscb.trail.models import Event

from .factories import AgencyFactory, UserFactory, person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("waived")]


def as_(client: Client, user: User) -> Client:
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(client: Client, route: str, *args: Any) -> str:
    response = client.get(reverse(route, args=args))
    assert response.status_code == 200
    return response.content.decode()


@pytest.fixture
def manager() -> User:
    return person(BoardManager, name="Mary Manager")


def addresses() -> dict[str, list[str]]:
    """Every address by what it needs."""
    user, agency = person(LayMember), AgencyFactory()
    grant = Grant.objects.get(user=user)
    invitation, _ = services.invite(
        name="x", email="x@example.org", role=LayMember, by=person(BoardManager), at=timezone.now()
    )

    def of(name: str, *args: Any) -> str:
        return reverse(f"accounts:{name}", args=args)

    return {
        "accounts": [
            of("person_list"),
            of("invite"),
            of("invitation_list"),
            of("invited", invitation.pk),
            of("invitation_revoke", invitation.pk),
            of("role_end", grant.pk),
            *(
                of(name, user.pk)
                for name in ("person", "person_change", "role_give", "person_close", "second_factor_remove")
            ),
        ],
        "reading agencies": [of("agency_list"), of("agency", agency.pk)],
        "changing agencies": [
            of("agency_add"),
            *(of(name, agency.pk) for name in ("agency_change", "agency_rename", "agency_end")),
        ],
        "everybody": [of("roles"), of("account"), of("name")],
    }


@pytest.mark.parametrize(
    "role, answers",
    [
        (BoardManager, {"accounts": 200, "reading agencies": 200, "changing agencies": 200, "everybody": 200}),
        (
            TechnicalAdministrator,
            {"accounts": 200, "reading agencies": 200, "changing agencies": 403, "everybody": 200},
        ),
        (LayMember, {"accounts": 404, "reading agencies": 200, "changing agencies": 403, "everybody": 200}),
        (AgencyReader, {"accounts": 404, "reading agencies": 404, "changing agencies": 404, "everybody": 200}),
        (Professional, {"accounts": 404, "reading agencies": 404, "changing agencies": 404, "everybody": 200}),
        (None, {"accounts": 302, "reading agencies": 302, "changing agencies": 302, "everybody": 302}),
    ],
    ids=lambda value: getattr(value, "slug", ""),
)
def test_who_finds_which_page(client: Client, role: Any, answers: dict[str, int]) -> None:
    if role:
        as_(client, person(role))
    for kind, paths in addresses().items():
        assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, answers[kind])
        if answers[kind] != 200:
            assert {path: client.post(path).status_code for path in paths} == dict.fromkeys(paths, answers[kind])


@pytest.mark.parametrize("route", ["accounts:person_list", "accounts:agency_list", "accounts:invitation_list"])
def test_a_list_takes_as_many_queries_for_three_rows_as_for_one(client: Client, manager: User, route: str) -> None:
    as_(client, manager)

    def more(number: int) -> None:
        for n in range(number):
            agency = AgencyFactory(parent=AgencyFactory())
            person(AgencyReader, agency=agency)
            services.invite(
                name="x",
                email=f"{route}{number}{n}@example.org",
                role=AgencyReader,
                agency=agency,
                by=None,
                at=timezone.now(),
            )

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(client, route)
        return len(captured)

    more(1)
    queries()
    one = queries()
    more(2)
    assert queries() == one


def test_a_person_page_tells_their_roles_and_history(client: Client, manager: User) -> None:
    user = UserFactory(name="Robin Example")
    services.grant_role(user=user, role=LayMember, starts_on=timezone.localdate(), by=manager)
    text = page(as_(client, manager), "accounts:person", user.pk)
    assert "Robin Example" in text
    assert "Lay member" in text
    assert "Gave a role" in text
    assert "Mary Manager" in text


def test_inviting_ends_on_a_page_that_may_be_loaded_again(client: Client, manager: User) -> None:
    response = as_(client, manager).post(
        reverse("accounts:invite"), {"name": "Robin", "email": "robin@example.org", "role": "lay_member"}
    )
    invitation = Invitation.objects.get()
    assert response["Location"] == reverse("accounts:invited", args=[invitation.pk])
    for _ in range(2):
        assert "robin@example.org" in page(client, "accounts:invited", invitation.pk)
    assert Invitation.objects.count() == 1


def test_a_refusal_stands_at_its_field_and_what_was_typed_stays(client: Client, manager: User) -> None:
    typed = {"name": "Robin", "email": "robin@example.org", "role": "agency_lead"}
    text = as_(client, manager).post(reverse("accounts:invite"), typed).content.decode()
    assert "Error: " in text
    assert 'href="#id_agency"' in text
    assert 'value="robin@example.org"' in text
    assert not Invitation.objects.exists()


def test_a_role_is_given_and_ended_from_the_pages(client: Client, manager: User) -> None:
    user = UserFactory()
    as_(client, manager).post(
        reverse("accounts:role_give", args=[user.pk]), {"role": "lay_member", "starts_on": "1 April 2016"}
    )
    grant = Grant.objects.get(user=user)
    assert (
        "Enter the last day"
        in client.post(reverse("accounts:role_end", args=[grant.pk]), {"when": "later"}).content.decode()
    )
    client.post(reverse("accounts:role_end", args=[grant.pk]), {"when": "now"})
    grant.refresh_from_db()
    assert grant.ended_on == timezone.localdate()


def test_an_agency_is_added_renamed_and_ended_from_the_pages(client: Client, manager: User) -> None:
    as_(client, manager).post(reverse("accounts:agency_add"), {"name": "Old", "short_name": "O", "sector": "health"})
    agency = Agency.objects.get(name="Old")
    client.post(
        reverse("accounts:agency_rename", args=[agency.pk]), {"name": "New", "short_name": "N", "on": "1/4/2016"}
    )
    client.post(reverse("accounts:agency_end", args=[agency.pk]), {"on": "1 april 2018"})
    text = page(client, "accounts:agency", agency.pk)
    assert "Old (O)" in text
    assert "New (N)" in text
    assert "31 March 2018" in text


def test_taking_the_people_away_is_on_the_trail(client: Client, manager: User) -> None:
    person(LayMember, name="=HYPERLINK(1)")
    response = as_(client, manager).get(reverse("accounts:person_list"), {"format": "csv", "role": "lay_member"})
    assert b"'=HYPERLINK" in response.content or b"\t=HYPERLINK" in response.content
    assert b"Mary Manager" not in response.content
    assert Event.objects.filter(verb="exported 1 people as CSV", actor="Mary Manager").exists()


def test_nobody_takes_lists_away_without_end(client: Client, manager: User, monkeypatch: Any) -> None:
    monkeypatch.setattr("lscb.common.lists.MOST_EXPORTS", 1)
    as_(client, manager)
    answers = [client.get(reverse("accounts:person_list"), {"format": "csv"}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert "very many files" in answers[1].content.decode()
    assert Event.objects.filter(verb__startswith="exported").count() == 1
    assert client.get(reverse("accounts:person_list")).status_code == 200


def test_who_may_do_what_names_every_permission_and_every_role(client: Client) -> None:
    text = page(as_(client, person(Professional)), "accounts:roles")
    assert all(str(permission.sentence).replace("'", "&#x27;") in text for permission in Permission)
    assert all(str(role.title) in text for role in ROLES)


def test_a_name_is_text_whatever_is_in_it(client: Client, manager: User) -> None:
    user = person(LayMember, name="<script>alert(1)</script>")
    text = page(as_(client, manager), "accounts:person", user.pk) + page(client, "accounts:person_list")
    assert "<script>alert" not in text
