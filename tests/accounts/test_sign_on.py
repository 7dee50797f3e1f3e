"""Single sign-on against a real provider on this machine: who gets in, as what, and six doctored tokens that do not."""

from __future__ import annotations

import base64
import hmac
import json
import re
import time
from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts import services
from lscb.accounts.models import SignOnDomain, SignOnRequest, User
from lscb.accounts.roles import AgencyLead, BoardManager, LayMember, Professional
from lscb.accounts.sign_on.configuring import allauth_settings, origins, providers_of
from lscb.accounts.sign_on.services import approve_domain, end_domain
from lscb.common.errors import RuleBroken
from lscb.jobs.models import Email
from lscb.trail.models import Event

from .factories import PASSWORD, AgencyFactory, member
from .openid_provider import ANOTHER_KEY, CLIENT, KEY, SECRET, Claims, OpenIdProvider, signed

pytestmark = pytest.mark.django_db
LOGIN = reverse("account_login")


@pytest.fixture
def provider(settings: Any) -> Iterator[OpenIdProvider]:
    running = OpenIdProvider()
    configure(settings, running)
    yield running
    running.stop()


def configure(settings: Any, *running: OpenIdProvider, **more: Any) -> None:
    """As SIGN_ON_PROVIDERS does, with ids council, health …"""
    names = [("council", "City Council"), ("health", "Health Trust")]
    given = [
        {"id": id, "name": name, "issuer": one.issuer, "client_id": CLIENT, "secret": SECRET, "vouches_for_email": True}
        | more
        for (id, name), one in zip(names, running, strict=False)
    ]
    providers = providers_of(json.dumps(given), insecure=True)
    settings.SIGN_ON_PROVIDERS = providers
    settings.SIGN_ON_NAMES = {one["id"]: one["name"] for one in providers}
    settings.SOCIALACCOUNT_PROVIDERS = allauth_settings(providers)


def begin(client: Client, id: str = "council", **data: str) -> dict[str, str]:
    """Press the button; what the portal asks of the provider."""
    response = client.post(reverse("openid_connect_login", args=[id]), data)
    assert response.status_code == 302, response.content
    return dict(parse_qsl(urlsplit(response["Location"]).query))


def go_back(client: Client, asked: dict[str, str], provider: OpenIdProvider, id: str = "council") -> Any:
    answer = {"code": provider.let_in(asked), "state": asked["state"]}
    return client.get(reverse("openid_connect_callback", args=[id]), answer)


def sign_on(client: Client, provider: OpenIdProvider, id: str = "council", **data: str) -> Any:
    return go_back(client, begin(client, id, **data), provider, id)


def known(user: User, provider: OpenIdProvider, id: str = "council") -> SocialAccount:
    """Links `user` to whom the provider says."""
    key = sha256(f"{provider.issuer}\n{provider.says['sub']}".encode()).hexdigest()
    said = {"name": "", "email": "", "email_verified": False}
    return SocialAccount.objects.create(user=user, provider=id, uid=key, extra_data=said)


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def reasons() -> list[str]:
    refused = Event.objects.filter(verb="was refused at sign-on").order_by("number")
    return list(refused.values_list("reason", flat=True))


# -- A good token, and those that are not ------------------------------------------------------------------------------


def test_a_person_who_is_linked_signs_in_by_issuer_and_subject(client: Client, provider: OpenIdProvider) -> None:
    user = member(Professional, email="somebody.else@example.org")
    known(user, provider)
    asked = begin(client, next=reverse("accounts:account"))
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    response = go_back(client, asked, provider)
    assert (response.status_code, response["Location"]) == (302, reverse("accounts:account"))
    assert client.session["_auth_user_id"] == str(user.pk)
    event = Event.objects.of(user).get(verb="signed in")
    assert event.reason == "Through City Council."


def unsigned(claims: Claims) -> str:
    parts = [{"alg": "none", "typ": "JWT", "kid": "first"}, claims]
    return ".".join(_base64(json.dumps(part).encode()) for part in parts) + "."


