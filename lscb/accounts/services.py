"""Writes of the people's room: who comes in, what they may do from when to when, and what agencies are called.

`by` is the person who does it, or None for the portal itself (commands, the demonstration).
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Callable, Iterable
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.mail import get_connection, send_mail
from django.db import IntegrityError, transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from lscb.common.errors import RuleBroken
from lscb.common.words import in_templates, naming, say, worded
from lscb.trail.services import changes_between, record

from . import sessions, tokens
from .models import Actor, Agency, AgencyName, Area, Digest, Grant, Invitation, SentForm, Succession, User
from .permissions import Permission
from .roles import ROLES, Role

SENT_FORM_KEPT: Final = dt.timedelta(days=1)
INVITATION_LASTS: Final = dt.timedelta(days=14)
LINK_NOT_VALID: Final = worded("This link is not valid. Ask the {board} team to invite you again.")


# ---- Forms ----------------------------------------------------------------------------------------------------------


def once(*, token: str, by: User, do: Callable[[], str], at: dt.datetime) -> str:
    """Do what a form asks for and return the address to go to; the same form sent again is not done again.

    `token` is the one that the form was drawn with. Of two sent at the same moment the second waits for the first and
    goes where that one led. A refusal leaves no trace, so the form can be put right and sent again.
    """
    if not 0 < len(token) <= 64:
        return do()
    with transaction.atomic():
        SentForm.objects.filter(user=by, sent_at__lt=at - SENT_FORM_KEPT).delete()
        try:
            with transaction.atomic():
                sent = SentForm.objects.create(user=by, token=token, sent_at=at)
        except IntegrityError:
            return SentForm.objects.get(user=by, token=token).led_to
        sent.led_to = do()
        sent.save(update_fields=["led_to"])
    return sent.led_to


# ---- Invitations ----------------------------------------------------------------------------------------------------


@transaction.atomic
def invite(
    *,
    name: str,
    email: str,
    role: type[Role],
    agency: Agency | None = None,
    group: str = "",
    ends_on: dt.date | None = None,
    by: Actor,
    at: dt.datetime,
) -> tuple[Invitation, str]:
    """Offer a role by e-mail. The link is in the e-mail only; the second value is its token, for tests and commands.

    An invitation to the same role that has expired is sent again with a new link.
    """
    must(by, Permission.MANAGE_ACCOUNTS)
    email = email.strip().lower()
    _check_scope(role, agency, group)
    if by and email == by.email.lower():
        raise RuleBroken("You cannot give a role to yourself. Ask somebody else who manages accounts.", field="email")
    if ends_on and ends_on < timezone.localdate(at):
        raise RuleBroken("The last day must be today or later.", field="ends_on")
    same = Invitation.objects.filter(
        email__iexact=email, role=role.slug, agency=agency, group=group, accepted_at=None, revoked_at=None
    )
    if same.open(at).exists():
        raise RuleBroken(f"{email} already has an open invitation to this role. Take that back first.", field="email")
    holder = User.objects.filter(email__iexact=email).first()
    if holder:
        _check_not_held(holder, role, agency, group, timezone.localdate(at), ends_on, field="email")
    token = secrets.token_urlsafe(32)
    invitation = same.first() or Invitation(email=email, role=role.slug, agency=agency, group=group)
    invitation.name, invitation.ends_on, invitation.token_hash = name.strip(), ends_on, _hash(token)
    invitation.invited_by, invitation.invited_at, invitation.expires_at = by, at, at + INVITATION_LASTS
    invitation.save()
    _send_invitation(invitation, token)
    record(verb="invited", by=by, target=invitation, changes={"role": (None, _role_text(invitation))})
    return invitation, token


def invitation_of(token: str, *, at: dt.datetime) -> Invitation:
    """The invitation behind a link. Raises `RuleBroken` with what to do when it cannot be accepted any more."""
    invitation = Invitation.objects.select_related("agency", "invited_by").filter(token_hash=_hash(token)).first()
    if invitation is None:
        raise RuleBroken(LINK_NOT_VALID)
    if invitation.accepted_at:
        raise RuleBroken("This invitation has been accepted already. Sign in with your email address and password.")
    if invitation.revoked_at:
        raise RuleBroken(say("This invitation was taken back. Ask the {board} team if you think that is wrong."))
    if invitation.expires_at <= at:
        raise RuleBroken(say("This invitation has expired. Ask the {board} team to invite you again."))
    if invitation.invited_by and not invitation.invited_by.may(Permission.MANAGE_ACCOUNTS):
        raise RuleBroken(LINK_NOT_VALID)
    return invitation


@transaction.atomic
def accept_invitation(*, token: str, name: str = "", password: str | None = "", at: dt.datetime) -> User:
    """Spend an invitation: the role begins today. Who has no account yet gets one with `name` and `password`.

    Somebody with an account keeps their password: a link never changes it. With None there will be another way in
    (`sign_on`), and no password.
    """
    Invitation.objects.select_for_update().filter(token_hash=_hash(token)).first()
    invitation = invitation_of(token, at=at)
    user = User.objects.select_for_update().filter(email__iexact=invitation.email).first()
    if user is None:
        if password is not None:
            _check_password(password, User(name=name, email=invitation.email))
        user = create_person(name=name, email=invitation.email, password=password)
        record(verb="joined", by=user, target=user)
    elif not user.is_active:
        raise RuleBroken(say("This account was closed. Ask the {board} team to open it again."))
    today = timezone.localdate(at)
    _check_not_held(user, invitation.role_class, invitation.agency, invitation.group, today, invitation.ends_on)
    grant = Grant.objects.create(
        user=user,
        role=invitation.role,
        agency=invitation.agency,
        group=invitation.group,
        starts_on=today,
        ends_on=invitation.ends_on,
        granted_by=invitation.invited_by,
    )
    invitation.accepted_at, invitation.accepted_by = at, user
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    record(verb="accepted an invitation", by=user, target=invitation)
    record(verb="was given a role", by=user, target=user, changes={"role": (None, _grant_text(grant))})
    return user


@transaction.atomic
def revoke_invitation(*, invitation: Invitation, by: User, at: dt.datetime) -> None:
    """Take an invitation back: its link stops working at once."""
    must(by, Permission.MANAGE_ACCOUNTS)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    if invitation.accepted_at:
        raise RuleBroken("This invitation has been accepted. End the role on the person’s page instead.")
    if invitation.revoked_at is None:
        invitation.revoked_at, invitation.revoked_by = at, by
        invitation.save(update_fields=["revoked_at", "revoked_by"])
        record(verb="took back an invitation", by=by, target=invitation)


def _send_invitation(invitation: Invitation, token: str) -> None:
    link = settings.PORTAL_URL + reverse("accounts:accept", args=[token])
    body = render_to_string(
        "accounts/email/invitation.txt",
        {
            "invitation": invitation,
            "link": link,
            **in_templates(),
        },
    )
    send("you are invited", body, invitation.email)


def send(subject: str, body: str, to: str) -> None:
    """Through the outbox, in the transaction of the write it tells of."""
    send_mail(
        f"{naming().board_short_name}: {subject}",
        body,
        settings.DEFAULT_FROM_EMAIL,
        [to],
        connection=get_connection(settings.OUTBOX_BACKEND),
    )


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


# ---- People and their roles -----------------------------------------------------------------------------------------


@transaction.atomic
def register_person(*, name: str, email: str, password: str | None, by: Actor) -> User:
    """An account without an invitation, its address taken as verified: for the demonstration and for imports.

    Whoever calls answers for the password; with None the person asks for a link to choose one.
    """
    must(by, Permission.MANAGE_ACCOUNTS)
    if User.objects.filter(email__iexact=email).exists():
        raise RuleBroken(f"{email} already has an account.", field="email")
    user = create_person(name=name, email=email.lower(), password=password)
    record(verb="added an account", by=by, target=user)
    return user


@transaction.atomic
def grant_role(
    *,
    user: User,
    role: type[Role],
    agency: Agency | None = None,
    group: str = "",
    starts_on: dt.date,
    ends_on: dt.date | None = None,
    by: Actor,
) -> Grant:
    """Give a person a role from a day to a day. Nobody gives a role to themselves."""
    must(by, Permission.MANAGE_ACCOUNTS)
    if by == user:
        raise RuleBroken("You cannot give a role to yourself. Ask somebody else who manages accounts.")
    _check_scope(role, agency, group)
    if ends_on and ends_on < starts_on:
        raise RuleBroken("The last day must be on or after the first day.", field="ends_on")
    User.objects.select_for_update().get(pk=user.pk)
    _check_not_held(user, role, agency, group, starts_on, ends_on, field="role")
    grant = Grant.objects.create(
        user=user, role=role.slug, agency=agency, group=group, starts_on=starts_on, ends_on=ends_on, granted_by=by
    )
    record(verb="gave a role", by=by, target=user, changes={"role": (None, _grant_text(grant))})
    return grant


@transaction.atomic
def end_role(*, grant: Grant, last_day: dt.date | None = None, by: Actor, today: dt.date) -> None:
    """End a role after `last_day`, or at once when that is None; then the person's sessions end with it."""
    must(by, Permission.MANAGE_ACCOUNTS)
    grant = Grant.objects.select_for_update(of=("self",)).select_related("user", "agency").get(pk=grant.pk)
    if not grant.can_end(today):
        raise RuleBroken("This role has ended already.")
    if last_day and last_day < max(today, grant.starts_on):
        raise RuleBroken("The last day must be today or later, and not before the role begins.", field="last_day")
    before = _grant_text(grant)
    if last_day:
        grant.ends_on = last_day
    else:
        _check_somebody_is_left(grant.user, today, without=grant)
        grant.ended_on = today
    grant.save(update_fields=["ends_on", "ended_on"])
    if not last_day:
        _shut_out(grant.user, by=by)
    verb = "limited a role" if last_day else "ended a role"
    record(verb=verb, by=by, target=grant.user, changes={"role": (before, _grant_text(grant))})


