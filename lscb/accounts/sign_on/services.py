"""Writes of single sign-on: linking an identity, people of an approved domain, and asking for an account."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import asdict, dataclass
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.utils import timezone

from lscb.accounts import services
from lscb.accounts.models import Actor, Agency, Grant, User
from lscb.accounts.permissions import Permission
from lscb.accounts.roles import Professional, Role
from lscb.common.errors import RuleBroken
from lscb.common.words import in_templates
from lscb.trail.services import record

from .models import Outcome, SignOnDomain, SignOnRequest

DOMAIN = re.compile(r"(?=.{4,190}$)([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}")
FREE = frozenset(
    {"gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "hotmail.co.uk", "yahoo.com", "icloud.com"}
)
"""Where everybody gets an address: such a domain belongs to no agency."""


@dataclass(frozen=True)
class Identity:
    """Whom a provider says somebody is. Only `key` (issuer and subject) says who; the rest is what they are called."""

    provider: str
    key: str
    name: str
    email: str
    email_verified: bool

    @classmethod
    def of(cls, account: SocialAccount) -> Identity:
        said: dict[str, Any] = account.extra_data
        return cls(account.provider, account.uid, said["name"], said["email"], bool(said["email_verified"]))

    @property
    def title(self) -> str:
        return settings.SIGN_ON_NAMES.get(self.provider, self.provider)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


# -- Linking ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def link(*, user: User, account: SocialAccount, by: User) -> None:
    """`user` may sign in as this identity from now on. They are told by e-mail. Whose identity it is it stays."""
    identity = Identity.of(account)
    if SocialAccount.objects.filter(provider=account.provider, uid=account.uid).exists():
        raise RuleBroken("This sign-in is linked already, to this account or to another.")
    SocialAccount.objects.create(user=user, provider=account.provider, uid=account.uid, extra_data=account.extra_data)
    _tell(user, f"{identity.title} was linked to your account: you can sign in with it.")
    record(verb="linked a sign-on", by=by, target=user, changes={"sign_on": (None, identity.title)})


@transaction.atomic
def unlink(*, account: SocialAccount, by: User) -> None:
    """Nobody signs in as this identity any more. Somebody without a password keeps their last one."""
    user, title = account.user, Identity.of(account).title
    others = SocialAccount.objects.filter(user=user).exclude(pk=account.pk)
    if not user.has_usable_password() and not others.exists():
        raise RuleBroken(
            "This is the only way you can sign in. Choose a password first: sign out, then “Forgotten your password?”."
        )
    account.delete()
    _tell(user, f"{title} was unlinked from your account: it cannot be used to sign in any more.")
    record(verb="unlinked a sign-on", by=by, target=user, changes={"sign_on": (title, None)})


def _tell(user: User, sentence: str) -> None:
    body = render_to_string("accounts/email/sign_on.txt", {"name": user.name, "sentence": sentence, **in_templates()})
    services.send("your way to sign in was changed", body, user.email)


# -- Coming in --------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_invitation(*, token: str, account: SocialAccount, at: dt.datetime) -> User:
    """Somebody without an account accepts an invitation by signing in at their provider: no password is chosen.

    Who has an account accepts by the button of the page: an identity is never linked because an address is equal.
    """
    invitation = services.invitation_of(token, at=at)
    if User.objects.filter(email__iexact=invitation.email).exists():
        raise RuleBroken(
            "You have an account already. Accept with the button below, sign in with your password, and link this "
            "sign-in on the page about your account."
        )
    user = services.accept_invitation(
        token=token, name=Identity.of(account).name or invitation.name, password=None, at=at
    )
    link(user=user, account=account, by=user)
    return user


@transaction.atomic
def join(*, account: SocialAccount, at: dt.datetime) -> User | None:
    """A new account for somebody from an approved domain: a professional of its agency, and nothing more.

    None where the domain is not approved for this provider, the provider does not vouch for the address, or there is an
    account with that address already: whose it is must be shown by signing in to it.
    """
    identity = Identity.of(account)
    domain = identity.email.rpartition("@")[2]
    if not identity.email_verified or not domain:
        return None
    approvals = SignOnDomain.objects.select_related("agency", "approved_by").approved()
    approval = approvals.filter(domain__iexact=domain, provider=identity.provider).first()
    today = timezone.localdate(at)
    if approval is None or not Agency.objects.active(today).filter(pk=approval.agency_id).exists():
        return None
    if User.objects.filter(email__iexact=identity.email).exists():
        return None
    user = services.create_person(name=identity.name or identity.email, email=identity.email, password=None)
    record(verb="joined", by=user, target=user, reason=f"From {approval}.")
    grant = Grant.objects.create(
        user=user, role=Professional.slug, agency=approval.agency, starts_on=today, granted_by=approval.approved_by
    )
    record(verb="was given a role", by=None, target=user, changes={"role": (None, str(grant))})
    link(user=user, account=account, by=user)
    return user


# -- Domains ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def approve_domain(*, domain: str, provider: str, agency: Agency, by: Actor, at: dt.datetime) -> SignOnDomain:
    """Who comes from `domain` through `provider` is a professional of `agency` from now on."""
    services.must(by, Permission.MANAGE_ACCOUNTS)
    domain = domain.strip().lower().removeprefix("@")
    if not DOMAIN.fullmatch(domain):
        raise RuleBroken("Enter a domain like southampton.gov.uk, without what stands before the @.", field="domain")
    if domain in FREE:
        raise RuleBroken(f"Everybody can have an address of {domain}, so it belongs to no agency.", field="domain")
    if provider not in settings.SIGN_ON_NAMES:
        raise RuleBroken("Select a provider that the portal knows.", field="provider")
    approval = SignOnDomain(domain=domain, provider=provider, agency=agency, approved_at=at, approved_by=by)
    try:
        with transaction.atomic():
            approval.save()
    except IntegrityError as error:
        raise RuleBroken(f"{domain} is approved already. End that approval first.", field="domain") from error
    record(verb="approved a domain", by=by, target=approval, changes={"agency": (None, agency)})
    return approval


@transaction.atomic
def end_domain(*, approval: SignOnDomain, by: User, at: dt.datetime) -> None:
    """Nobody new gets an account from there. Who has one keeps it."""
    services.must(by, Permission.MANAGE_ACCOUNTS)
    approval = SignOnDomain.objects.select_for_update(of=("self",)).get(pk=approval.pk)
    if approval.ended_at is None:
        approval.ended_at, approval.ended_by = at, by
        approval.save(update_fields=["ended_at", "ended_by"])
        record(verb="ended the approval of a domain", by=by, target=approval)


# -- Asking -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_for_account(*, identity: Identity, at: dt.datetime) -> None:
    """Whoever is known to a provider may ask for an account; asking twice asks once."""
    asked = {"name": identity.name, "email": identity.email[:254], "asked_at": at}
    found, made = SignOnRequest.objects.open().get_or_create(
        provider=identity.provider, identity=identity.key, defaults=asked
    )
    if made:
        record(verb="asked for an account", by=str(found), target=found)


@transaction.atomic
def answer_request(
    *,
    request: SignOnRequest,
    decision: str,
    name: str = "",
    email: str = "",
    role: type[Role] | None = None,
    agency: Agency | None = None,
    group: str = "",
    by: User,
    at: dt.datetime,
) -> None:
    """Invite who asked to a role, or decline. The link to their sign-in is made when they accept through it."""
    if decision == "invite" and role is not None:
        services.invite(name=name, email=email, role=role, agency=agency, group=group, by=by, at=at)
        _decide(request, Outcome.INVITED, by, at)
    else:
        _decide(request, Outcome.DECLINED, by, at)


def _decide(request: SignOnRequest, outcome: Outcome, by: User, at: dt.datetime) -> None:
    """What became of a request. Who asked is forgotten then: an invitation has their name, a refusal needs none."""
    services.must(by, Permission.MANAGE_ACCOUNTS)
    request = SignOnRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    if request.outcome:
        raise RuleBroken("Somebody has decided this already.")
    record(verb=f"{outcome.label.lower()} somebody who asked", by=by, target=request)
    request.outcome, request.decided_at, request.decided_by = outcome, at, by
    request.name, request.email = "", ""
    request.save()
