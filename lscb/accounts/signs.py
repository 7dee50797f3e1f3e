"""Signing in and out and the second factor, as they come onto the trail. Their only door is a signal of allauth."""

from __future__ import annotations

import time
from typing import Any

from allauth.account import signals as account
from allauth.account.signals import user_logged_in, user_logged_out
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import messages
from django.contrib.auth.signals import user_login_failed
from django.db import transaction
from django.db.models import Max
from django.dispatch import receiver
from django.http import HttpRequest

from lscb.trail.models import Event
from lscb.trail.services import record

from .models import User
from .sessions import SET_UP

SOMEBODY = "Somebody not signed in"


FAILED = "failed to sign in"
FAILED_FACTOR = "failed to show the second factor"
SIGNED_IN = "signed in"
WORTH_TELLING = 3
"""So many tries that failed are told at the next sign-in: fewer are one's own fingers."""


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: User, sociallogin: Any = None, **kwargs: Any) -> None:
    failed = _failed_since_the_last_time(user)
    if failed >= WORTH_TELLING:
        messages.warning(
            request,
            f"{failed} tries to sign in to your account failed since you last signed in. If they were not yours, change"
            " your password and tell the team.",
        )
    _tell(SIGNED_IN, user, reason=f"Through {sociallogin.provider.name}." if sociallogin else "")


@receiver(user_logged_out)
def signed_out(user: User | None, **kwargs: Any) -> None:
    if user:
        _tell("signed out", user)


@receiver(user_login_failed)
def failed_to_sign_in(credentials: dict[str, Any], **kwargs: Any) -> None:
    """What was typed is not written down: people type passwords into the wrong field."""
    user = User.objects.filter(email__iexact=credentials.get("email", "")).first()
    with transaction.atomic():
        record(verb=FAILED, by=SOMEBODY, target=user)


@receiver(mfa.authentication_failed)
def failed_second_factor(user: User, **kwargs: Any) -> None:
    _tell(FAILED_FACTOR, user)


@receiver(account.authentication_step_completed)
def proved_again(request: HttpRequest, reauthenticated: bool = False, **kwargs: Any) -> None:
    """Who shows a password or a second factor once more goes on in a session with another key."""
    if reauthenticated:
        request.session.cycle_key()
        UserSession.objects.create_from_request(request)  # at once, so that ending all sessions reaches it


@receiver(mfa.authenticator_added)
def added_second_factor(request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        request.session.setdefault(SET_UP, time.time())
    _tell("added a second factor", user, factor=(None, authenticator.get_type_display()))


@receiver(mfa.authenticator_removed)
def removed_second_factor(user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    _tell("removed a second factor", user, factor=(authenticator.get_type_display(), None))


@receiver(mfa.authenticator_reset)
def renewed_recovery_codes(user: User, **kwargs: Any) -> None:
    _tell("renewed the recovery codes", user)


@receiver(account.email_changed)
def changed_email(user: User, from_email_address: Any, to_email_address: Any, **kwargs: Any) -> None:
    old = from_email_address.email if from_email_address else None
    _tell("changed the e-mail address", user, email=(old, to_email_address.email))


def _failed_since_the_last_time(user: User) -> int:
    events = Event.objects.of(user)
    last = events.filter(verb=SIGNED_IN).aggregate(last=Max("number"))["last"] or 0
    return events.filter(verb__in=(FAILED, FAILED_FACTOR), number__gt=last).count()


def _tell(verb: str, user: User, reason: str = "", **changes: tuple[Any, Any]) -> None:
    with transaction.atomic():
        record(verb=verb, by=user, target=user, changes=changes, reason=reason)
