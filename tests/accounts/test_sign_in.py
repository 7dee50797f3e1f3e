"""Signing in: slow to guess, silent about who has an account, told on the trail."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts.models import User
from lscb.accounts.roles import Professional
from lscb.accounts.sessions import end_all
from lscb.accounts.tokens import make_token
from lscb.jobs.models import Email
from lscb.trail.models import Event

from .factories import PASSWORD, UserFactory, member

pytestmark = pytest.mark.django_db
LOGIN, RESET = reverse("account_login"), reverse("account_reset_password")


@pytest.fixture
def user() -> User:
    return member(Professional, email="known@example.org")


def try_to_sign_in(client: Client, password: str = PASSWORD, email: str = "known@example.org") -> bool:
    client.post(LOGIN, {"login": email, "password": password})
    return "_auth_user_id" in client.session


def without_token(page: bytes) -> str:
    """A page without what differs by chance or because it was typed."""
    text = re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page.decode())
    return re.sub(r"(un)?known@example.org", "", text)


def verbs(user: User) -> list[str]:
    return list(Event.objects.of(user).order_by("number").values_list("verb", flat=True))


def test_signing_in_and_out_is_on_the_trail(client: Client, user: User) -> None:
    assert try_to_sign_in(client, email="KNOWN@example.org")
    client.post(reverse("account_logout"))
    assert "_auth_user_id" not in client.session
    assert verbs(user) == ["signed in", "signed out"]


def test_a_wrong_password_is_on_the_trail_and_what_was_typed_is_not(client: Client, user: User) -> None:
    assert not try_to_sign_in(client, "a wrong password")
    assert not try_to_sign_in(client, "known@example.org", email="my.secret.password@example.org")
    event = Event.objects.of(user).get()
    assert (event.verb, event.actor) == ("failed to sign in", "Somebody not signed in")
    assert "secret" not in str(list(Event.objects.values()))


def test_who_signs_in_is_told_of_tries_that_failed(client: Client, elsewhere: Client, user: User) -> None:
    """Since they last signed in, and of their own account."""
    for _ in range(3):
        assert not try_to_sign_in(elsewhere, "a wrong password")
    assert try_to_sign_in(client)
    assert "3 tries to sign in to your account failed" in client.get(reverse("home")).content.decode()
    client.logout()
    assert not try_to_sign_in(elsewhere, "a wrong password")
    assert try_to_sign_in(client)
    assert "tries to sign in" not in client.get(reverse("home")).content.decode()


def test_guessing_is_locked_out_and_the_owner_elsewhere_is_not(client: Client, elsewhere: Client, user: User) -> None:
    for _ in range(5):
        assert not try_to_sign_in(client, "a wrong password")
    page = client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert page.status_code == 429
    assert "Too many attempts" in page.content.decode()
    assert "_auth_user_id" not in client.session
    assert try_to_sign_in(elsewhere)


def test_behind_a_proxy_too_the_owner_is_not_shut_out(client: Client, user: User, settings: Any) -> None:
    """Everybody comes from the address of the proxy, which says whom it speaks for."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def sign_in(password: str, address: str) -> int:
        forwarded = f"192.0.2.200, {address}"
        wanted = {"login": user.email, "password": password}
        return client.post(LOGIN, wanted, headers={"x-forwarded-for": forwarded}).status_code

    for _ in range(5):
        sign_in("a wrong password", "192.0.2.1")
    assert sign_in(PASSWORD, "192.0.2.1") == 429
    assert sign_in(PASSWORD, "192.0.2.2") == 302


def test_guessing_under_other_spellings_counts_as_one(client: Client, user: User) -> None:
    for spelling in (
        "known@example.org",
        "Known@example.org",
        "KNOWN@EXAMPLE.ORG",
        "known@EXAMPLE.org",
        "kNOWN@example.org",
    ):
        assert not try_to_sign_in(client, "a wrong password", email=spelling)
    assert not try_to_sign_in(client)


def test_signing_in_does_not_tell_who_has_an_account(client: Client, user: User) -> None:
    pages = [
        client.post(LOGIN, {"login": email, "password": "a wrong password"})
        for email in ("known@example.org", "unknown@example.org")
    ]
    assert pages[0].status_code == pages[1].status_code == 200
    assert without_token(pages[0].content) == without_token(pages[1].content)