@transaction.atomic
def deactivate(*, user: User, reason: str, by: Actor, today: dt.date) -> None:
    """Close an account: nobody signs in with it any more and its sessions end at once. Its past stays."""
    must(by, Permission.MANAGE_ACCOUNTS)
    if by == user:
        raise RuleBroken("You cannot close your own account. Ask somebody else who manages accounts.")
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active:
        raise RuleBroken("This account is closed already.")
    _check_somebody_is_left(user, today)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _shut_out(user, by=by)
    record(verb="closed the account", by=by, target=user, reason=reason)


@transaction.atomic
def reactivate(*, user: User, by: Actor) -> None:
    """Open a closed account again, with the roles that are still in force."""
    must(by, Permission.MANAGE_ACCOUNTS)
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_active:
        raise RuleBroken("This account is open already.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    record(verb="opened the account again", by=by, target=user)


@transaction.atomic
def remove_second_factor(*, user: User, reason: str, by: Actor) -> None:
    """For somebody who lost their telephone and codes: at the next sign-in they set up a new second factor."""
    must(by, Permission.MANAGE_ACCOUNTS)
    if by == user:
        raise RuleBroken("You cannot remove your own second factor here. Use the page about your account.")
    if not Authenticator.objects.filter(user=user).exists():
        raise RuleBroken(f"{user} has no second factor.")
    Authenticator.objects.filter(user=user).delete()
    _shut_out(user, by=by)
    record(verb="removed the second factor", by=by, target=user, reason=reason)


@transaction.atomic
def change_name(*, user: User, name: str, by: User) -> None:
    """What a person is called; the trail keeps what they were called when they did something."""
    if by != user:
        must(by, Permission.MANAGE_ACCOUNTS)
    old, user.name = user.name, name.strip()
    if not user.name:
        raise RuleBroken("Enter your name.", field="name")
    user.save(update_fields=["name"])
    if old != user.name:
        record(verb="changed the name", by=by, target=user, changes={"name": (old, user.name)})


@transaction.atomic
def choose_digest(*, user: User, digest: str, by: User) -> None:
    """How often a person hears by e-mail that something is due or late; everybody chooses for themselves."""
    if by != user:
        raise PermissionDenied
    old, user.digest = user.digest, Digest(digest).value
    if old != user.digest:
        user.save(update_fields=["digest"])
        record(verb="chose how often to be e-mailed", by=by, target=user, changes={"digest": (old, user.digest)})


@transaction.atomic
def change_email(*, user: User, email: str, by: Actor) -> None:
    """The address for signing in. The old one is told, every session ends, and the password stays."""
    must(by, Permission.MANAGE_ACCOUNTS)
    email = email.strip().lower()
    user = User.objects.select_for_update().get(pk=user.pk)
    old, user.email = user.email, email
    if by == user:
        raise RuleBroken("You cannot change your own email address. Ask somebody else who manages accounts.")
    if email == old:
        return
    if User.objects.filter(email__iexact=email).exists() or EmailAddress.objects.filter(email__iexact=email).exists():
        raise RuleBroken(f"{email} already has an account.", field="email")
    user.save(update_fields=["email"])
    EmailAddress.objects.filter(user=user).delete()
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    _shut_out(user, by=by)
    words = {"name": user.name, **in_templates()}
    send("your email address was changed", render_to_string("accounts/email/address_changed.txt", words), old)
    record(verb="changed the email address", by=by, target=user, changes={"email": (old, email)})


def _shut_out(user: User, *, by: Actor) -> None:
    """At once: every session of `user`, and every program that acts for them."""
    sessions.end_all(user)
    tokens.revoke_all(user=user, by=by, at=timezone.now())


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise RuleBroken(" ".join(error.messages), field="password") from error


def create_person(*, name: str, email: str, password: str | None) -> User:
    user = User(name=name.strip(), email=email)
    if not user.name:
        raise RuleBroken("Enter your name.", field="name")
    user.set_password(password)
    user.save(force_insert=True)
    EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user


def must(by: Actor, permission: Permission) -> None:
    """The portal itself may do everything; a person needs the permission for the whole board."""
    if by is not None and not by.for_whole_board(permission):
        raise PermissionDenied


def _check_scope(role: type[Role], agency: Agency | None, group: str) -> None:
    if role.scope == "agency" and agency is None:
        raise RuleBroken(f"Select the agency. {role.title} is a role for one agency.", field="agency")
    if role.scope == "group" and not group:
        raise RuleBroken(f"Enter the code of the group. {role.title} is a role for one group.", field="group")
    if role.scope != "agency" and agency is not None:
        raise RuleBroken(f"{role.title} is not a role for one agency. Leave the agency empty.", field="agency")
    if role.scope != "group" and group:
        raise RuleBroken(f"{role.title} is not a role for one group. Leave the group empty.", field="group")


def _check_not_held(
    user: User,
    role: type[Role],
    agency: Agency | None,
    group: str,
    starts_on: dt.date,
    ends_on: dt.date | None,
    *,
    field: str = "",
) -> None:
    """Two grants of the same role must not overlap: ending one would end nothing."""
    for held in user.grants.filter(role=role.slug, agency=agency, group=group):
        over = held.last_day is not None and (held.last_day < starts_on or held.ended_on == starts_on)
        if not over and (ends_on is None or held.starts_on <= ends_on):
            raise RuleBroken(f"{user} already has this role in that time.", field=field)


def _check_somebody_is_left(user: User, today: dt.date, *, without: Grant | None = None) -> None:
    """Somebody must be able to let people in."""
    managing = [role.slug for role in ROLES if Permission.MANAGE_ACCOUNTS in role.permissions]
    grants = Grant.objects.select_for_update(of=("self",)).in_force(today).filter(role__in=managing)
    gone = grants.filter(pk=without.pk) if without else grants.filter(user=user)
    if gone and not [grant for grant in grants if grant not in gone]:
        raise RuleBroken(f"{user} is the only person who manages accounts. Give that role to somebody else first.")


def _role_text(offer: Grant | Invitation) -> str:
    return f"{offer.role_class.title}{offer.where}"


def _grant_text(grant: Grant) -> str:
    until = f" to {grant.last_day:%-d %B %Y}" if grant.last_day else ""
    return f"{_role_text(grant)}, from {grant.starts_on:%-d %B %Y}{until}"


# ---- Agencies and areas ---------------------------------------------------------------------------------------------


@transaction.atomic
def add_area(*, name: str, is_home: bool = False, by: Actor) -> Area:
    """A place with a board of its own; one of them is the home of this board."""
    must(by, Permission.MANAGE_AGENCIES)
    area = Area.objects.create(name=name, is_home=is_home)
    record(verb="added an area", by=by, target=area)
    return area


@transaction.atomic
def add_agency(
    *,
    name: str,
    short_name: str,
    sector: str,
    parent: Agency | None = None,
    areas: Iterable[Area] = (),
    active_from: dt.date | None = None,
    by: Actor,
) -> Agency:
    """A partner of the board, or (with `parent`) a service of one that makes its own return."""
    must(by, Permission.MANAGE_AGENCIES)
    name, short_name = name.strip(), short_name.strip()
    _check_name_is_free(name)
    agency = Agency.objects.create(
        name=name, short_name=short_name, sector=sector, parent=parent, active_from=active_from
    )
    agency.areas.set(areas)
    AgencyName.objects.create(agency=agency, name=name, short_name=short_name)
    record(verb="added an agency", by=by, target=agency)
    return agency


@transaction.atomic
def change_agency(*, agency: Agency, sector: str, parent: Agency | None, areas: Iterable[Area], by: Actor) -> None:
    """What is true of an agency whatever it is called."""
    must(by, Permission.MANAGE_AGENCIES)
    if parent == agency or (parent and parent.parent_id == agency.pk):
        raise RuleBroken("An agency cannot be part of itself.", field="parent")
    before = _facts(agency)
    agency.sector, agency.parent = sector, parent
    agency.save(update_fields=["sector", "parent"])
    agency.areas.set(areas)
    record(verb="changed an agency", by=by, target=agency, changes=changes_between(before, _facts(agency)))


@transaction.atomic
def rename_agency(*, agency: Agency, name: str, short_name: str, on: dt.date, by: Actor, today: dt.date) -> None:
    """A new name from a day on. Pages and reports about a day before it keep printing the old one."""
    must(by, Permission.MANAGE_AGENCIES)
    name, short_name = name.strip(), short_name.strip()
    agency = Agency.objects.select_for_update(of=("self",)).get(pk=agency.pk)
    present = agency.names.get(ends_on=None)
    if on > today:
        raise RuleBroken("The day must be today or earlier. Record the new name when it is in use.", field="on")
    first = present.starts_on or agency.active_from
    if first and on <= first:
        raise RuleBroken(f"It has been called {present.name} since then. Enter a later day.", field="on")
    if (name, short_name) == (present.name, present.short_name):
        raise RuleBroken("That is what it is called now. Enter the new name.", field="name")
    _check_name_is_free(name, but=agency)
    present.ends_on = on - dt.timedelta(days=1)
    present.save(update_fields=["ends_on"])
    AgencyName.objects.create(agency=agency, name=name, short_name=short_name, starts_on=on)
    agency.name, agency.short_name = name, short_name
    agency.save(update_fields=["name", "short_name"])
    changes = {"name": (present.name, name), "called_that_since": (None, on)}
    record(verb="renamed an agency", by=by, target=agency, changes=changes)


@transaction.atomic
def succeed_agency(*, predecessor: Agency, successors: Iterable[Agency] = (), on: dt.date, by: Actor) -> None:
    """`predecessor` ended on the day before `on`; its work went to `successors`, if to anybody."""
    must(by, Permission.MANAGE_AGENCIES)
    predecessor = Agency.objects.select_for_update(of=("self",)).get(pk=predecessor.pk)
    if predecessor.active_to:
        raise RuleBroken(f"{predecessor} has ended already.")
    if predecessor.active_from and on <= predecessor.active_from:
        raise RuleBroken("The day must be after the one on which the agency began.", field="on")
    successors = list(successors)
    if predecessor in successors:
        raise RuleBroken("An agency cannot become itself. Record a new name instead.", field="successors")
    predecessor.active_to = on - dt.timedelta(days=1)
    predecessor.save(update_fields=["active_to"])
    for successor in successors:
        Succession.objects.create(predecessor=predecessor, successor=successor, on=on)
    became = ", ".join(successor.name for successor in successors)
    record(verb="ended an agency", by=by, target=predecessor, changes={"became": (None, became or None)})


def _check_name_is_free(name: str, *, but: Agency | None = None) -> None:
    same = Agency.objects.filter(name__iexact=name)
    if (same.exclude(pk=but.pk) if but else same).exists():
        raise RuleBroken(f"There is an agency called {name} already.", field="name")


def _facts(agency: Agency) -> dict[str, str | None]:
    areas = ", ".join(sorted(area.name for area in agency.areas.all()))
    return {
        "sector": agency.get_sector_display(),
        "parent": str(agency.parent) if agency.parent else None,
        "areas": areas,
    }
