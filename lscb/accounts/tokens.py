"""Tokens by which a program acts for a person: made and revoked in person, never by a program.

A token is unguessable and shown once; only its hash is kept. It sees what its holder sees at that moment, less what its
scopes leave out, and never child deaths. It only reads unless it is said otherwise, lasts a year at most, and ends with
the account, and where a role is taken away at once, like every session of its holder.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection
from typing import Final

from django.conf import settings
from django.db import transaction

from lscb.common.errors import RuleBroken
from lscb.trail.services import record

from . import sessions
from .models import Actor, Token, User
from .permissions import SCOPES, within

PREFIX: Final = "lscb_"
"""By which programs that look for lost secrets know one."""
LONGEST: Final = dt.timedelta(days=366)
MOST: Final = 20
NOT_VALID: Final = "This token is not valid. Copy it whole, or make a new one on the page of your account."


@transaction.atomic
def make_token(
    *,
    name: str,
    scopes: Collection[str],
    may_write: bool = False,
    expires_at: dt.datetime,
    with_second_factor: bool,
    by: User,
    at: dt.datetime,
) -> tuple[Token, str]:
    """A token for oneself. The second value is what the program shows: nobody can read it again."""
    if not name.strip():
        raise RuleBroken("Say what the token is for.", field="name")
    if not scopes or not set(scopes) <= set(SCOPES):
        raise RuleBroken("Select at least one part of the portal.", field="scopes")
    if not at < expires_at <= at + LONGEST:
        raise RuleBroken("A token lasts a year at most.", field="lasts")
    User.objects.select_for_update().get(pk=by.pk)
    if Token.objects.live(at).filter(user=by).count() >= MOST:
        raise RuleBroken(f"You have {MOST} tokens. Revoke one that no program uses any more.")
    secret = PREFIX + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=by,
        name=name.strip(),
        token_hash=_hash(secret),
        scopes=[scope for scope in SCOPES if scope in scopes],
        may_write=may_write,
        with_second_factor=with_second_factor,
        made_at=at,
        expires_at=expires_at,
    )
    changes = {"scopes": (None, token.scope_words), "may_write": (None, may_write), "expires_at": (None, expires_at)}
    record(verb="made a token", by=by, target=token, changes=changes)
    return token, secret


@transaction.atomic
def revoke_token(*, token: Token, by: Actor, at: dt.datetime) -> None:
    """It stops working at once. The page has found it through `visible_to`: one's own, or for who manages accounts."""
    current = Token.objects.select_for_update(of=("self",)).get(pk=token.pk)
    if current.revoked_at:
        raise RuleBroken("This token is revoked already.")
    current.revoked_at = at
    current.save(update_fields=["revoked_at"])
    record(verb="revoked a token", by=by, target=current)


def revoke_all(*, user: User, by: Actor, at: dt.datetime) -> None:
    """Where all sessions of a person end at once, so do their tokens. Call it in that transaction."""
    for token in Token.objects.live(at).filter(user=user):
        revoke_token(token=token, by=by, at=at)


def follow(secret: str, *, at: dt.datetime) -> Token:
    """The token that a program shows, with its holder, limited to its scopes.

    Raises RuleBroken with what to do where it gives nothing.
    """
    token = Token.objects.select_related("user").filter(token_hash=_hash(secret)).first()
    if token is None:
        raise RuleBroken(NOT_VALID)
    if token.revoked_at:
        raise RuleBroken("This token was revoked. Make a new one on the page of your account.")
    if token.expires_at <= at:
        raise RuleBroken("This token has expired. Make a new one on the page of your account.")
    user = token.user
    if not user.grants_today:  # also of an account that is closed
        raise RuleBroken("Whoever made this token has no role in the portal any more.")
    if _lacks_second_factor(token):
        raise RuleBroken("Your role asks for a second factor now. Set it up, then make a new token.")
    user.limited_to, user.through = within(token.scopes), token.name
    _note(token, at)
    return token


def _lacks_second_factor(token: Token) -> bool:
    """As for sessions: whose role shows anything not public made the token with a second factor, and has it still."""
    if settings.SECOND_FACTOR_WAIVED or not token.user.needs_second_factor:
        return False
    return not (token.with_second_factor and sessions.has_second_factor(token.user))


def _note(token: Token, at: dt.datetime) -> None:
    """When it was used last, once a minute, so that reading seldom writes."""
    if token.used_at is None or at - token.used_at >= sessions.NOTED_EVERY:
        Token.objects.filter(pk=token.pk).update(used_at=at)


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
