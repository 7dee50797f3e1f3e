"""Whose role shows anything not public signs in with a second factor, and its secret is not in the clear."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.db import connection
from django.test import Client
from django.urls import reverse

from lscb.accounts import services
from lscb.accounts.models import User
from lscb.accounts.roles import AgencyReader, BoardManager, ChildDeathOfficer, IndependentChair, Professional
from lscb.common import encryption
from lscb.common.errors import RuleBroken
from lscb.trail.models import Event
from tests.casereviews.samples import presented
from tests.casereviews.test_publishing import proposed
from tests.cdop.samples import a_death

from .factories import PASSWORD, member, person
from .second_factor import SECRET, code, shown, sign_in_with_a_code

pytestmark = pytest.mark.django_db
PAGE = "/people/account/"


def give_password(client: Client, user: User) -> Any:
    return client.post(reverse("account_login"), {"login": user.email, "password": PASSWORD})


def test_a_password_alone_is_enough_for_who_only_books_training(client: Client) -> None:
    give_password(client, member(Professional))
    assert client.get(PAGE).status_code == 200


def test_everybody_else_must_set_one_up_first(client: Client) -> None:
    give_password(client, member(AgencyReader))
    for address in (PAGE, "/", "/people/roles/", reverse("account_change_password")):
        assert client.get(address)["Location"] == reverse("mfa_index")
    assert "Set up an app" in client.get(reverse("mfa_index")).content.decode()


def test_the_api_is_closed_to_a_password_alone(client: Client) -> None:
    user = member(BoardManager)
    give_password(client, user)
    for name in ("group-list", "seat-list", "plan-list", "action-list", "figure-list", "edition-list", "schema"):
        assert client.get(reverse(f"api:{name}")).status_code == 403
    TOTP.activate(user, SECRET)
    client.logout()
    give_password(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.get(reverse("api:group-list")).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_setting_up_an_app_opens_the_portal_and_is_on_the_trail(client: Client) -> None:
    user = member(AgencyReader)
    give_password(client, user)
    page = client.get(reverse("mfa_activate_totp"))
    secret = page.context["form"].secret
    wrong = client.post(reverse("mfa_activate_totp"), {"code": "000000"})
    assert "Incorrect code" in wrong.content.decode()
    response = client.post(reverse("mfa_activate_totp"), {"code": code(secret)})
    assert response["Location"] == reverse("mfa_view_recovery_codes")
    assert client.get(PAGE).status_code == 200
    assert "added a second factor" in Event.objects.of(user).values_list("verb", flat=True)


def test_signing_in_asks_for_the_code_and_refuses_a_wrong_one(client: Client) -> None:
    user = member(AgencyReader)
    TOTP.activate(user, SECRET)
    assert give_password(client, user)["Location"] == reverse("mfa_authenticate")
    assert client.get(PAGE)["Location"].startswith(reverse("account_login"))
    assert "Incorrect code" in client.post(reverse("mfa_authenticate"), {"code": "000000"}).content.decode()
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.get(PAGE).status_code == 200


def test_guessing_codes_is_slowed(client: Client) -> None:
    user = member(AgencyReader)
    TOTP.activate(user, SECRET)
    give_password(client, user)
    for _ in range(10):
        client.post(reverse("mfa_authenticate"), {"code": "000000"})
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.get(PAGE).status_code == 302


def test_a_recovery_code_works_once(client: Client, elsewhere: Client) -> None:
    user = member(AgencyReader)
    TOTP.activate(user, SECRET)
    spare = RecoveryCodes.activate(user).get_unused_codes()[0]
    for browser, allowed in ((client, True), (elsewhere, False)):
        give_password(browser, user)
        browser.post(reverse("mfa_authenticate"), {"code": spare})
        assert (browser.get(PAGE).status_code == 200) is allowed


def test_a_code_of_the_app_works_once(client: Client, elsewhere: Client) -> None:
    user = member(AgencyReader)
    TOTP.activate(user, SECRET)
    shown = code()
    for browser, allowed in ((client, True), (elsewhere, False)):
        give_password(browser, user)
        browser.post(reverse("mfa_authenticate"), {"code": shown})
        assert (browser.get(PAGE).status_code == 200) is allowed


def test_a_session_that_never_showed_the_factor_is_asked_for_it(client: Client) -> None:
    user = member(AgencyReader)
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    TOTP.activate(user, SECRET)
    for address in (PAGE, reverse("mfa_deactivate_totp"), reverse("mfa_activate_totp"), reverse("mfa_index")):
        assert client.get(address)["Location"] == reverse("mfa_reauthenticate")
    client.post(reverse("mfa_reauthenticate"), {"code": code()})
    assert client.get(PAGE).status_code == 200


def test_who_needs_a_second_factor_cannot_remove_the_last(client: Client) -> None:
    user = member(AgencyReader)
    TOTP.activate(user, SECRET)
    give_password(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code()})
    client.post(reverse("mfa_reauthenticate"), {"code": code(steps=1)})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()


def test_it_is_waived_in_the_demonstration_only(client: Client, settings: Any) -> None:
    user = member(AgencyReader)
    give_password(client, user)
    assert client.get(PAGE).status_code == 302
    settings.SECOND_FACTOR_WAIVED = True
    assert client.get(PAGE).status_code == 200
    from lscb import settings as module

    assert module.SECOND_FACTOR_WAIVED is module.DEMONSTRATION is False


def test_the_secret_is_not_in_the_clear_and_survives_a_change_of_key(settings: Any) -> None:
    user = member(AgencyReader)
    TOTP.activate(user, SECRET)
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        stored = str(cursor.fetchall())
    assert SECRET not in stored
    settings.FIELD_ENCRYPTION_KEYS = [Fernet.generate_key().decode(), *settings.FIELD_ENCRYPTION_KEYS]
    assert TOTP(Authenticator.objects.get()).validate_code(code())
    settings.FIELD_ENCRYPTION_KEYS = settings.FIELD_ENCRYPTION_KEYS[:1]
    with pytest.raises(encryption.InvalidToken):
        TOTP(Authenticator.objects.get()).validate_code(code())


def test_somebody_who_lost_their_telephone_gets_a_new_start_from_another_person(client: Client) -> None:
    manager, user = person(BoardManager), member(AgencyReader)
    TOTP.activate(user, SECRET)
    give_password(client, user)
    client.post(reverse("mfa_authenticate"), {"code": code()})
    assert client.get(PAGE).status_code == 200
    services.remove_second_factor(user=user, reason="Spoke with them", by=manager)
    assert client.get(PAGE)["Location"].startswith(reverse("account_login"))
    assert Event.objects.of(user).first().reason == "Spoke with them"  # type: ignore[union-attr]
    with pytest.raises(RuleBroken, match="your own"):
        services.remove_second_factor(user=manager, reason="", by=manager)


def test_what_weighs_most_asks_for_the_factor_once_more(client: Client) -> None:
    """Signed in with it an hour ago is not enough to open who a child was, or to publish a review."""
    death, publication = a_death(), proposed(presented())
    officer, chair = member(ChildDeathOfficer), member(IndependentChair)
    who = reverse("cdop:identity", args=[death.pk])
    correct = reverse("cdop:identity_correct", args=[death.pk])
    release = reverse("casereviews:release", args=[publication.review_id, publication.pk])
    for user, addresses in ((officer, [who, correct]), (chair, [release])):
        client.logout()
        sign_in_with_a_code(client, user)
        shown(client, 3600)
        for address in addresses:
            assert client.get(address)["Location"] == f"{reverse('mfa_reauthenticate')}?next={address}"
        assert client.post(addresses[0])["Location"] == f"{reverse('mfa_reauthenticate')}?next={addresses[0]}"
        shown(client, 10)
        assert [client.get(address).status_code for address in addresses] == [200] * len(addresses)