def by_public_key_as_secret(claims: Claims) -> str:
    """What a library takes that lets the token choose: the key that everybody knows, used as a shared secret."""
    public = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    parts = [{"alg": "HS256", "typ": "JWT", "kid": "first"}, claims]
    body = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{body}.{_base64(hmac.new(public, body.encode(), sha256).digest())}"


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def changed(**claims: Any) -> Callable[[Claims], str]:
    return lambda good: signed({**good, **claims})


DOCTORED: dict[str, tuple[Callable[[Claims], str], str]] = {
    "signed with another key": (lambda claims: signed(claims, key=ANOTHER_KEY), "its signature is not the provider’s"),
    "signed by nobody": (unsigned, "it is signed in a way that proves nothing"),
    "signed with what everybody knows": (by_public_key_as_secret, "it is signed in a way that proves nothing"),
    "for another portal": (changed(aud="another"), "it is meant for somebody else"),
    "for us and another": (changed(aud=[CLIENT, "another"]), "it is meant for somebody else too"),
    "from another issuer": (changed(iss="https://evil.example"), "it comes from somebody else"),
    "expired": (changed(iat=int(time.time()) - 900, exp=int(time.time()) - 300), "it has expired"),
    "of another visit": (changed(nonce="of yesterday"), "it is not the answer to this visit"),
    "without nonce": (lambda claims: signed({k: v for k, v in claims.items() if k != "nonce"}), "not the answer"),
    "under a key nobody knows": (lambda claims: signed(claims, kid="second"), "its signature is not the provider’s"),
}


@pytest.mark.parametrize("doctored", DOCTORED)
def test_a_doctored_token_lets_nobody_in(doctored: str, client: Client, provider: OpenIdProvider) -> None:
    known(member(Professional), provider)
    provider.doctor, why = DOCTORED[doctored]
    response = sign_on(client, provider)
    assert response.status_code == 401
    assert "You are not signed in" in response.content.decode()
    assert not is_in(client)
    assert len(reasons()) == 1
    assert why in reasons()[0]
    assert not Event.objects.filter(verb="signed in").exists()


def test_an_answer_is_good_once_and_in_the_browser_that_asked(
    client: Client, elsewhere: Client, provider: OpenIdProvider
) -> None:
    known(member(Professional), provider)
    asked = begin(client)
    assert go_back(elsewhere, asked, provider).status_code == 401
    assert not is_in(elsewhere)
    assert go_back(client, asked, provider).status_code == 302
    client.logout()
    assert go_back(client, asked, provider).status_code == 401
    assert not is_in(client)
    assert reasons() == ["City Council: it is not the answer to a visit that began here."] * 2


def test_a_token_of_one_visit_is_no_answer_to_another(
    client: Client, elsewhere: Client, provider: OpenIdProvider
) -> None:
    """Somebody who got hold of a good token hands it in for a visit of their own."""
    known(member(Professional), provider)
    caught: list[str] = []
    provider.doctor = lambda claims: caught.append(signed(claims)) or caught[0]  # type: ignore[func-returns-value]
    assert sign_on(client, provider).status_code == 302
    assert sign_on(elsewhere, provider).status_code == 401
    assert not is_in(elsewhere)


def test_a_provider_that_calls_itself_by_another_name_is_not_followed(client: Client, provider: OpenIdProvider) -> None:
    own = provider.issuer
    provider.issuer = "https://another.example"
    response = client.post(reverse("openid_connect_login", args=["council"]))
    assert response.status_code == 401
    assert reasons() == ["City Council: the provider calls itself by another name."]
    provider.issuer = own


def test_keys_and_addresses_are_kept_and_a_flood_of_unknown_keys_fetches_them_once(
    client: Client, provider: OpenIdProvider
) -> None:
    known(member(Professional), provider)
    provider.doctor = lambda claims: signed(claims, kid="second")
    for _ in range(3):
        sign_on(client, provider)
    assert provider.asked.count("/keys") == 2
    assert provider.asked.count("/.well-known/openid-configuration") == 1