def test_asking_for_a_new_password_does_not_tell_who_has_an_account(client: Client, user: User) -> None:
    pages = [
        client.post(RESET, {"email": email}, follow=True) for email in ("known@example.org", "unknown@example.org")
    ]
    assert pages[0].redirect_chain == pages[1].redirect_chain
    assert without_token(pages[0].content) == without_token(pages[1].content)
    known, unknown = Email.objects.order_by("to")
    assert (known.to, unknown.to) == ("known@example.org", "unknown@example.org")
    assert known.subject == unknown.subject
    assert "/password/reset/key/" in known.body
    assert "/password/reset/key/" not in unknown.body


def test_a_new_password_by_the_link_ends_other_sessions_and_is_told(
    client: Client, elsewhere: Client, user: User
) -> None:
    assert try_to_sign_in(elsewhere)
    now = timezone.now()
    made: dict[str, Any] = {"name": "Bookings", "scopes": ["training"], "expires_at": now + dt.timedelta(days=1)}
    token, _ = make_token(with_second_factor=True, by=user, at=now, **made)
    client.post(RESET, {"email": user.email})
    link = re.search(r"https?://[^/]+(/\S+)", Email.objects.get().body)
    assert link
    form = client.get(link[1], follow=True)
    client.post(form.redirect_chain[-1][0], {"password1": "three other unlike words"})
    assert "changed the password" in verbs(user)
    assert elsewhere.get("/people/account/")["Location"].startswith(LOGIN)
    assert not try_to_sign_in(client)
    assert try_to_sign_in(client, "three other unlike words")
    assert "token" in Email.objects.get(subject__contains="password was changed").body
    token.refresh_from_db()
    assert token.revoked_at


def test_nobody_signs_up_uninvited(client: Client) -> None:
    client.post(reverse("account_signup"), {"email": "new@example.org", "password1": PASSWORD})
    assert not User.objects.exists()
    assert "By invitation only" in client.get(reverse("account_signup")).content.decode()


def test_a_closed_account_is_told_so_only_with_the_right_password(client: Client, user: User) -> None:
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert client.post(LOGIN, {"login": user.email, "password": "wrong"}).status_code == 200
    assert client.post(LOGIN, {"login": user.email, "password": PASSWORD})["Location"] == reverse("account_inactive")
    assert "_auth_user_id" not in client.session


def test_a_session_gets_another_key_whenever_somebody_proves_who_they_are(client: Client, user: User) -> None:
    """A key that somebody planted or saw before is worth nothing after; ending all sessions reaches the newest."""
    client.get(LOGIN)
    client.session.save()
    keys = [client.session.session_key]
    assert try_to_sign_in(client)
    keys.append(client.session.session_key)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    keys.append(client.session.session_key)
    assert len(set(keys)) == 3
    assert not any(client.session.exists(old) for old in keys[:2])
    end_all(user)
    assert client.get("/people/account/")["Location"].startswith(LOGIN)


def test_ending_other_sessions_asks_for_the_password_again(client: Client, elsewhere: Client, user: User) -> None:
    assert try_to_sign_in(client)
    assert try_to_sign_in(elsewhere)
    sessions, again = reverse("usersessions_list"), reverse("account_reauthenticate")
    assert client.get(sessions).status_code == 200
    assert client.post(sessions)["Location"].startswith(f"{again}?next=")
    assert elsewhere.get("/people/account/").status_code == 200
    client.post(f"{again}?next={sessions}", {"password": PASSWORD})
    assert elsewhere.get("/people/account/")["Location"].startswith(LOGIN)
    assert client.get("/people/account/").status_code == 200


def test_nobody_is_led_off_the_site(client: Client, user: User) -> None:
    response = client.post(f"{LOGIN}?next=https://evil.example/", {"login": user.email, "password": PASSWORD})
    assert response["Location"] == "/"


def test_somebody_without_a_role_signs_in_to_a_page_that_says_so(client: Client, user: User) -> None:
    user.grants.all().delete()
    UserFactory()
    try_to_sign_in(client)
    assert client.get("/people/account/")["Location"] == reverse("accounts:no_role")


def test_nobody_adds_an_address_to_their_own_account(client: Client, user: User) -> None:
    try_to_sign_in(client)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("account_email"), {"email": "mine@example.org", "action_add": ""})
    assert list(EmailAddress.objects.values_list("email", flat=True)) == ["known@example.org"]
    assert "The board team changes it" in client.get(reverse("account_email")).content.decode()
