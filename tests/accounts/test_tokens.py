"""A program acts for a person: as far as its scopes, never further, never for child deaths, until it is ended."""

from __future__ import annotations

import base64
import datetime as dt
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts import services, tokens
from lscb.accounts.models import Grant, Token, User
from lscb.accounts.permissions import SCOPES, Permission, within
from lscb.accounts.roles import BoardManager, ChildDeathOfficer, IndependentChair, LayMember, Professional
from lscb.common.errors import RuleBroken
from lscb.trail.models import Event

from .factories import PASSWORD, grant, member, person

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def token_for(user: User, *scopes: str, **kwargs: Any) -> tuple[Token, str]:
    now = timezone.now()
    given = {"expires_at": now + dt.timedelta(days=30), "with_second_factor": True} | kwargs
    return tokens.make_token(name="Scorecard", scopes=scopes or tuple(SCOPES), by=user, at=now, **given)


def ask(secret: str, name: str = "group-list", **query: Any) -> Any:
    return Client().get(reverse(f"api:{name}"), query, headers={"Authorization": f"Bearer {secret}"})


def test_it_reads_what_its_holder_reads_where_its_scopes_let_it(waived: None) -> None:
    _, secret = token_for(person(LayMember), "board")
    assert ask(secret).status_code == 200
    assert ask(secret, "challenge-list").status_code == 404
    assert ask(secret)["Cache-Control"] == "no-store, private"


def test_basic_with_the_token_as_password_works_for_power_bi(waived: None) -> None:
    _, secret = token_for(person(LayMember))
    word = base64.b64encode(f"anybody:{secret}".encode()).decode()
    assert Client().get(reverse("api:group-list"), headers={"Authorization": f"Basic {word}"}).status_code == 200
    for wrong in ("Basic !", "Basic /w==", "Digest x", "Bearer", "Bearer \xff"):
        assert Client().get(reverse("api:group-list"), headers={"Authorization": wrong}).status_code == 401


def test_only_a_hash_is_kept_and_the_trail_tells_what_was_made(waived: None) -> None:
    user = person(LayMember)
    token, secret = token_for(user, "board", "actions")
    kept = str(Token.objects.values_list().get()) + str(list(Event.objects.values_list()))
    assert secret not in kept
    assert len(secret) > 40
    event = Event.objects.latest("number")
    assert (event.verb, event.actor_key) == ("made a token", str(user.pk))
    assert event.changes["scopes"] == [None, "The board; Actions"]
    ask(secret)
    token.refresh_from_db()
    assert token.used_at


