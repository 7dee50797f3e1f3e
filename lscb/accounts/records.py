"""How people and agencies are found, taken out, kept and destroyed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any
from uuid import UUID

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce, TruncDate
from django.utils import timezone

from lscb.common.periods import LONDON
from lscb.common.records import NOBODY, Destroyed, Kept, Searched, Taken, Then, whole_rows

from . import sessions
from .models import Agency, AgencyName, Grant, Invitation, Link, Reader, SignOnRequest, Token, User
from .permissions import Permission
from .roles import Professional


def _people(user: Reader) -> QuerySet[User]:
    """The page of a person is for who manages accounts."""
    seen = User.objects.visible_to(user)
    return seen if user.is_authenticated and user.may(Permission.MANAGE_ACCOUNTS) else seen.none()


def _agencies(user: Reader) -> QuerySet[Agency]:
    reads = user.is_authenticated and (user.may(Permission.READ_BOARD) or user.may(Permission.MANAGE_ACCOUNTS))
    return Agency.objects.visible_to(user) if reads else Agency.objects.none()


SEARCHED = (
    Searched("People", _people, words=("name", "email"), name=lambda person: f"{person.name}, {person.email}"),
    Searched("Agencies", _agencies, words=("name", "short_name")),
)

TAKEN = (
    Taken(lambda lead, agency: Agency.objects.visible_to(lead)),
    Taken(lambda lead, agency: AgencyName.objects.visible_to(lead).filter(agency=agency)),
)


def _links() -> QuerySet[Any]:
    return Link.objects.annotate(trigger_on=TruncDate("expires_at", tzinfo=LONDON))


def _invitations() -> QuerySet[Any]:
    return Invitation.objects.annotate(trigger_on=TruncDate("expires_at", tzinfo=LONDON))


def _answered() -> QuerySet[Any]:
    answered = SignOnRequest.objects.filter(decided_at__isnull=False)
    return answered.annotate(trigger_on=TruncDate("decided_at", tzinfo=LONDON))


def _idle() -> QuerySet[Any]:
    """Accounts of people who hold no role but that of a professional, from the day they last signed in."""
    other = Grant.objects.in_force(timezone.localdate()).filter(user=OuterRef("pk")).exclude(role=Professional.slug)
    idle = User.objects.filter(~Exists(other)).exclude(email__endswith=NOBODY)
    return idle.annotate(trigger_on=TruncDate(Coalesce("last_login", "joined_at"), tzinfo=LONDON))


def destroy_accounts(keys: Collection[UUID]) -> Destroyed:
    """Who it was goes, with addresses and second factors; that somebody did something stays."""
    went = Destroyed()
    for user in User.objects.select_for_update().filter(pk__in=keys):
        sessions.end_all(user)
        EmailAddress.objects.filter(user=user).delete()
        Authenticator.objects.filter(user=user).delete()
        Token.objects.filter(user=user).delete()
        user.email, user.name, user.is_active = f"{uuid.uuid4().hex}{NOBODY}", "Former user", False
        user.set_unusable_password()
        user.save()
        went.counts["accounts"] += 1
    return went


KEPT = (
    Kept(
        slug="links",
        title="Links by e-mail",
        covers="By which people without an account did one thing: to whom, for what, whether it was used",
        trigger="the day it expired",
        months=6,
        then=Then.DESTROY,
        basis="Public task: to show who acted by a link. The trail keeps that it was used.",
        triggered=_links,
        destroy=whole_rows(Link, "links"),
        reference=lambda link: f"Link {link.pk}",
    ),
    Kept(
        slug="invitations",
        title="Invitations",
        covers="Roles offered by e-mail",
        trigger="the day it expired",
        months=12,
        then=Then.DESTROY,
        basis="Public task: to show how somebody came to a role. The role itself is kept with the account.",
        triggered=_invitations,
        destroy=whole_rows(Invitation, "invitations"),
        reference=lambda invitation: f"Invitation {invitation.pk}",
    ),
    Kept(
        slug="account-requests",
        title="Requests for an account",
        covers="Who asked for an account through single sign-on, and whether they were invited",
        trigger="the day it was decided",
        months=12,
        then=Then.DESTROY,
        basis="Public task: to show who was let in and who was not. The account itself is a class of its own.",
        triggered=_answered,
        destroy=whole_rows(SignOnRequest, "requests for an account"),
        reference=lambda request: f"Request {request.pk}",
    ),
    Kept(
        slug="idle-accounts",
        title="Accounts that nobody uses",
        covers="Name, address and sign-in of people whose only role is to book training, or who have none",
        trigger="the day of the last sign-in",
        months=24,
        then=Then.DESTROY,
        basis="Public task: needed to book training. After two years without signing in it is not.",
        triggered=_idle,
        destroy=destroy_accounts,
        leaves_number=True,
        reference=lambda user: f"Account {user.pk}",
    ),
)