def test_a_sign_in_begins_with_a_button_and_adds_nothing_from_the_address(
    client: Client, provider: OpenIdProvider
) -> None:
    address = reverse("openid_connect_login", args=["council"])
    assert client.get(address).status_code == 405
    response = client.post(f"{address}?auth_params=nonce%3Dmine%26redirect_uri%3Dhttps://evil.example&scope=all")
    asked = parse_qs(urlsplit(response["Location"]).query)
    assert urlsplit(asked["redirect_uri"][0]).path == reverse("openid_connect_callback", args=["council"])
    assert asked["nonce"] != ["mine"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert client.post(f"{address}?next=https://evil.example").status_code == 302
    assert client.post(reverse("openid_connect_login", args=["nobody"])).status_code == 404
    assert client.get(reverse("openid_connect_callback", args=["nobody"])).status_code == 404


def test_who_gives_up_at_the_provider_is_back_at_the_sign_in(client: Client, provider: OpenIdProvider) -> None:
    asked = begin(client)
    answer = {"error": "access_denied", "state": asked["state"]}
    response = client.get(reverse("openid_connect_callback", args=["council"]), answer, follow=True)
    assert response.redirect_chain[-1][0] == LOGIN
    assert "You did not sign in with City Council" in response.content.decode()


# -- Never by an address ----------------------------------------------------------------------------------------------


def test_an_equal_address_links_nobody(client: Client, provider: OpenIdProvider) -> None:
    """Not even where the domain is approved and the provider vouches for it."""
    user = member(BoardManager, email="alice@council.example")
    approve_domain(domain="council.example", provider="council", agency=AgencyFactory(), by=None, at=timezone.now())
    provider.says["email_verified"] = True
    response = sign_on(client, provider)
    assert response["Location"] == reverse("accounts:sign_on_ask")
    assert not is_in(client)
    assert not SocialAccount.objects.filter(user=user).exists()


def test_the_page_says_the_same_whether_the_address_has_an_account(client: Client, provider: OpenIdProvider) -> None:
    pages = []
    for _ in range(2):
        sign_on(client, provider)
        page = client.get(reverse("accounts:sign_on_ask")).content.decode()
        pages.append(re.sub(r'(csrfmiddlewaretoken" value|nonce)="[^"]+"', "", page))
        member(LayMember, email="alice@council.example") if len(pages) == 1 else None
    assert pages[0] == pages[1]


def test_the_same_subject_of_another_issuer_is_another_person(
    client: Client, provider: OpenIdProvider, settings: Any
) -> None:
    """Also when the same id is later given to another provider."""
    known(member(Professional), provider)
    other = OpenIdProvider()
    configure(settings, provider, other)
    sign_on(client, other, "health")
    assert not is_in(client)
    configure(settings, other)
    sign_on(client, other, "council")
    assert not is_in(client)
    other.stop()


# -- From an approved domain ------------------------------------------------------------------------------------------


def test_somebody_from_an_approved_domain_becomes_a_professional_of_its_agency_and_no_more(
    client: Client, provider: OpenIdProvider
) -> None:
    agency, manager = AgencyFactory(), member(BoardManager)
    approve_domain(domain="Council.example", provider="council", agency=agency, by=manager, at=timezone.now())
    provider.says |= {"roles": ["board_manager"], "groups": ["admin"]}
    assert sign_on(client, provider)["Location"] == reverse("home")
    user = User.objects.get(email="alice@council.example")
    grant = user.grants.get()
    assert (grant.role, grant.agency, grant.granted_by) == (Professional.slug, agency, manager)
    assert not user.has_usable_password()
    assert client.get(reverse("home")).status_code == 200
    assert [event.verb for event in Event.objects.of(user).order_by("number")] == [
        "joined",
        "was given a role",
        "linked a sign-on",
        "signed in",
    ]
    client.logout()
    provider.says["email"] = "alice.moved@elsewhere.example"
    sign_on(client, provider)
    assert client.session["_auth_user_id"] == str(user.pk), "a new address is the same person"
    assert User.objects.count() == 2


@pytest.mark.parametrize(
    "why",
    ["another domain", "a domain that ends like it", "another provider", "ended", "not vouched for", "without address"],
)
def test_everybody_else_asks(why: str, client: Client, provider: OpenIdProvider, settings: Any) -> None:
    manager, now = member(BoardManager), timezone.now()
    through = "council"
    if why == "another provider":
        other = OpenIdProvider()
        configure(settings, provider, other)
        through = "health"
        other.stop()
    approval = approve_domain(domain="council.example", provider=through, agency=AgencyFactory(), by=manager, at=now)
    match why:
        case "another domain":
            provider.says["email"] = "alice@elsewhere.example"
        case "a domain that ends like it":
            provider.says["email"] = "alice@evil-council.example"
        case "ended":
            end_domain(approval=approval, by=manager, at=now)
        case "not vouched for":
            provider.says["email_verified"] = False
        case "without address":
            del provider.says["email"]
    assert sign_on(client, provider)["Location"] == reverse("accounts:sign_on_ask")
    assert User.objects.count() == 1
    assert not is_in(client)
    page = client.get(reverse("accounts:sign_on_ask")).content.decode()
    assert "Alice Carter" in page
    for _ in range(2):
        client.post(reverse("accounts:sign_on_ask"))
    asked = SignOnRequest.objects.get()
    assert (asked.name, asked.email) == ("Alice Carter", provider.says.get("email", ""))
    assert "You have asked for an account" in client.get(reverse("accounts:sign_on_ask")).content.decode()


def test_nobody_asks_whom_no_provider_knows(client: Client, provider: OpenIdProvider) -> None:
    assert client.get(reverse("accounts:sign_on_ask")).status_code == 404
    assert client.post(reverse("accounts:sign_on_ask")).status_code == 404


@pytest.mark.parametrize(
    ("domain", "words"),
    [("gmail.com", "belongs to no agency"), ("alice@council.example", "Enter a domain"), ("council", "Enter a domain")],
)
def test_a_domain_that_belongs_to_nobody_is_not_approved(domain: str, words: str, provider: OpenIdProvider) -> None:
    with pytest.raises(RuleBroken, match=words):
        approve_domain(domain=domain, provider="council", agency=AgencyFactory(), by=None, at=timezone.now())


def test_the_team_approves_ends_invites_and_declines_in_the_browser(
    client: Client, elsewhere: Client, provider: OpenIdProvider, settings: Any
) -> None:
    settings.SECOND_FACTOR_WAIVED = True
    agency = AgencyFactory()
    client.force_login(member(BoardManager))
    typed = {"domain": "@council.example", "provider": "council", "agency": agency.pk}
    client.post(reverse("accounts:sign_on_approve"), typed)
    approval = SignOnDomain.objects.get()
    page = client.get(reverse("accounts:sign_on")).content.decode()
    assert "council.example" in page
    assert agency.name in page
    again = client.post(reverse("accounts:sign_on_approve"), typed).content.decode()
    assert "council.example is approved already" in again
    client.post(reverse("accounts:sign_on_end", args=[approval.pk]))
    assert not SignOnDomain.objects.approved().exists()
    for subject, decision in (("alice", "invite"), ("bob", "decline")):
        provider.says["sub"] = subject
        sign_on(elsewhere, provider)
        elsewhere.post(reverse("accounts:sign_on_ask"))
        asked = SignOnRequest.objects.open().get()
        assert "1 person asks for an account" in client.get(reverse("home")).content.decode()
        address = reverse("accounts:sign_on_decide", args=[asked.pk])
        page = client.get(address).content.decode()
        assert 'value="alice@council.example"' in page
        answer = {"decision": decision, "name": "Alice Carter", "email": "alice@council.example", "role": "lay_member"}
        assert client.post(address, answer).status_code == 302
        asked.refresh_from_db()
        assert (asked.name, asked.email) == ("", ""), "who asked is forgotten"
    assert Email.objects.filter(to="alice@council.example", subject__contains="invited").count() == 1


# -- Invitations, links -----------------------------------------------------------------------------------------------


def test_an_invitation_is_accepted_through_sign_on_without_a_password(client: Client, provider: OpenIdProvider) -> None:
    """The link of the e-mail is the proof; whatever address the provider knows."""
    _, token = services.invite(name="Guest", email="guest@body.invalid", role=LayMember, by=None, at=timezone.now())
    address = reverse("accounts:accept", args=[token])
    assert "Accept with City Council" in client.get(address).content.decode()
    response = client.post(address, {"through": "council"})
    asked = dict(parse_qsl(urlsplit(response["Location"]).query))
    go_back(client, asked, provider)
    user = User.objects.get(email="guest@body.invalid")
    assert is_in(client)
    assert user.grants.get().role == LayMember.slug
    assert not user.has_usable_password()
    assert SocialAccount.objects.get().user == user
    assert client.get(address).status_code == 410


def test_an_invitation_links_nobody_who_has_an_account(client: Client, provider: OpenIdProvider) -> None:
    user = member(Professional, email="guest@body.invalid")
    _, token = services.invite(name="Guest", email=user.email, role=LayMember, by=None, at=timezone.now())
    address = reverse("accounts:accept", args=[token])
    assert "Accept with City Council" not in client.get(address).content.decode()
    client.post(address, {"through": "council"})
    sign_on(client, provider)
    assert not is_in(client)
    assert not SocialAccount.objects.exists()


def sign_in_locally(client: Client, user: User) -> None:
    client.post(LOGIN, {"login": user.email, "password": PASSWORD})
    assert is_in(client)


def test_a_person_links_and_unlinks_after_showing_the_password_again(client: Client, provider: OpenIdProvider) -> None:
    user = member(Professional)
    sign_in_locally(client, user)
    account = reverse("accounts:account")
    assert "Link City Council" in client.get(account).content.decode()
    link = reverse("accounts:sign_on_link", args=["council"])
    response = client.post(link)
    assert urlsplit(response["Location"]).path == reverse("account_reauthenticate")
    response = client.post(response["Location"], {"password": PASSWORD})
    asked = dict(parse_qsl(urlsplit(response["Location"]).query))
    assert go_back(client, asked, provider)["Location"] == account
    linked = SocialAccount.objects.get(user=user)
    page = client.get(account).content.decode()
    assert "alice@council.example" in page
    assert Email.objects.filter(to=user.email, subject__contains="your way to sign in").count() == 1
    client.logout()
    assert sign_on(client, provider).status_code == 302
    assert is_in(client)
    unlink = reverse("accounts:sign_on_unlink", args=[linked.pk])
    response = client.post(unlink)
    assert urlsplit(response["Location"]).path == reverse("account_reauthenticate")
    client.post(response["Location"], {"password": PASSWORD})
    assert not SocialAccount.objects.exists()
    verbs = [event.verb for event in Event.objects.of(user).order_by("number")]
    assert [verb for verb in verbs if "sign-on" in verb] == ["linked a sign-on", "unlinked a sign-on"]


def test_who_has_not_shown_the_second_factor_links_nothing(client: Client, provider: OpenIdProvider) -> None:
    """Else a stolen password alone would become a way in that needs no second factor."""
    user = member(BoardManager)
    sign_in_locally(client, user)
    response = client.post(reverse("accounts:sign_on_link", args=["council"]))
    assert response["Location"] == reverse("mfa_index")
    begin(client)
    asked = begin(client, process="connect")
    go_back(client, asked, provider)
    assert not SocialAccount.objects.exists()


def test_an_identity_of_somebody_else_is_not_linked_and_the_last_way_in_is_kept(
    client: Client, provider: OpenIdProvider
) -> None:
    theirs = known(member(Professional), provider)
    user = member(Professional)
    sign_in_locally(client, user)
    response = client.post(reverse("accounts:sign_on_link", args=["council"]))
    response = client.post(response["Location"], {"password": PASSWORD})
    go_back(client, dict(parse_qsl(urlsplit(response["Location"]).query)), provider)
    assert "linked already" in client.get(reverse("accounts:account")).content.decode()
    assert client.get(reverse("accounts:sign_on_unlink", args=[theirs.pk])).status_code == 404
    client.logout()
    theirs.user.set_unusable_password()
    theirs.user.save()
    sign_on(client, provider)
    page = client.post(reverse("accounts:sign_on_unlink", args=[theirs.pk])).content.decode()
    assert "This is the only way you can sign in" in page
    assert SocialAccount.objects.filter(pk=theirs.pk).exists()


# -- Second factor, ended accounts ------------------------------------------------------------------------------------


def test_the_second_factor_is_asked_for_here_unless_the_provider_shows_that_it_saw_one(
    client: Client, provider: OpenIdProvider, settings: Any
) -> None:
    user = member(AgencyLead)
    known(user, provider)
    sign_on(client, provider)
    assert client.get(reverse("home"))["Location"] == reverse("mfa_index"), "none is set up here and none was shown"
    client.logout()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    assert sign_on(client, provider)["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    provider.says |= {"amr": ["pwd", "mfa"], "acr": "high"}
    assert sign_on(client, provider)["Location"] == reverse("mfa_authenticate"), "nobody agreed on these words"
    configure(settings, provider, amr=["mfa"])
    assert sign_on(client, provider)["Location"] == reverse("home")
    assert client.get(reverse("home")).status_code == 200
    client.logout()
    provider.says["amr"] = ["pwd"]
    assert sign_on(client, provider)["Location"] == reverse("mfa_authenticate"), "it was shown for that visit alone"
    configure(settings, provider, acr=["high"])
    assert sign_on(client, provider)["Location"] == reverse("home")


def test_an_ended_account_does_not_come_in_through_sign_on(client: Client, provider: OpenIdProvider) -> None:
    user = member(Professional)
    known(user, provider)
    services.deactivate(user=user, reason="Left", by=None, today=timezone.localdate())
    response = sign_on(client, provider)
    assert response["Location"] == reverse("account_inactive")
    assert not is_in(client)
    assert reasons() == ["City Council: the account is closed."]


def test_who_has_no_role_any_more_sees_nothing(client: Client, provider: OpenIdProvider) -> None:
    user = member(Professional)
    known(user, provider)
    user.grants.update(ended_on=timezone.localdate())
    sign_on(client, provider)
    assert client.get(reverse("home"))["Location"] == reverse("accounts:no_role")


# -- Set up -----------------------------------------------------------------------------------------------------------


def test_the_sign_in_page_has_one_button_per_provider_that_works_without_a_script(
    client: Client, provider: OpenIdProvider, settings: Any
) -> None:
    configure(settings, provider, provider)
    page = client.get(LOGIN, {"next": "/people/account/"}).content.decode()
    assert re.findall(r"Sign in with ([^<]+)</button>", page) == ["City Council", "Health Trust"]
    assert page.count('name="next" value="/people/account/"') >= 2
    configure(settings)
    page = client.get(LOGIN).content.decode()
    assert "Sign in with" not in page
    assert origins([{"issuer": "https://a.example/tenant/v2.0"}]) == ["https://a.example"]


GOOD = {"id": "council", "name": "Council", "issuer": "https://a.example", "client_id": "x", "secret": "y"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("{}", "not a list"),
        (json.dumps([{**GOOD, "secret": ""}]), "council has no secret"),
        (json.dumps([{**GOOD, "issuer": "http://a.example"}]), "does not begin with https"),
        (json.dumps([{**GOOD, "id": "The Council"}]), "small letters"),
        (json.dumps([{**GOOD, "issuers": "x"}]), "which nobody knows"),
        (json.dumps([GOOD, GOOD]), "same id"),
    ],
)
def test_what_is_set_up_wrongly_stops_the_start_with_a_sentence(text: str, words: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=words):
        providers_of(text)
    assert providers_of("") == []
    assert providers_of(json.dumps([GOOD]))[0]["amr"] == []