def test_a_token_that_reads_does_not_write(waived: None) -> None:
    _, secret = token_for(person(BoardManager))
    answer = Client().post(
        reverse("api:challenge-list"),
        {},
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 403
    assert answer.json()["detail"] == "This token may only read. Make one that may write, too."


def test_child_deaths_are_in_no_scope(waived: None) -> None:
    everything = within(SCOPES)
    assert not {one for one in everything if "child_death" in one}
    assert {one for one in Permission if "child_death" not in one} - everything == {
        Permission.MANAGE_RECORDS,
        Permission.BREAK_GLASS,
    }
    officer = person(ChildDeathOfficer)
    _, secret = token_for(officer)
    assert tokens.follow(secret, at=timezone.now()).user.may(Permission.BOOK_TRAINING)
    for permission in (Permission.READ_CHILD_DEATHS, Permission.READ_CHILD_DEATH_IDENTITY):
        found = tokens.follow(secret, at=timezone.now()).user
        assert officer.may(permission)
        assert not found.may(permission)
        assert not found.for_whole_board(permission)


@pytest.mark.parametrize("name", ["meeting-list", "action-list", "plan-list"])
def test_child_deaths_do_not_leave_by_a_session_either(waived: None, client: Client, name: str) -> None:
    client.force_login(person(ChildDeathOfficer))
    assert client.get(reverse(f"api:{name}")).status_code == 404


@pytest.mark.parametrize(
    "how", ["revoked", "expired", "closed", "role taken away", "role over", "second factor gone", "another password"]
)
def test_it_ends(how: str, waived: None, settings: Any) -> None:
    user, manager = person(IndependentChair), person(BoardManager)
    token, secret = token_for(user)
    assert ask(secret).status_code == 200
    now, today = timezone.now(), timezone.localdate()
    role = Grant.objects.get(user=user)
    match how:
        case "revoked":
            tokens.revoke_token(token=token, by=manager, at=now)
            with pytest.raises(RuleBroken, match="revoked already"):
                tokens.revoke_token(token=token, by=manager, at=now)
        case "expired":
            Token.objects.update(made_at=now - dt.timedelta(days=3), expires_at=now - dt.timedelta(days=1))
        case "closed":
            services.deactivate(user=user, reason="Left", by=manager, today=today)
            services.reactivate(user=user, by=manager)
        case "role taken away":
            services.end_role(grant=role, by=manager, today=today)
            grant(user, LayMember)
        case "role over":
            Grant.objects.filter(pk=role.pk).update(ends_on=today - dt.timedelta(days=1))
        case "another password":
            get_adapter().set_password(user, "three other unlike words")
        case "second factor gone":
            settings.SECOND_FACTOR_WAIVED = False
    refused = ask(secret)
    assert refused.status_code == 401
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused.json()["detail"].endswith(".")


def test_the_second_factor_rule_is_that_of_sessions() -> None:
    manager, professional = person(BoardManager), person(Professional)
    _, without = token_for(manager, with_second_factor=False)
    TOTP.activate(manager, SECRET)
    assert ask(without).status_code == 401
    _, secret = token_for(manager)
    assert ask(secret).status_code == 200
    Authenticator.objects.all().delete()
    assert ask(secret).status_code == 401
    _, secret = token_for(professional, with_second_factor=False)
    assert ask(secret, "session-list").status_code == 200
    grant(professional, LayMember)
    assert ask(secret, "session-list").status_code == 401


def test_guessing_is_slowed_and_says_for_how_long(waived: None) -> None:
    codes = [ask(f"lscb_{number}").status_code for number in range(25)]
    assert codes[:20] == [401] * 20
    assert codes[-1] == 429
    assert 0 < int(ask("lscb_x")["Retry-After"]) <= 300


def test_asking_too_often_is_told_when_to_come_back(waived: None, settings: Any) -> None:
    settings.API_PER_MINUTE = {"token": 3, "address": 100}
    _, secret = token_for(person(LayMember))
    codes = [ask(secret).status_code for _ in range(8)]  # also where a minute ends meanwhile
    assert codes[:3] == [200] * 3
    assert 429 in codes
    settings.API_PER_MINUTE = {"token": 100, "address": 1}
    _, other = token_for(person(LayMember))
    answers = [ask(other) for _ in range(4)]
    assert 0 < int(next(one for one in answers if one.status_code == 429)["Retry-After"]) <= 60


# ---- The pages ------------------------------------------------------------------------------------------------------


def sign_in(client: Client, user: User) -> None:
    client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


TYPED = {"name": "Scorecard", "scopes": ["training"], "lasts": "30", "once": "a"}


def test_it_is_made_after_showing_the_password_again_and_shown_once(client: Client) -> None:
    sign_in(client, member(Professional))
    page = reverse("accounts:token_make")
    assert client.post(page, TYPED)["Location"].startswith(reverse("account_reauthenticate"))
    assert not Token.objects.exists()
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    shown = client.post(page, TYPED).content.decode()
    secret = shown.partition("<code")[2].partition(">")[2].partition("<")[0]
    assert ask(secret, "session-list").status_code == 200
    assert client.post(page, TYPED)["Location"] == reverse("accounts:token_list")
    assert Token.objects.count() == 1
    listed = client.get(reverse("accounts:token_list")).content.decode()
    assert "Scorecard" in listed
    assert secret not in listed
    client.post(reverse("accounts:token_revoke", args=[Token.objects.get().pk]), {})
    assert ask(secret, "session-list").status_code == 401


def test_only_parts_that_the_person_sees_are_offered(client: Client, waived: None) -> None:
    client.force_login(person(Professional))
    form = client.get(reverse("accounts:token_make")).context["form"]
    assert [choice[0] for choice in form.fields["scopes"].choices] == ["training"]


def test_the_team_sees_and_revokes_those_of_others_and_nobody_else_does(client: Client, waived: None) -> None:
    token, secret = token_for(person(LayMember))
    address = reverse("accounts:token_revoke", args=[token.pk])
    client.force_login(person(LayMember))
    assert client.get(address).status_code == 404
    assert client.get(reverse("accounts:all_tokens")).status_code == 404
    client.force_login(person(BoardManager))
    assert "Scorecard" in client.get(reverse("accounts:all_tokens")).content.decode()
    client.post(address, {})
    assert ask(secret).status_code == 401


def test_no_door_of_the_api_makes_a_token() -> None:
    from lscb.api import urlpatterns

    assert not [pattern for pattern in urlpatterns if "token" in str(pattern.pattern)]


def test_a_token_lasts_a_year_at_most_and_needs_a_name_and_a_scope(waived: None) -> None:
    user, now = person(LayMember), timezone.now()
    for wrong in (
        {"scopes": ["child-deaths"]},
        {"scopes": []},
        {"name": " "},
        {"expires_at": now + dt.timedelta(days=400)},
        {"expires_at": now},
    ):
        given: dict[str, Any] = {"name": "A", "scopes": ["board"], "expires_at": now + dt.timedelta(days=1)}
        with pytest.raises(RuleBroken):
            tokens.make_token(**given | wrong, with_second_factor=True, by=user, at=now)
