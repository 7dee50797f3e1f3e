"""The life of an invitation: offered, accepted once, expired, taken back."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from lscb.accounts import services
from lscb.accounts.models import Grant, Invitation, User
from lscb.accounts.roles import AgencyLead, BoardManager, ChildDeathOfficer, IndependentChair, LayMember
from lscb.common.errors import RuleBroken
from lscb.jobs.models import Email
from lscb.trail.models import Event

from .factories import PASSWORD, AgencyFactory, member, person

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2017, 3, 1, 10, tzinfo=dt.UTC)


@pytest.fixture
def manager() -> User:
    return person(BoardManager)


def offer(manager: User, **fields: object) -> tuple[Invitation, str]:
    values: dict[str, object] = {"name": "Robin", "email": "robin@example.org", "role": LayMember, "at": NOW}
    return services.invite(by=manager, **values | fields)  # type: ignore[arg-type]


def accept(token: str, at: dt.datetime = NOW, password: str = PASSWORD) -> User:
    return services.accept_invitation(token=token, name="Robin Example", password=password, at=at)


def test_accepting_makes_an_account_with_a_verified_address_and_the_role(manager: User) -> None:
    agency = AgencyFactory()
    invitation, token = offer(manager, role=AgencyLead, agency=agency, ends_on=dt.date(2018, 3, 31))
    user = accept(token)
    grant = Grant.objects.get(user=user)
    assert (user.name, user.email, user.check_password(PASSWORD)) == ("Robin Example", "robin@example.org", True)
    assert EmailAddress.objects.get(user=user).verified
    assert (grant.role_class, grant.agency, grant.starts_on, grant.ends_on, grant.granted_by) == (
        AgencyLead,
        agency,
        dt.date(2017, 3, 1),
        dt.date(2018, 3, 31),
        manager,
    )
    assert list(Event.objects.of(invitation).values_list("verb", "actor")) == [
        ("accepted an invitation", "Robin Example"),
        ("invited", manager.name),
    ]


def test_the_e_mail_holds_the_link_and_the_database_does_not(manager: User) -> None:
    invitation, token = offer(manager)
    email = Email.objects.get(to="robin@example.org")
    assert reverse("accounts:accept", args=[token]) in email.body
    assert token not in invitation.token_hash
    assert "Robin" not in email.subject


def test_a_link_is_spent_once(manager: User) -> None:
    _, token = offer(manager)
    accept(token)
    with pytest.raises(RuleBroken, match="accepted already"):
        accept(token)
    assert Grant.objects.filter(role=LayMember.slug).count() == 1


def test_a_link_expires_after_a_fortnight(manager: User) -> None:
    _, token = offer(manager)
    with pytest.raises(RuleBroken, match="expired"):
        accept(token, at=NOW + dt.timedelta(days=14))
    assert accept(token, at=NOW + dt.timedelta(days=14, seconds=-1))


def test_an_expired_invitation_is_sent_again_with_another_link(manager: User) -> None:
    _, old = offer(manager)
    later = NOW + dt.timedelta(days=15)
    _, new = offer(manager, at=later)
    with pytest.raises(RuleBroken, match="not valid"):
        accept(old, at=later)
    assert accept(new, at=later)


def test_a_link_that_was_taken_back_or_made_up_opens_nothing(manager: User) -> None:
    invitation, token = offer(manager)
    services.revoke_invitation(invitation=invitation, by=manager, at=NOW)
    with pytest.raises(RuleBroken, match="taken back"):
        accept(token)
    with pytest.raises(RuleBroken, match="not valid"):
        accept("made-up")


def test_a_link_of_somebody_who_may_no_longer_invite_opens_nothing(manager: User) -> None:
    _, token = offer(manager)
    Grant.objects.filter(user=manager).update(ended_on=dt.date(2017, 3, 1))
    with pytest.raises(RuleBroken, match="not valid"):
        accept(token)


def test_a_link_never_changes_the_password_of_an_account(manager: User) -> None:
    robin = member(LayMember, email="robin@example.org")
    _, token = offer(manager, role=IndependentChair)
    assert accept(token, password="something else entirely") == robin
    robin.refresh_from_db()
    assert robin.check_password(PASSWORD)
    assert set(robin.grants.values_list("role", flat=True)) == {"lay_member", "independent_chair"}


@pytest.mark.parametrize("password", ["short", "password1234", "robin@example.org", "Southampton-LSCB-2024"])
def test_a_password_that_is_short_common_or_like_the_address_is_refused(manager: User, password: str) -> None:
    _, token = offer(manager)
    with pytest.raises(RuleBroken) as refused:
        accept(token, password=password)
    assert refused.value.field == "password"
    assert not User.objects.filter(email="robin@example.org").exists()


def test_nobody_invites_themselves_to_a_role(manager: User) -> None:
    with pytest.raises(RuleBroken, match="to yourself"):
        offer(manager, email=manager.email.upper(), role=ChildDeathOfficer)


def test_one_open_invitation_to_a_role_is_enough(manager: User) -> None:
    offer(manager)
    with pytest.raises(RuleBroken, match="open invitation"):
        offer(manager, email="ROBIN@example.org")


def test_only_who_manages_accounts_invites() -> None:
    with pytest.raises(PermissionDenied):
        offer(person(LayMember))


def test_opening_the_link_changes_nothing_and_accepting_leads_to_signing_in(client: Client, manager: User) -> None:
    _, token = offer(manager, at=timezone.now())
    address = reverse("accounts:accept", args=[token])
    for _ in range(2):
        page = client.get(address)
        assert "Lay member" in page.content.decode()
        assert "no-store" in page["Cache-Control"]
    assert not User.objects.filter(email="robin@example.org").exists()
    client.post(address, {"name": "Robin", "password": PASSWORD})
    assert User.objects.get(email="robin@example.org").grants_today
    assert client.get(address).status_code == 410


def test_the_page_says_what_is_wrong_at_the_field_and_keeps_the_name(client: Client, manager: User) -> None:
    _, token = offer(manager, at=timezone.now())
    page = client.post(reverse("accounts:accept", args=[token]), {"name": "Rob", "password": "short"}).content.decode()
    assert "There is a problem" in page
    assert "at least 12 characters" in page
    assert re.search(r'value="Rob"', page)
    assert 'value="short"' not in page
